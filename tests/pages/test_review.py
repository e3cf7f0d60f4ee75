"""Review without a browser: how it begins, whose queue is open, and who may answer."""

import json

import pytest
from reading import named, said

from astro_core.domain import LabelEvent, Person, plain_taxonomy
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import list_queues, start_review
from astro_core.workflows.taxonomies import save_taxonomy

ADA = Person(name="Ada")
IDS = [f"pictures-{n:03d}" for n in range(24)]


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 24)


@pytest.fixture
def see(survey, open_page):
    def run(person="Ada", **query):
        session = {"who:name": person} if person else {}
        return open_page("review.py", session=session, dataset="pictures", **query)

    return run


def board(test):
    """What the page tells the board."""
    (found,) = [e for e in test.get("bidi_component") if e.proto.component_name.endswith("board")]
    return json.loads(found.proto.json)


def say(space, survey, *object_ids, who="Ada"):
    events = [
        LabelEvent(
            dataset=survey.folder.name, object_id=one, reviewer=who, class_name="spiral",
            taxonomy=survey.taxonomy.name,
        )
        for one in object_ids
    ]  # fmt: skip
    open_store(space).append(events)


def test_one_press_begins_with_the_whole_survey(space, survey, see):
    test = see()
    assert "one after another" in said(test)
    named(test.button, "Start with all 24 objects").click()
    test.run()
    assert not test.exception
    (queue,) = list_queues(space, survey)
    assert (queue.n_objects, queue.made_by) == (24, "Ada")
    told = board(test)
    assert len(told["ahead"]) == 8
    assert [c["key"] for c in told["classes"]] == ["1", "2", "3"]
    assert set(told["items"]) == set(told["ahead"][:3])
    item = told["items"][told["ahead"][0]]
    assert item["src"].startswith("data:image/jpeg;base64,")
    assert (item["suggested"], item["problem"]) == ("", "")
    assert [name for name, _ in item["facts"]] == ["RA, Dec"]
    assert "spiral" not in json.dumps(item)  # its catalogue's class is nobody's business here


def test_who_is_asked_before_anything_is_shown(survey, see):
    test = see(person="")
    assert [box.label for box in test.text_input] == ["Your name"]
    shown = [e.proto.component_name for e in test.get("bidi_component")]
    assert not any(name.endswith("board") for name in shown)


def test_the_newest_queue_that_is_mine_and_not_done_is_open(space, survey, see):
    start_review(space, survey, IDS[:4], made_by=ADA, name="mine")
    done = start_review(space, survey, IDS[4:6], made_by=ADA, name="done")
    start_review(space, survey, IDS[6:9], made_by=ADA, name="Bo's", assigned_to="Bo")
    say(space, survey, *IDS[4:6])
    assert board(see())["ahead"] == IDS[:4]
    assert board(see(person="Bo"))["ahead"] == IDS[6:9]
    asked = board(see(queue=done))
    assert (asked["ahead"], asked["ended"]) == ([], True)
    gone = see(queue="not-there")
    assert "no such queue" in said(gone)


def test_the_address_of_a_galaxy_leads_to_it_and_to_nothing_else(space, survey, see):
    start_review(space, survey, IDS[:4], made_by=ADA)
    test = see(object=IDS[20])
    told = board(test)
    assert told["ack"]["go"] == IDS[20]
    assert told["behind"] == [[IDS[20], "", ""]]
    assert "object" not in test.query_params
    assert board(see(object="../secret"))["ack"] is None


def test_a_queue_is_answered_in_its_own_classes(space, survey, see):
    shells = save_taxonomy(space, survey, plain_taxonomy("shells", ("shell", "none")), by=ADA)
    start_review(space, survey, IDS[:4], made_by=ADA, taxonomy=shells)
    assert [c["name"] for c in board(see())["classes"]] == ["shell", "none"]


def test_a_viewer_looks_and_does_not_answer(space, survey, see, monkeypatch):
    start_review(space, survey, IDS[:4], made_by=ADA)
    viewer = Person(name="Eve", role="viewer")
    monkeypatch.setattr("astro_core.ui.who.person", lambda: viewer)
    test = see()
    assert "may look, but not answer" in said(test)
    assert not any("Start with all" in button.label for button in test.button)
