"""Who is at the browser, as pages see it; signing in is tested in a browser."""

import pytest
from reading import named, said

from astro_core.domain import LabelEvent, Person
from astro_core.errors import ForbiddenError
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.ui import who
from astro_core.workflows.review_queues import start_review

ADA = Person(name="Ada")


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 12)


@pytest.fixture
def ada_said(space, survey):
    """Ada called the first galaxy a merger; a second person is still asked about it."""
    rules = ReviewRules(votes_needed=2, most_votes=2)
    start_review(space, survey, ["pictures-000"], made_by=ADA, rules=rules)
    event = LabelEvent(
        dataset=dataset_key(survey), object_id="pictures-000", reviewer="Ada",
        class_name="merger", taxonomy=survey.taxonomy.name,
    )  # fmt: skip
    open_store(space).append([event])


@pytest.fixture
def detail(open_page, ada_said):
    """Opens the first galaxy as somebody; nobody is an empty name."""

    def opened(name, object_id="pictures-000"):
        session = {"who:name": name}
        return open_page("browse.py", session=session, dataset="pictures", object=object_id)

    return opened


def tabs(test):
    return [tab.label for tab in test.tabs]


def people_table(test):
    return [d.value for d in test.dataframe if "who" in d.value.columns]


def test_review_asks_once_who_is_there(open_page, survey):
    test = open_page("review.py", dataset="pictures")
    assert "Your answers are kept under your name" in said(test)
    named(test.text_input, "Your name").input("   ")
    named(test.button, "Go on").click().run()
    assert "A person needs a name" in test.error[0].value
    named(test.text_input, "Your name").input(" Ada  Lovelace ")
    named(test.button, "Go on").click().run()
    assert not test.error
    assert test.session_state["who:name"] == "Ada Lovelace"
    assert "Your answers are kept under your name" not in said(test)
    test.menu_button(key="who:menu").click("I am somebody else").run()
    assert "Your answers are kept under your name" in said(test)


def test_a_name_is_spelled_as_in_earlier_answers(open_page, ada_said):
    test = open_page("review.py", dataset="pictures")
    named(test.text_input, "Your name").input("ADA")
    named(test.button, "Go on").click().run()
    assert test.session_state["who:name"] == "Ada"


def test_pages_that_need_no_name_do_not_ask(open_page, survey):
    test = open_page("home.py")
    assert not [b for b in test.text_input if b.label == "Your name"]


def test_ones_own_answer_shows_at_once(detail):
    test = detail("Ada")
    (table,) = people_table(test)
    assert list(table["who"]) == ["Ada"]
    assert list(table["said"]) == ["merger"]


@pytest.mark.parametrize("name", ["Bo", ""])
def test_others_answers_are_only_counted(detail, name):
    test = detail(name)
    assert "People" in tabs(test)
    assert people_table(test) == []
    assert "1 other person has answered" in said(test)


def test_they_show_after_ones_own(detail, space, survey):
    rules = ReviewRules(votes_needed=3, most_votes=3)
    start_review(space, survey, ["pictures-000"], made_by=ADA, rules=rules)
    event = LabelEvent(
        dataset=dataset_key(survey), object_id="pictures-000", reviewer="Bo",
        class_name="spiral", taxonomy=survey.taxonomy.name, batch_id="many",
    )  # fmt: skip
    open_store(space).append([event])
    (table,) = people_table(detail("Bo"))
    told = dict(zip(table["who"], table["said"], strict=True))
    assert told == {"Ada": "merger", "Bo": "spiral, with others in one go"}


def test_a_galaxy_of_which_nobody_said_anything_has_no_such_tab(detail):
    assert "People" not in tabs(detail("Ada", "pictures-001"))


def test_the_menu_of_who_signed_in_is_their_roles(open_page, survey, monkeypatch):
    for role, offered in (("viewer", ["Sign out"]), ("lead", ["People", "Sign out"])):
        me = Person(name="bo@lab.org", role=role, signed_in=True)
        monkeypatch.setattr(who, "person", lambda me=me: me)
        assert open_page("home.py").menu_button(key="who:menu").options == offered


def test_only_a_lead_deletes_and_where_nobody_signs_in_everybody(monkeypatch):
    for me in (None, Person(name="ada"), Person(name="ada", role="lead", signed_in=True)):
        monkeypatch.setattr(who, "person", lambda me=me: me)
        who.need("lead", "delete a dataset")
    monkeypatch.setattr(who, "person", lambda: Person(name="bo", role="viewer", signed_in=True))
    with pytest.raises(ForbiddenError, match="Only a lead may delete a dataset"):
        who.need("lead", "delete a dataset")
