"""Retrain on what people said: the new model puts the rest of the queue in order."""

import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core import runs
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import LabelEvent, Person, plain_taxonomy
from astro_core.errors import BadInputError, ForbiddenError, NotFoundError
from astro_core.labels.acquisition.margin import margin
from astro_core.labels.events import dataset_key
from astro_core.labels.leases import queue_items, request_of
from astro_core.labels.queue_rules import rule_events
from astro_core.labels.reorder import waiting
from astro_core.labels.store import open_store
from astro_core.runs import execute
from astro_core.workflows import rerank as module
from astro_core.workflows.queue import QueueRequest, make_queue
from astro_core.workflows.rerank import USUAL, own_strategy, rerank, runs_needed
from astro_core.workflows.retrain import submit_retraining, trained_how
from astro_core.workflows.review_queues import list_queues, next_for, start_review
from astro_core.workflows.taxonomies import save_taxonomy
from astro_core.workspace import Workspace

SETTINGS = {"size_px": 16, "n_estimators": 10, "seed": 3}
LEAD, REVIEWER = Person(name="Lea"), Person(name="Bo", role="reviewer")


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place, rng = tmp_path_factory.mktemp("rerank"), np.random.default_rng(0)
    for number in range(120):
        left = number % 2 == 0
        pixels = rng.integers(0, 120, (16, 16, 3)).astype(np.uint8)
        pixels[6:9, (2 if left else 9) : (7 if left else 14)] += np.uint8(5 + 5 * (number % 13))
        folder = place / "sky" / ("left" if left else "right")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number:06d}.png")
    workspace = Workspace(place / "space").ensure()
    asked = {"path": str(place / "sky"), "name": "sky"}
    assert execute(workspace, "import", asked, title="Import").state == "done"
    return workspace


@pytest.fixture(scope="module")
def model(space):
    asked = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": SETTINGS}
    run = execute(space, "train", asked, title="Train")
    assert run.state == "done", run.error
    return run.run_id


@pytest.fixture
def later(monkeypatch):
    """What is submitted, to be done when the test says so."""
    asked, begin_after = [], []

    def submit(workspace, kind, params, *, title, after=()):
        asked.append((workspace, kind, dict(params), title))
        begin_after.append(tuple(after))
        return f"asked-{len(asked)}"

    for place in (runs, runs.control):  # from outside, and by `submit_once`
        monkeypatch.setattr(place, "submit", submit)
    return SimpleNamespace(asked=asked, begin_after=begin_after)


def do(later):
    workspace, kind, params, title = later.asked.pop(0)
    run = execute(Workspace(workspace.root), kind, params, title=title)
    assert run.state == "done", run.error
    return run


def a_queue(space, model, size=60, **more):
    dataset = open_dataset(space, "sky")
    request = QueueRequest(dataset="sky", strategy="margin", size=size, model=model, **more)
    return dataset, start_review(space, dataset, make_queue(space, request), made_by=LEAD)


def order(space, queue):
    return [object_id for object_id, _ in queue_items(open_store(space), queue)]


def gaps(space, run_id):
    table = pd.read_parquet(space.runs / run_id / "predictions.parquet").set_index("object_id")
    return pd.Series(margin(table[["p_left", "p_right"]].to_numpy(float)), index=table.index)


def test_retrain_from_a_queue_to_its_new_order(space, model, later):
    dataset, queue = a_queue(space, model)
    truth = read_catalogue(dataset, ["object_id", "label"]).set_index("object_id")["label"]
    labelled = next_for(space, queue, "Bo", 40)
    open_store(space).append(
        LabelEvent(
            dataset=dataset_key(dataset), object_id=i, reviewer="Bo", class_name=truth[i],
            taxonomy=dataset.taxonomy.name,
        )
        for i in labelled
    )  # fmt: skip
    (listed,) = (q for q in list_queues(space, dataset) if q.queue_id == queue)
    submit_retraining(
        space, dataset, labels="majority", who=LEAD, model=model, queue_id=queue,
        request=listed.request,
    )  # fmt: skip
    trained = do(later)
    assert trained.params["settings"] == {
        "labels": "majority", "taxonomy": "", "size_px": 16, "n_estimators": 10, "seed": 3,
    }  # fmt: skip
    assert trained.result["labels"]["n_votes"] == 40
    done = do(later)
    assert done.kind == "rerank"
    assert done.result["model"] == trained.run_id
    after = order(space, queue)
    assert tuple(after[:40]) == labelled
    new = gaps(space, trained.run_id)[after[40:]]
    assert new.is_monotonic_increasing
    assert done.result["n_moved"] > 0
    assert request_of(open_store(space), queue)["model"] == trained.run_id
    said = rule_events(open_store(space), queue)[-1]
    assert (said.who, said.reason) == (
        "Lea", f"Order by margin of the model {trained.run_id}, {model} before",
    )  # fmt: skip


def test_what_a_new_order_needs_is_made_before_and_no_worker_waits_for_it(
    space, model, later, monkeypatch
):
    _, queue = a_queue(space, model)
    monkeypatch.setattr(module, "runs_needed", lambda *_, **__: ("opinions-1",))
    asked = {"dataset": "sky", "queue": queue, "model": model, "strategy": "bald", "who": "Lea"}
    run = execute(space, "rerank", asked, title="New order")
    assert run.result == {"then": "asked-1"}
    ((_, kind, again, _),) = later.asked
    assert (kind, again) == ("rerank", asked)
    assert later.begin_after == [("opinions-1",)]


def test_control_galaxies_stay_where_chance_put_them(space, model):
    dataset, queue = a_queue(space, model, control_share=0.3)
    items = queue_items(open_store(space), queue)
    drawn = {place: i for place, (i, kind) in enumerate(items) if kind == "control"}
    rerank(space, dataset, queue, model=model, strategy="entropy", who=LEAD)
    after = order(space, queue)
    assert drawn == {place: after[place] for place in drawn}
    assert sorted(after) == sorted(i for i, _ in items)


def test_a_queue_without_a_model_gets_one(space, model):
    dataset = open_dataset(space, "sky")
    ids = read_catalogue(dataset, ["object_id"])["object_id"].tolist()[:30]
    queue = start_review(space, dataset, ids, made_by=LEAD)
    assert own_strategy(request_of(open_store(space), queue)) == USUAL
    told = rerank(space, dataset, queue, model=model, strategy="margin", who=LEAD)
    left = list(waiting(open_store(space), queue))
    assert (told.strategy, told.n_waiting) == ("margin", len(left))
    assert len(left) > 1
    assert gaps(space, model)[left].is_monotonic_increasing
    assert runs_needed(space, dataset, model=model, strategy="margin") == ()


def test_answers_in_other_classes_than_the_queue_asks_for_do_not_count(space, model, tmp_path):
    own = Workspace(shutil.copytree(space.root, tmp_path / "own"))
    dataset = open_dataset(own, "sky")
    bars = save_taxonomy(own, dataset, plain_taxonomy("bars", ("barred", "unbarred")), by=LEAD)
    came = read_catalogue(dataset).set_index("object_id")["label"]
    table = pd.read_parquet(own.runs / model / "predictions.parquet").set_index("object_id")
    said = table[["p_left", "p_right"]].idxmax(axis=1).str.removeprefix("p_")
    agrees = said == came[said.index]
    (one, two), wrong = agrees.index[agrees][:2], agrees.index[~agrees][0]
    open_store(own).append([
        LabelEvent(
            dataset=dataset_key(dataset), object_id=two, reviewer="Bo",
            class_name="left" if came[two] == "right" else "right", taxonomy=dataset.taxonomy.name,
        )
    ])  # fmt: skip
    queue = start_review(own, dataset, [one, two, wrong], made_by=LEAD, taxonomy=bars)
    rerank(own, dataset, queue, model=model, strategy="disagreement", who=LEAD)
    assert order(own, queue) == [wrong, one, two]


def test_only_a_lead_may_and_what_makes_no_sense_is_said(space, model):
    dataset, queue = a_queue(space, model, size=5)
    with pytest.raises(ForbiddenError, match="Only a lead"):
        rerank(space, dataset, queue, model=model, who=REVIEWER)
    with pytest.raises(ForbiddenError, match="Only a lead"):
        submit_retraining(space, dataset, labels="majority", who=REVIEWER, model=model)
    with pytest.raises(BadInputError, match="not people's labels"):
        submit_retraining(space, dataset, labels="catalogue", who=LEAD, model=model)
    with pytest.raises(NotFoundError, match="no queue"):
        rerank(space, dataset, "none", model=model, who=LEAD)
    next_for(space, queue, "Bo", 5)
    with pytest.raises(BadInputError, match="was looked at"):
        rerank(space, dataset, queue, model=model, who=LEAD)


def test_a_model_is_trained_again_as_it_was(space, model):
    assert trained_how(space, model) == (
        "astrodetector-forest", {"size_px": 16, "n_estimators": 10, "seed": 3},
    )  # fmt: skip
    assert trained_how(space, "") == ("fork", {})
