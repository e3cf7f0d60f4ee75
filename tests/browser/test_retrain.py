"""One press trains on what people said; the new model puts the rest of the queue in order."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.leases import queue_items, request_of
from astro_core.labels.queue_rules import rule_events
from astro_core.labels.store import open_store
from astro_core.runs import execute, list_runs, stop_engine
from astro_core.workflows.queue import QueueRequest, make_queue
from astro_core.workflows.review_queues import start_review

pytestmark = pytest.mark.timeout(400)
LEA, LABELLED = "Lea", 40
DONE_MS = 180_000


@pytest.fixture
def lab(apart):
    """Another server on a copy of the demo survey: a model, a queue by it, and its first labels."""
    server = apart()
    space = server.workspace
    asked = {"dataset": "demo", "recipe": "astrodetector-forest", "settings": {"size_px": 16}}
    model = execute(space, "train", asked, title="Train")
    assert model.state == "done", model.error
    sky = open_dataset(space, "demo")
    request = QueueRequest(dataset="demo", strategy="margin", size=60, model=model.run_id)
    queue = start_review(space, sky, make_queue(space, request), made_by=Person(name=LEA))
    truth = read_catalogue(sky, ["object_id", "label"]).set_index("object_id")["label"]
    first = [i for i, _ in queue_items(open_store(space), queue)][:LABELLED]
    open_store(space).append(
        LabelEvent(
            dataset=dataset_key(sky), object_id=i, reviewer="Ana", class_name=truth[i],
            taxonomy=sky.taxonomy.name,
        )
        for i in first
    )  # fmt: skip
    yield server, queue, model.run_id
    stop_engine(space)


def test_from_a_press_to_the_new_order_and_the_chart(page, settle, lab):
    server, queue, model = lab
    store = open_store(server.workspace)
    before = [i for i, _ in queue_items(store, queue)]
    cookie = {"name": "tuning_fork_name", "value": LEA, "url": server.url}
    page.context.add_cookies([cookie])
    page.goto(f"{server.url}/consensus?{urlencode({'dataset': 'demo', 'view': 'learn'})}")
    settle(page)
    expect(page.get_by_text("galaxies to learn from")).to_be_visible()
    page.get_by_role("button", name="Retrain").click()
    expect(page.get_by_text(re.compile("New order of a queue of demo is done"))).to_be_visible(
        timeout=DONE_MS
    )
    settle(page)
    (trained,) = (r for r in list_runs(server.workspace) if r.params.get("then"))
    assert trained.params["settings"]["size_px"] == 16
    assert trained.result["labels"]["n_votes"] == LABELLED
    assert request_of(store, queue)["model"] == trained.run_id != model
    after = [i for i, _ in queue_items(store, queue)]
    assert after[:LABELLED] == before[:LABELLED]
    assert sorted(after) == sorted(before)
    assert rule_events(store, queue)[-1].who == LEA
    expect(page.get_by_text("All judged anew on the same")).to_be_visible()
    chart = page.get_by_label(re.compile("Balanced accuracy by labels given"))
    expect(chart.first).to_be_visible()
