"""What a browser tells of a key press is checked, stored, and answered."""

import dataclasses

import pytest

from astro_core.domain import Person, new_event_id
from astro_core.labels.events import dataset_key
from astro_core.labels.store import LabelStore, open_store
from astro_core.labels.trouble import LabelStoreError
from astro_core.ui import review_line
from astro_core.ui.review_state import Shown
from astro_core.workflows.review_queues import list_queues, start_review

IDS = [f"pictures-{n:03d}" for n in range(12)]


@pytest.fixture
def shown(space, make_survey):
    person, survey = Person(name="Ada"), make_survey()
    start_review(space, survey, IDS, made_by=person)
    queues = list_queues(space, survey)
    return Shown(
        workspace=space, dataset=survey, person=person, queues=queues, queue=queues[0],
        taxonomy=survey.taxonomy, view="one", key="test",
    )  # fmt: skip


@pytest.fixture
def line(shown, monkeypatch):
    monkeypatch.setattr(review_line.st, "session_state", {})
    line = review_line.line_of(shown)
    review_line.top_up(shown, line)
    return line


def press(kind, object_id="", class_name="", **more):
    told = {"event_id": new_event_id(), "kind": kind, "object_id": object_id}
    return told | {"class_name": class_name, "seconds": 1.5, "shown": False, "comment": ""} | more


def events(shown):
    return list(open_store(shown.workspace).events(dataset_key(shown.dataset)))


def test_answers_go_behind_and_the_line_is_topped_up(shown, line):
    assert line["ahead"] == IDS[:8]
    for n in range(3):
        review_line.act(shown, line, press("label", IDS[n], "spiral"))
        assert line["ack"]["problem"] == ""
    assert line["ahead"] == IDS[3:8]
    assert [one[0] for one in line["behind"]] == IDS[:3]
    review_line.top_up(shown, line)
    assert line["ahead"] == IDS[3:11]
    assert [e.object_id for e in events(shown)] == IDS[:3]


def test_what_is_taken_back_lies_first_again_and_is_kept_from_others(shown, line, monkeypatch):
    for n in range(4):
        review_line.act(shown, line, press("label", IDS[n], "spiral"))
        review_line.top_up(shown, line)
    review_line.act(shown, line, press("undo"))
    review_line.act(shown, line, press("undo"))
    assert line["ahead"][:4] == IDS[2:6]
    assert [one[0] for one in line["behind"]] == IDS[:2]
    review_line.act(shown, line, press("label", IDS[2], "merger"))
    review_line.top_up(shown, line)
    assert line["ahead"][:2] == IDS[3:5]
    monkeypatch.setattr(review_line.st, "session_state", {})
    other = dataclasses.replace(shown, person=Person(name="Bo"))
    second = review_line.line_of(other)
    review_line.top_up(other, second)
    assert not set(IDS[:4]) & set(second["ahead"])


def test_a_flag_stays_a_skip_goes_and_both_come_back(shown, line):
    review_line.act(shown, line, press("flag", IDS[0], comment="odd"))
    assert line["ahead"][0] == IDS[0]
    review_line.act(shown, line, press("skip", IDS[0]))
    assert line["ahead"][0] == IDS[1]
    review_line.act(shown, line, press("undo"))
    assert line["ack"]["words"] == f"Took back: {IDS[0]} skipped."
    assert line["ack"]["go"] == IDS[0] == line["ahead"][0]
    review_line.act(shown, line, press("undo"))
    assert line["ack"]["words"] == f"Took back: {IDS[0]} flagged."
    review_line.act(shown, line, press("undo"))
    assert line["ack"]["words"] == "There is nothing to take back."
    assert next(e.comment for e in events(shown)) == "odd"


def test_an_answer_is_changed_by_going_back_and_undo_brings_the_first_again(shown, line):
    review_line.act(shown, line, press("label", IDS[0], "spiral"))
    review_line.act(shown, line, press("label", IDS[0], "merger"))
    assert line["behind"] == [[IDS[0], "merger", "merger"]]
    review_line.act(shown, line, press("undo"))
    standing = open_store(shown.workspace).current(dataset_key(shown.dataset))
    assert list(standing["said"]) == ["spiral"]
    assert line["ack"]["go"] == IDS[0]


def test_nothing_of_what_the_browser_says_is_believed(shown, line):
    for bad in (None, 7, {}, press("label", IDS[0], "spiral", event_id="x"), ["label"]):
        review_line.act(shown, line, bad)
        assert line["ack"] is None
    for bad in (
        press("label", IDS[-1], "spiral"),  # not given yet
        press("label", "pictures-020", "spiral"),  # not in this queue
        press("label", ["a"], "spiral"),
        press("label", IDS[0], "comet"),
        press("label", IDS[0]),
        press("settle", IDS[0], "spiral"),
    ):
        review_line.act(shown, line, bad)
        assert line["ack"]["problem"]
    assert events(shown) == []
    for seconds in (-1, 1e9, float("nan"), "2", True, None):
        review_line.act(shown, line, press("label", IDS[0], "spiral", seconds=seconds))
        assert line["ack"]["problem"] == ""
    assert {e.seconds for e in events(shown)} == {None}


def test_a_failed_write_says_so_and_the_same_key_works_after(shown, line, monkeypatch):
    told = press("label", IDS[0], "spiral")
    with monkeypatch.context() as broken:

        def full(*_, **__):
            raise LabelStoreError("The disk with the labels is full")

        broken.setattr(LabelStore, "append", full)
        review_line.act(shown, line, told)
        assert "disk" in line["ack"]["problem"]
        assert line["ahead"][0] == IDS[0]
    review_line.act(shown, line, told)
    review_line.act(shown, line, told)
    assert [e.event_id for e in events(shown)] == [told["event_id"]]


def test_an_act_that_a_dead_server_stored_is_acknowledged_by_the_next(shown, line, monkeypatch):
    told = press("label", IDS[0], "spiral")
    review_line.act(shown, line, told)
    monkeypatch.setattr(review_line.st, "session_state", {})
    anew = review_line.line_of(shown)
    review_line.top_up(shown, anew)
    assert anew["token"] != line["token"]
    assert IDS[0] not in review_line.known(anew)
    review_line.act(shown, anew, told)
    assert anew["ack"] == {
        "event_id": told["event_id"], "problem": "", "words": f"{IDS[0]}: stored already", "go": "",
    }  # fmt: skip
    assert len(events(shown)) == 1


def test_two_people_are_given_different_galaxies(shown, line, monkeypatch):
    monkeypatch.setattr(review_line.st, "session_state", {})
    other = dataclasses.replace(shown, person=Person(name="Bo"))
    second = review_line.line_of(other)
    review_line.top_up(other, second)
    assert not set(line["ahead"]) & set(second["ahead"])
