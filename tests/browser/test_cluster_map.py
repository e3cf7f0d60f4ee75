"""The map of galaxies by hand: made, circled, walked by keys, coloured, isolated, saved."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.runs import execute
from astro_core.workflows.feature_store import (
    FeatureSet,
    NewFeatures,
    delete_features,
    write_features,
)
from astro_core.workflows.selections import list_selections

NO_WEBGL = """() => {
  if (location.protocol !== 'http:' || !sessionStorage.getItem('no-webgl')) return;
  const own = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : own.call(this, kind, ...more);
  };
}"""


@pytest.fixture(scope="module")
def features(app):
    """Key of vectors of the demo survey in three blobs; object i lies in blob i % 3."""
    dataset = open_dataset(app.workspace, "demo")
    ids = list(read_catalogue(dataset, ["object_id"])["object_id"])
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0, 0], [30, 0, 0], [0, 30, 0]])
    values = centres[np.arange(len(ids)) % 3] + rng.normal(0, 1, (len(ids), 3))
    key = f"{dataset.fingerprint}-planted"
    about = FeatureSet(
        key=key, extractor="pca", label="Planted", params={}, n_objects=len(ids), n_features=3,
        n_bad=0, created_at="2026-01-01T00:00:00+00:00", summary="planted", dataset="demo",
        fingerprint=dataset.fingerprint,
    )  # fmt: skip
    problems = pd.DataFrame({"object_id": [], "reason": []}, dtype=str)
    objects = pd.DataFrame({"object_id": ids})
    names = ("pc_0", "pc_1", "pc_2")
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
    yield key
    delete_features(app.workspace, key)


@pytest.fixture(scope="module")
def stored(app, features):
    """The features have a PCA map and three groups by k-means."""
    for kind, params in (
        ("map", {"features": features, "method": "pca", "params": {}}),
        ("cluster", {"features": features, "method": "kmeans", "params": {"n_clusters": 3}}),
    ):
        run = execute(app.workspace, kind, params, title=kind)
        assert run.state == "done", run.error
    return features


@pytest.fixture
def chart(visit, page, settle, stored):
    """The map of planted groups, drawn."""

    def go(**query):
        asked = {"dataset": "demo", "view": "map", "map": "pca", "n_clusters": 3} | query
        visit("cluster", features=stored, **asked)
        page.locator(".map[data-drawn]").wait_for()
        return settle(page)

    return go


def count(page):
    return page.locator(".map .count")


def lasso(page, share=0.48):
    """Circle around the middle of the map, with a radius that is a share of its height."""
    box = page.locator("canvas.over").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    radius = box["height"] * share
    for i in range(33):
        turn = 2 * math.pi * i / 32
        page.mouse.move(x + radius * math.cos(turn), y + radius * math.sin(turn))
        if i == 0:
            page.mouse.down()
    page.mouse.up()


def test_a_map_is_made_followed_and_drawn(visit, page, settle, features):
    visit("cluster", dataset="demo", features=features, view="map", mapset="n_neighbors:7")
    expect(page.get_by_text("There is no UMAP map of these features yet")).to_be_visible()
    page.get_by_role("button", name="Make the map").click()
    page.locator(".map[data-drawn]").wait_for(timeout=120_000)
    expect(count(page)).to_have_text(re.compile(r"^\d+ galaxies$"))
    expect(page.get_by_text("Laid out by 7 neighbours")).to_be_visible()


def test_a_lasso_brings_stamps_that_can_be_kept(chart, page, settle, app, stored):
    chart(colour="class")
    assert page.locator(".map").get_attribute("data-painter") == "webgl"
    total = int(count(page).inner_text().split()[0].replace(",", ""))
    lasso(page)
    page.locator(".gallery .tile").first.wait_for()
    chosen = int(count(page).inner_text().split()[0])
    assert 0 < chosen <= total
    noun = "galaxy" if chosen == 1 else "galaxies"
    expect(page.get_by_text(f"{chosen} {noun} · PCA map")).to_be_visible()
    page.get_by_role("button", name="Save selection").click()
    page.get_by_role("textbox", name="Name").fill("from the map")
    page.get_by_role("button", name="Save", exact=True).last.click()
    settle(page)
    saved = {s.name: s for s in list_selections(app.workspace, open_dataset(app.workspace, "demo"))}
    assert len(saved["from the map"].object_ids) == chosen
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(count(page)).to_have_text(f"{total} galaxies")
    expect(page.get_by_text("Circle galaxies on the map")).to_be_visible()


def test_a_kind_is_isolated_and_only_it_is_selected(chart, page):
    chart(colour="group")
    chip = page.locator(".map .chip").first
    n = chip.locator(".n").inner_text()
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Select in sight").click()
    expect(count(page)).to_have_text(re.compile(rf"^{n} of \d+ selected$"))
    chip.click()
    page.get_by_role("button", name="Select in sight").click()
    expect(count(page)).to_have_text(re.compile(r"^(\d+) of \1 selected$"))


def test_galaxies_are_named_under_the_mouse_and_picked_by_a_click(chart, page):
    chart()
    over = page.locator("canvas.over")
    over.focus()
    page.keyboard.press("ArrowRight")
    tip = page.locator(".map .tip")
    expect(tip).to_be_visible()
    said = tip.locator("b").inner_text()
    assert said in page.locator(".map .live").inner_text()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    walked_to = tip.locator("b").inner_text()
    expect(count(page)).to_have_text(re.compile(r"^1 of"))
    page.locator(f".gallery .tile[data-object-id='{walked_to}']").wait_for()
    page.keyboard.press("Escape")
    expect(count(page)).to_have_text(re.compile("galaxies$"))


def test_what_is_picked_survives_other_colours_and_pages(chart, page, settle):
    chart()
    lasso(page)
    page.locator(".gallery .tile").first.wait_for()
    before = count(page).inner_text()
    settle(page)
    page.get_by_role("link", name="Browse", exact=True).click()
    page.get_by_text("objects").first.wait_for()
    settle(page)
    page.get_by_role("link", name="Cluster", exact=True).click()
    page.get_by_text("Map", exact=True).click()
    page.get_by_text("PCA", exact=True).click()
    page.locator(".map[data-drawn]").wait_for()
    settle(page)
    assert count(page).inner_text() == before
    page.get_by_role("combobox", name=re.compile("Coloured by")).click()
    page.get_by_role("option", name="Coloured by oddness").click()
    page.locator(".map .ramp").wait_for()
    settle(page)
    assert count(page).inner_text() == before
    assert "colour=odd" in page.url
    page.get_by_role("button", name="Clear", exact=True).click()
    settle(page)


def test_the_map_moves_zooms_and_is_saved(chart, page, tmp_path):
    chart()
    over = page.locator("canvas.over")
    box = over.bounding_box()

    def picture():
        return over.evaluate("canvas => canvas.toDataURL()")

    first = picture()
    page.locator("[data-mode=pan]").click()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 150, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    moved = picture()
    assert moved != first
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    assert picture() != moved
    expect(count(page)).to_have_text(re.compile("galaxies$"))
    page.get_by_role("button", name="All galaxies").click()
    page.mouse.move(5, 5)
    page.wait_for_timeout(100)
    assert picture() == first
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the picture").click()
    assert download.value.suggested_filename == "map-pca-group.png"
    download.value.save_as(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_without_webgl_the_map_is_drawn_all_the_same(app, chart, page):
    page.add_init_script(f"({NO_WEBGL})()")  # for good: the tab is that of later tests, too
    page.goto(app.address("_stcore/health"))
    page.evaluate("sessionStorage.setItem('no-webgl', 'yes')")
    chart()
    assert page.locator(".map").get_attribute("data-painter") == "plain"
    inked = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v)"
    assert page.locator("canvas.points").evaluate(inked)
    lasso(page)
    page.locator(".gallery .tile").first.wait_for()
