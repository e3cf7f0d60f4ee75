"""Pictures brought to Classify: dropped, pasted, simulated, real; drawn on, and named by key."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from astro_core.datasets.store import open_dataset
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.runs.desk import stop_desk
from astro_core.workspace import Workspace

from .conftest import REPOSITORY

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PLACES = ((40, 50), (150, 100))  # x, y of a red and of a blue galaxy
FILES = '.st-key-classify-drop input[type="file"]'
PASTE = """(bytes) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true }));
}"""
pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def place(serve, colour_model, tmp_path_factory):
    """A server with a model that tells red galaxies from blue ones."""
    workspace = Workspace(tmp_path_factory.mktemp("classify") / "workspace").ensure()
    shutil.copytree(colour_model, workspace.models / "colours")
    yield serve(REPOSITORY / "app.py", workspace)
    stop_desk(workspace)


@pytest.fixture
def classify(place, page, settle):
    """The page, as Ana sees it."""
    page.context.add_cookies([{"name": "tuning_fork_name", "value": "Ana", "url": place.url}])
    page.goto(place.address("classify", model="colours", finder="source-extraction"))
    return settle(page)


@pytest.fixture
def sky(tmp_path, request):
    """Two galaxies; no two tests have the same picture, whose boxes would be remembered."""
    pixels = (
        np.random.default_rng(len(request.node.name))
        .integers(0, 40, (160, 220, 3))
        .astype(np.uint8)
    )
    for channel, (x, y) in zip((0, 2), PLACES, strict=True):
        pixels[y - 4 : y + 4, x - 4 : x + 4, channel] = 200
    Image.fromarray(pixels).save(tmp_path / "two.png")
    return tmp_path / "two.png"


def test_a_dropped_picture_is_drawn_on_and_corrected_by_key(place, classify, settle, sky):
    page = classify
    page.locator(FILES).set_input_files(sky)
    boxes = page.locator(".box")
    expect(boxes).to_have_count(2, timeout=60_000)
    settle(page)
    area = page.locator(".sky").bounding_box()
    scale = area["width"] / 220
    page.mouse.move(area["x"] + 90 * scale, area["y"] + 20 * scale)
    page.mouse.down()
    page.mouse.move(area["x"] + 120 * scale, area["y"] + 45 * scale, steps=4)
    page.mouse.up()
    expect(page.get_by_text("Galaxy 3 of 3")).to_be_visible()
    settle(page)
    page.keyboard.press("Delete")
    expect(page.get_by_text("Galaxy 2 of 2")).to_be_visible()
    settle(page)
    page.keyboard.press("Control+z")
    expect(boxes).to_have_count(3)
    expect(page.get_by_text("Took back that you deleted a box.")).to_be_visible()
    settle(page)
    boxes.first.click()
    expect(page.get_by_text("Galaxy 1 of 3")).to_be_visible()
    settle(page)
    page.keyboard.press("2")
    expect(page.get_by_text("blue, stored as two-")).to_be_visible()

    dataset = open_dataset(place.workspace, "uploads")
    (event,) = open_store(place.workspace).events(dataset_key(dataset))
    assert (event.class_name, event.reviewer) == ("blue", "Ana")
    page.goto(place.address("consensus", dataset="uploads", view="labels"))
    settle(page)
    expect(page.get_by_text("blue").first).to_be_visible()


def test_a_pasted_picture_is_looked_at_and_its_table_downloads(classify, settle, sky):
    page = classify
    page.evaluate(PASTE, list(sky.read_bytes()))
    expect(page.locator(".box")).to_have_count(2, timeout=60_000)
    settle(page)
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    rows = pd.read_csv(saved.value.path())
    assert sorted(rows["label"]) == ["blue", "red"]
    assert {"x0", "p_red", "p_blue", "undefined"} <= set(rows.columns)


def test_a_simulated_field_has_many_galaxies_to_go_through(classify, settle):
    page = classify
    page.get_by_role("button", name="A simulated field").click()
    expect(page.get_by_text("Galaxy 1 of")).to_be_visible(timeout=60_000)
    settle(page)
    assert page.locator(".box").count() > 4
    page.get_by_role("button", name="Next").first.click()
    expect(page.get_by_text("Galaxy 2 of")).to_be_visible()
    expect(page.locator(".box").nth(1)).to_have_attribute("aria-pressed", "true")


def test_real_pictures_of_every_kind_stand_side_by_side(classify, settle):
    page = classify
    bands = sorted((DATA / "fits" / "sdss_gri").glob("*.bz2"))
    jpegs = sorted((DATA / "galaxyzoo1" / "images").glob("*.jpeg"))[:1]
    nebulae = sorted((DATA / "skyobjects" / "nebula").glob("*.jpg"))[:1]
    cube = DATA / "fits" / "decals_grz" / "example.fits.gz"
    if not (bands and jpegs and nebulae and cube.is_file()):
        pytest.skip("shared/data is not there")
    page.locator(FILES).set_input_files([*jpegs, cube, *bands, *nebulae])
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(4, timeout=90_000)
    expect(page.locator('.tile[title*="not asked yet"]')).to_have_count(0, timeout=90_000)
    settle(page)
    told = set()
    for place in range(4):
        tiles.nth(place).click()
        settle(page)
        expect(page.locator(".box").first).to_be_visible()
        facts = page.get_by_test_id("stCaptionContainer").filter(has_text=" · ").first
        told.add(facts.inner_text().split(" · ")[1].split(", shown")[0])
    assert {"FITS, g, r, z", "FITS, g, r, i"} < told
