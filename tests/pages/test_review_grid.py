"""What the server does with what is told from the grid; a browser is believed in nothing."""

import uuid
from dataclasses import replace

import pytest

from astro_core.datasets.gz2 import GZ2_TREE
from astro_core.domain import Person
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.ui.review_grid import act, give
from astro_core.ui.review_state import Shown
from astro_core.workflows.review_queues import list_queues, next_for, start_review
from astro_core.workflows.taxonomies import NEW, review_taxonomy, save_taxonomy

ADA, BO = Person(name="Ada"), Person(name="Bo")
IDS = tuple(f"pictures-{i:03d}" for i in range(10))
N = 4


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 24)


@pytest.fixture
def shown(space, survey):
    start_review(space, survey, IDS, made_by=ADA)
    (queue,) = list_queues(space, survey)
    return Shown(
        workspace=space, dataset=survey, person=ADA, queues=(queue,), queue=queue,
        taxonomy=review_taxonomy(space, survey), view="grid", key="test",
    )  # fmt: skip


@pytest.fixture
def page(shown):
    page = {"token": "t", "here": [], "ahead": [], "aside": [], "went": {}, "ack": None}
    give(shown, page, N)
    return page


@pytest.fixture
def tell(shown, page):
    def tell(**told):
        told = {"event_id": uuid.uuid4().hex, "kind": "label", "class_name": "spiral"} | told
        act(shown, page, told)
        give(shown, page, N)
        return page["ack"]

    return tell


def events(shown):
    return list(open_store(shown.workspace).events(dataset_key(shown.dataset)))


def test_all_but_the_exceptions_in_one_go(shown, page, tell):
    assert tell(ids=IDS[:3], aside=IDS[3:4], seconds=6.0)["problem"] == ""
    said = events(shown)
    assert [e.object_id for e in said] == list(IDS[:3])
    assert len({e.batch_id for e in said}) == 1
    assert {e.seconds for e in said} == {2.0}, "what each took"
    assert page["here"] == list(IDS[4:8])
    assert page["aside"] == [IDS[3]]
    held = {*page["here"], *page["ahead"], *page["aside"]}
    assert not held & set(next_for(shown.workspace, shown.queue.queue_id, BO.name, 20))


def test_undo_brings_all_of_it_back_with_its_exceptions(shown, page, tell):
    tell(ids=IDS[:3], aside=IDS[3:4])
    tell(ids=IDS[4:6], aside=IDS[6:8])
    tell(kind="undo")
    assert (page["here"], page["aside"]) == (list(IDS[4:8]), [IDS[3]])
    tell(kind="undo")
    assert (page["here"], page["aside"]) == (list(IDS[:4]), [])
    assert tell(kind="undo")["words"] == "There is nothing to take back."


def test_an_exception_that_was_answered_alone_is_set_aside_no_more(shown, page, tell):
    tell(kind="aside", aside=IDS[:4])
    assert (page["here"], page["aside"]) == (list(IDS[4:8]), list(IDS[:4]))
    tell(ids=page["here"])
    open_store(shown.workspace).append([replace(events(shown)[0], object_id=IDS[0], event_id="x",
                                                batch_id="")])  # fmt: skip
    give(shown, page, N)
    assert page["aside"] == list(IDS[1:4])


@pytest.mark.parametrize(
    "told",
    [
        {"ids": ["pictures-009"]},
        {"ids": [IDS[0], IDS[0]]},
        {"ids": IDS[:2], "aside": ["pictures-020"]},
        {"ids": []},
        {"ids": IDS[:2], "class_name": ""},
        {"ids": IDS[:2], "class_name": "planet"},
        {"ids": 7},
    ],
)
def test_what_was_not_shown_is_refused(shown, tell, told):
    assert tell(**told)["problem"]
    assert events(shown) == []


@pytest.mark.parametrize("told", [None, "x", {}, {"event_id": "../1"}])
def test_what_is_no_act_is_passed_over(shown, page, told):
    act(shown, page, told)
    assert page["ack"] is None


def test_what_comes_twice_is_stored_once(shown, page, tell):
    twice = {"event_id": uuid.uuid4().hex, "ids": IDS[:4]}
    tell(**twice)
    tell(**twice)
    page["ack"] = None  # the app was started anew in between
    assert tell(**twice)["words"] == "Stored before"
    assert len(events(shown)) == 4


def test_a_set_of_questions_leads_to_the_decision_tree(space, survey, open_page):
    questions = replace(GZ2_TREE.without_votes(), version=NEW, classes=())
    tree = save_taxonomy(space, survey, questions, by=ADA)
    start_review(space, survey, IDS, made_by=ADA, taxonomy=tree)
    test = open_page("review.py", session={"who:name": "Ada"}, dataset="pictures", view="grid")
    next(b for b in test.button if b.label == "Answer the questions").click().run()
    assert test.query_params["view"] in ("tree", ["tree"])
    assert not test.exception
