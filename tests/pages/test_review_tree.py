"""What the server does with key presses in the decision tree; a browser is believed in nothing."""

import uuid

import pytest

from astro_core.datasets.gz2 import GZ2_TREE
from astro_core.domain import Person
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.ui.review_state import Shown
from astro_core.ui.review_tree_line import act, give, path_here
from astro_core.workflows.review_queues import list_queues, start_review
from astro_core.workflows.taxonomies import save_taxonomy

ADA = Person(name="Ada")
IDS = ("pictures-000", "pictures-001", "pictures-002")


@pytest.fixture
def shown(space, make_survey):
    dataset = make_survey("pictures", 24)
    tree = save_taxonomy(space, dataset, GZ2_TREE.without_votes(), by=ADA)
    start_review(space, dataset, IDS, made_by=ADA, taxonomy=tree)
    (queue,) = list_queues(space, dataset)
    return Shown(
        workspace=space, dataset=dataset, person=ADA, queues=(queue,), queue=queue, taxonomy=tree,
        view="tree", key="test",
    )  # fmt: skip


@pytest.fixture
def line(shown):
    line = {"ahead": [], "behind": [], "ended": False, "ack": None, "middle": ""}
    give(shown, line)
    return line


@pytest.fixture
def press(shown, line):
    def press(answer="", kind="label", **other):
        path = path_here(shown, line)
        told = {
            "event_id": uuid.uuid4().hex, "kind": kind, "class_name": answer, "seconds": 1.5,
            "object_id": line["ahead"][0], "question": path.asks.name,
        }  # fmt: skip
        act(shown, line, told | other)
        give(shown, line)
        return line["ack"]

    return press


def asked(shown, line):
    path = path_here(shown, line)
    return path.object_id, path.asks.name


def votes(shown):
    frame = open_store(shown.workspace).current(dataset_key(shown.dataset))
    return {(r.object_id, r.question, r.said) for r in frame.itertuples()}


def test_each_answer_is_a_vote_and_the_end_brings_the_next_galaxy(shown, line, press):
    press("a01_smooth")
    assert asked(shown, line) == (IDS[0], "t07_rounded")
    press("a17_in_between")
    ack = press("a15_no")
    assert ack["problem"] == ""
    assert asked(shown, line) == (IDS[1], "t01_smooth_or_features")
    assert votes(shown) == {
        (IDS[0], "t01_smooth_or_features", "a01_smooth"),
        (IDS[0], "t07_rounded", "a17_in_between"),
        (IDS[0], "t06_odd", "a15_no"),
    }
    frame = open_store(shown.workspace).current(dataset_key(shown.dataset))
    assert not frame["bulk"].any(), "whole votes"


def test_back_goes_a_question_back_and_into_the_galaxy_before(shown, line, press):
    press("a03_star_or_artifact")
    assert asked(shown, line)[0] == IDS[1]
    press("a02_features_or_disk")
    press(kind="undo")
    assert asked(shown, line) == (IDS[1], "t01_smooth_or_features")
    ack = press(kind="undo")
    assert ack["go"] == IDS[0]
    assert asked(shown, line) == (IDS[0], "t01_smooth_or_features")
    assert votes(shown) == set()
    assert press(kind="undo")["words"] == "There is nothing to take back."


def test_a_skip_leaves_the_galaxy_and_a_flag_stays(shown, line, press):
    press("a01_smooth")
    press(kind="flag")
    assert asked(shown, line) == (IDS[0], "t07_rounded")
    press(kind="skip")
    assert asked(shown, line)[0] == IDS[1]


@pytest.mark.parametrize(
    "told",
    [
        {"question": "t09_bulge_shape"},
        {"object_id": "pictures-009"},
        {"object_id": "../../etc"},
        {"kind": "settle"},
        {"kind": None},
        {"class_name": "a04_yes"},
        {"class_name": ""},
        {"class_name": {"a": 1}},
    ],
)
def test_what_was_not_asked_is_refused(shown, line, press, told):
    assert press("a01_smooth", **told)["problem"]
    assert votes(shown) == set()


@pytest.mark.parametrize("told", [None, "x", {}, {"event_id": "1"}, {"event_id": 7}])
def test_what_is_no_key_press_is_passed_over(shown, line, told):
    act(shown, line, told)
    assert line["ack"] is None


def test_a_key_press_that_comes_twice_is_stored_once(shown, line, press):
    twice = {"event_id": uuid.uuid4().hex, "question": "t01_smooth_or_features"}
    press("a01_smooth", **twice)
    assert press("a01_smooth", **twice)["problem"] == ""
    assert asked(shown, line) == (IDS[0], "t07_rounded")
    assert len(votes(shown)) == 1


def test_the_end_of_the_queue(shown, line, press):
    for _ in IDS:
        press("a03_star_or_artifact")
    assert line["ahead"] == []
    assert line["ended"]
    assert path_here(shown, line) is None
