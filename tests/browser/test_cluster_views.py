"""The views of single methods by hand: what is clicked is shown, and can be kept."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.runs import execute
from astro_core.workflows.clustering_store import open_clustering
from astro_core.workflows.feature_store import (
    FeatureSet,
    NewFeatures,
    delete_features,
    write_features,
)
from astro_core.workflows.selections import delete_selection, list_selections

expect.set_options(timeout=20_000)
PLOT = ".js-plotly-plot"


@pytest.fixture(scope="module")
def features(app):
    """Key of vectors of the demo survey in three blobs; object i lies in blob i % 3."""
    dataset = open_dataset(app.workspace, "demo")
    ids = list(read_catalogue(dataset, ["object_id"])["object_id"])
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0, 0], [30, 0, 0], [0, 30, 0]])
    values = centres[np.arange(len(ids)) % 3] + rng.normal(0, 1, (len(ids), 3))
    about = FeatureSet(
        key=f"{dataset.fingerprint}-views", extractor="morphology", label="Planted", params={},
        n_objects=len(ids), n_features=3, n_bad=0, created_at="2026-01-01T00:00:00+00:00",
        summary="planted", dataset="demo", fingerprint=dataset.fingerprint,
    )  # fmt: skip
    names = ("gini", "m20", "asymmetry")
    objects = pd.DataFrame(values, columns=list(names))
    objects.insert(0, "object_id", ids)
    problems = pd.DataFrame({"object_id": [], "reason": []}, dtype=str)
    write_features(
        app.workspace,
        NewFeatures(
            about=about,
            values=values.astype(np.float32),
            names=names,
            objects=objects,
            problems=problems,
        ),
    )
    yield about.key
    delete_features(app.workspace, about.key)


@pytest.fixture
def group(app, features):
    def by(method, **params):
        asked = {"features": features, "method": method, "params": params}
        made = execute(app.workspace, "cluster", asked, title="Group")
        assert made.state == "done", made.error
        return made.result["key"]

    return by


@pytest.fixture
def see(visit):
    return lambda key, view="own": visit("cluster", dataset="demo", grouping=key, view=view)


def shown_ids(page):
    page.locator(".tile").first.wait_for()
    return page.locator(".tile").evaluate_all("all => all.map(t => t.dataset.objectId)")


POINT = """(plot, wanted) => {
  const text = JSON.stringify(wanted), {left, top} = plot.getBoundingClientRect();
  const {xaxis, yaxis, _size: size} = plot._fullLayout;
  for (const trace of plot._fullData) {
    const i = Array.from(trace.customdata || []).findIndex(c => JSON.stringify(c) === text);
    if (i < 0 || !trace.visible) continue;
    return [left + size.l + xaxis.d2p(trace.x[i]), top + size.t + yaxis.d2p(trace.y[i])];
  }
  return null;
}"""


def click_point(page, customdata):
    """Click the point of the first plot that carries this customdata, wherever it is drawn."""
    plot = page.locator(PLOT).first
    plot.scroll_into_view_if_needed()
    at = plot.evaluate(POINT, customdata)
    assert at is not None, f"No point carries {customdata}"
    page.mouse.move(at[0] - 3, at[1] - 3)
    page.mouse.move(*at, steps=3)
    page.wait_for_timeout(200)  # Plotly finds what is below the mouse a little later
    page.mouse.click(*at)


def test_a_branch_shows_its_galaxies_and_a_cut_becomes_groups(see, group, app, settle):
    key = group("hierarchical", n_clusters=3)
    result = open_clustering(app.workspace, key)
    page = see(key)
    expect(page.get_by_text("3 groups of", exact=False).first).to_be_visible()
    root = 2 * len(result.object_ids) - 2
    left = int(result.details["linkage"][-1, 0])
    click_point(page, left)
    settle(page)
    expect(page.get_by_text(f"branch {left} of the tree")).to_be_visible()
    ids = shown_ids(page)
    assert 0 < len(ids) < len(result.object_ids)
    click_point(page, root)
    expect(page.get_by_text(f"branch {root} of the tree")).to_be_visible()
    settle(page)
    slider = page.get_by_role("slider", name="Groups")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("2 groups of", exact=False).first).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Use this cut").click()
    expect(page.get_by_text("They are the groups in use")).to_be_visible()
    new = re.search(r"grouping=(\w+)", page.url).group(1)
    assert open_clustering(app.workspace, new).n_clusters == 2


def test_a_branch_of_the_condensed_tree_shows_the_densest_first(see, group, app, settle):
    key = group("hdbscan", min_cluster_size=8)
    result = open_clustering(app.workspace, key)
    page = see(key)
    node = int(result.details["selected_nodes"][0])
    click_point(page, node)
    expect(page.get_by_text(f"branch {node} of the condensed tree")).to_be_visible()
    settle(page)
    assert set(shown_ids(page)) <= set(result.object_ids)
    assert set(result.members(0)) >= set(shown_ids(page)[:3])


def test_a_cell_of_the_map_shows_its_members_and_stays_framed(see, group, app, settle):
    key = group("som", rows=2, columns=2)
    result = open_clustering(app.workspace, key)
    page = see(key)
    cell = int(np.argmax(result.details["hits"]))
    click_point(page, cell)
    expect(page.get_by_text(f"typical of group {cell}")).to_be_visible()
    settle(page)
    assert set(shown_ids(page)) <= set(result.members(cell))
    page.get_by_text("All", exact=True).click()
    settle(page)
    assert len(shown_ids(page)) == min(len(result.members(cell)), 30)


def test_a_galaxy_of_the_mixture_has_its_probabilities(see, group, app, settle):
    key = group("gmm", n_clusters=3)
    result = open_clustering(app.workspace, key)
    page = see(key)
    page.locator(PLOT).first.wait_for()
    settle(page)
    click_point(page, result.object_ids[4])
    expect(page.locator(PLOT)).to_have_count(2)
    expect(page.locator(f"{PLOT} .gtitle").nth(1)).to_contain_text("is in group")
    settle(page)
    assert len(shown_ids(page)) == 1


def test_a_cell_of_two_groupings_shows_who_is_in_both(see, group, app, settle):
    one = group("kmeans", n_clusters=3)
    other = group("gmm", n_clusters=2)
    page = see(one, "compare")
    page.locator(PLOT).first.wait_for()
    a, b = (open_clustering(app.workspace, key) for key in (one, other))
    page.get_by_role("combobox", name="The other").click()
    page.get_by_role("option", name=re.compile("Gaussian mixture 2")).click()
    settle(page)
    both = set(a.members(0)) & set(b.members(0))
    pair = [0, 0] if both else [0, 1]
    both = both or set(a.members(0)) & set(b.members(1))
    click_point(page, pair)
    expect(page.get_by_text(f"in group {pair[0]} and group {pair[1]}")).to_be_visible()
    settle(page)
    assert set(shown_ids(page)) <= both


def test_the_oddest_are_kept_as_a_selection(see, group, app, settle):
    page = see(group("kmeans", n_clusters=3), "odd")
    number = page.get_by_role("spinbutton", name="Oddest to keep")
    number.fill("7")
    number.press("Enter")
    expect(page.get_by_text("7 are marked")).to_be_visible()
    settle(page)
    first = shown_ids(page)[:7]
    page.get_by_role("button", name="Save selection").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved 7 objects")).to_be_visible()
    demo = open_dataset(app.workspace, "demo")
    saved = list_selections(app.workspace, demo)[0]
    assert saved.object_ids == tuple(first)
    delete_selection(app.workspace, demo, saved.name)


@pytest.mark.slow
def test_a_scan_is_a_run_and_a_click_takes_its_number(see, group, settle):
    page = see(group("kmeans", n_clusters=5))
    page.get_by_role("button", name=re.compile("Try .* numbers")).click()
    page.get_by_text("Click a point").wait_for(timeout=120_000)
    settle(page)
    click_point(page, 4)
    page.get_by_role("button", name="Make 4 groups").click()
    page.wait_for_url("**n_clusters=4*")
