"""Cluster as an astronomer uses it: from nothing to groups, and from a group to Browse."""

import io
import re

import pandas as pd
import pytest
from playwright.sync_api import expect

from astro_core import runs
from astro_core.datasets.store import open_dataset
from astro_core.workflows.cluster import find_clustering, settings
from astro_core.workflows.clustering_store import (
    delete_clustering,
    describe_clustering,
    list_clusterings,
    open_clustering,
)
from astro_core.workflows.features import (
    delete_features,
    find_features,
    list_features,
    plan_features,
)
from astro_core.workflows.selections import delete_selection, list_selections

expect.set_options(timeout=20_000)
PLOT = ".js-plotly-plot"
SMALL = {"n_components": 8, "crop_px": 64, "size_px": 32}


@pytest.fixture
def demo(app):
    return open_dataset(app.workspace, "demo")


def clear(workspace, dataset):
    for found in list_clusterings(workspace, dataset):
        delete_clustering(workspace, found.key)
    for found in list_features(workspace, dataset):
        delete_features(workspace, found.key)
    for found in list_selections(workspace, dataset):
        delete_selection(workspace, dataset, found.name)


@pytest.fixture
def bare(app, demo):
    """The demo survey without features, groups and selections, before and after."""
    clear(app.workspace, demo)
    yield demo
    clear(app.workspace, demo)


@pytest.fixture
def grouped(app, bare):
    """Key of four groups by k-means of a few principal components."""
    plan = plan_features(bare, "pca", SMALL)
    asked = {
        "dataset": bare.name, "extractor": "pca", "params": SMALL, "sample": None, "seed": 0,
        "key": plan.key,
    }  # fmt: skip
    assert runs.execute(app.workspace, "features", asked, title="Features").state == "done"
    params = settings("kmeans", {"n_clusters": 4})
    asked = {"features": plan.key, "method": "kmeans", "params": params}
    run = runs.execute(app.workspace, "cluster", asked, title="Groups")
    assert run.state == "done", run.error
    return run.result["key"]


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.slow
def test_from_the_empty_page_to_groups_by_one_button(visit, settle, app, bare):
    page = visit("cluster", dataset="demo")
    expect(page.get_by_text("which of them belong together?")).to_be_visible()
    button(page, "Compute features and group").click()
    button(page, "Cancel").wait_for()
    page.reload()  # as if the tab had been closed and opened again
    button(page, "Grouped").wait_for(timeout=180_000)
    settle(page)
    sets = list_features(app.workspace, bare)
    assert len(sets) == 1
    key = find_clustering(app.workspace, sets[0].key, "kmeans", {})
    assert key
    cards = page.locator(".card")
    expect(cards).to_have_count(describe_clustering(app.workspace, key).n_clusters)
    sizes = [
        int(t.replace(",", "")) for t in page.locator(".card .size span").all_inner_texts()[::2]
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == bare.n_objects


def test_a_group_is_picked_named_kept_and_opened_in_browse(visit, settle, app, bare, grouped):
    page = visit("cluster", dataset="demo", n_clusters=4)
    expect(page.locator(".card")).to_have_count(4)
    page.locator(PLOT).wait_for()
    page.locator(".card").nth(1).click()
    page.wait_for_url("**group=1*")
    settle(page)
    members = open_clustering(app.workspace, grouped).members(1)
    expect(page.get_by_text(re.compile(rf"Group 1 · {len(members)} "))).to_be_visible()
    name = page.get_by_role("textbox", name="Name of the group")
    name.fill("blue ones")
    name.press("Enter")
    settle(page)
    expect(page.locator(".card").nth(1)).to_contain_text("blue ones")
    button(page, "Save selection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("my blue ones")
    dialog.get_by_role("textbox", name="Reason").fill("to look at again")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    settle(page)
    (kept,) = list_selections(app.workspace, bare)
    assert (kept.name, kept.reason) == ("my blue ones", "to look at again")
    assert set(kept.object_ids) == set(members)
    assert kept.source["clustering"] == grouped
    button(page, "Open in Browse").click()
    page.wait_for_url("**/browse?*selection=my*blue*ones*")
    settle(page)
    expect(page.get_by_text(f"{len(members)} of {bare.n_objects} objects")).to_be_visible()
    assert len(list_selections(app.workspace, bare)) == 1


def test_a_stamp_opens_large_and_steps_through_the_group(visit, settle, app, grouped):
    page = visit("cluster", dataset="demo", n_clusters=4, group=0)
    tile = page.locator(".tile").first
    first = tile.get_attribute("data-object-id")
    tile.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(first)
    n = len(open_clustering(app.workspace, grouped).members(0))
    expect(dialog).to_contain_text(f"1 of {min(n, 24)}")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "object=" not in url)


def test_cards_are_walked_by_keys_and_a_bar_picks_its_group(visit, settle, grouped):
    page = visit("cluster", dataset="demo", n_clusters=4)
    page.locator(".card").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**group=1*")
    settle(page)
    assert page.locator(".card").nth(1).get_attribute("aria-checked") == "true"
    page.locator(".card").nth(1).click()
    page.wait_for_url(lambda url: "group=" not in url)
    settle(page)
    bars = page.locator(f"{PLOT} .barlayer .trace")
    there = "(all) => all.findIndex(t => t.querySelectorAll('path')[2].getBBox().width > 9)"
    widest = bars.nth(bars.evaluate_all(there))
    widest.locator(".point path").nth(2).click(force=True)
    page.wait_for_url("**group=2*")


def test_a_new_number_clears_the_screen_and_the_old_one_is_back_at_once(visit, settle, grouped):
    page = visit("cluster", dataset="demo", n_clusters=4)
    page.locator(PLOT).wait_for()
    number = page.get_by_role("spinbutton", name="Groups")
    number.fill("5")
    number.press("Enter")
    expect(page.get_by_text("have not been tried yet")).to_be_visible()
    expect(page.locator(PLOT)).to_have_count(0)
    expect(page.locator(".card")).to_have_count(0)
    settle(page)
    button(page, "Group").click()
    expect(page.locator(".card")).to_have_count(5, timeout=60_000)
    settle(page)
    number.fill("4")
    number.press("Enter")
    expect(page.locator(".card")).to_have_count(4)


def test_other_features_are_computed_from_the_dialog(visit, settle, app, bare, grouped):
    page = visit("cluster", dataset="demo")
    button(page, "New").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="What a trained network sees")).to_be_enabled()
    for label, value in (("Components", "4"), ("Crop [px]", "64"), ("Size [px]", "16")):
        field = dialog.get_by_role("spinbutton", name=label, exact=True)
        field.fill(value)
        field.press("Enter")
        settle(page)
    dialog.get_by_role("button", name="Compute", exact=True).click()
    expect(dialog).to_be_hidden()
    features = page.get_by_role("combobox", name="Features")
    expect(features).to_have_value("PCA 4 · crop 64 · size 16", timeout=60_000)
    plan = plan_features(bare, "pca", {"n_components": 4, "crop_px": 64, "size_px": 16})
    assert find_features(app.workspace, plan)
    settle(page).get_by_role("radio", name="Features").click()
    settle(page)
    expect(page.locator(".tf-pairs figure")).to_have_count(10)


def test_groups_and_features_are_taken_away_as_a_table(visit, settle, app, grouped):
    page = visit("cluster", dataset="demo", n_clusters=4)
    button(page, "Export").click()
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("Download .* rows")).click()
    content = waiting.value.path().read_bytes()
    table = pd.read_csv(io.BytesIO(content), dtype={"object_id": str})
    result = open_clustering(app.workspace, grouped)
    assert dict(zip(table["object_id"], table["cluster"], strict=True)) == dict(
        zip(result.object_ids, result.labels.tolist(), strict=True)
    )
    assert len([c for c in table if c not in {"object_id", "cluster", "strength"}]) >= 8
