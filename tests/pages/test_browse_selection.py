import pytest

from astro_core.params import digest
from astro_core.workflows.selections import list_selections, open_selection, save_selection


def text_of(test):
    parts = [*test.markdown, *test.caption, *test.info, *test.warning, *test.error]
    return "\n".join(p.value for p in parts)


def button(test, label):
    return next(b for b in test.button if b.label == label)


def field(test, label):
    return next(f for f in [*test.text_input, *test.text_area, *test.checkbox] if f.label == label)


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 24)


@pytest.fixture
def saved(space, survey):
    ids = [f"pictures-{i:03d}" for i in (2, 5, 7)]
    return save_selection(space, survey, "odd ones", ids, reason="two *cores*")


@pytest.fixture
def browse(open_page):
    return lambda **more: open_page("browse.py", dataset="pictures", **more)


@pytest.fixture
def ticked(survey, browse):
    """Browse with two stamps ticked."""
    key = f"browse:{digest([str(survey.folder), survey.fingerprint], length=6)}:grid:chosen"
    chosen = {"version": 1, "selected": ["pictures-004", "pictures-001"]}
    return browse(session={key: chosen}, **{"class": "spiral"})


def test_the_address_opens_a_selection(saved, browse):
    test = browse(selection="odd ones")
    assert "**3** of 24 objects" in text_of(test)
    assert "two \\*cores\\*" in text_of(test)
    button(test, "selection 'odd ones'").click().run()
    assert "selection" not in test.query_params
    assert "**24** of 24 objects" in text_of(test)


def test_a_selection_that_is_gone_is_told(saved, browse):
    test = browse(selection="gone")
    assert "'selection'" in test.warning[0].value
    assert "**24** of 24 objects" in text_of(test)


def test_a_saved_selection_is_picked_among_the_filters(saved, browse):
    test = browse()
    next(s for s in test.selectbox if s.label == "Saved selection").set_value("odd ones").run()
    assert test.query_params["selection"] == "odd ones"
    assert "**3** of 24 objects" in text_of(test)


def test_without_saved_selections_there_is_nothing_to_pick(survey, browse):
    assert "Saved selection" not in [s.label for s in browse().selectbox]


def test_ticked_stamps_are_saved(space, survey, ticked):
    field(ticked, "Name").set_value("two of them")
    field(ticked, "Reason").set_value("arms")
    button(ticked, "Save 2 objects").click().run()
    assert not ticked.exception
    found = open_selection(space, survey, "two of them")
    assert found.object_ids == ("pictures-004", "pictures-001")
    assert found.reason == "arms"
    assert found.source == {"kind": "browse", "query": {"class": "spiral"}}


def test_a_name_that_is_taken_is_replaced_only_when_asked(space, survey, saved, ticked):
    field(ticked, "Name").set_value("Odd Ones")
    button(ticked, "Save 2 objects").click().run()
    assert "already a selection" in text_of(ticked)
    field(ticked, "Replace a selection of that name").check()
    button(ticked, "Save 2 objects").click().run()
    assert open_selection(space, survey, "odd ones").object_ids == ("pictures-004", "pictures-001")


def test_a_replaced_selection_shows_its_new_objects(space, survey, saved, browse):
    test = browse(selection="odd ones")
    save_selection(space, survey, "odd ones", ["pictures-000"], overwrite=True)
    test.run()
    assert "**1** of 24 objects" in text_of(test)


def test_renaming_and_deleting_what_is_open(space, survey, saved, browse):
    test = browse(selection="odd ones")
    field(test, "Name").set_value("strange")
    button(test, "Rename").click().run()
    assert test.query_params["selection"] == "strange"
    assert "**3** of 24 objects" in text_of(test)
    button(test, "Delete selection").click().run()
    assert "selection" not in test.query_params
    assert list_selections(space, survey) == ()
