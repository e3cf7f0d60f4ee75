"""From a stamp of Evaluate to why the model said so, and around the page."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from astro_core.runs import execute
from astro_core.runs.desk import stop_desk
from astro_core.workflows.training_answers import answers

SETTINGS = {"epochs": 2, "size_px": 24}
LOADING_MS = 120_000
pytestmark = pytest.mark.timeout(420)
COLOUR = """(panel) => {
  const canvas = panel.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [0, 1, 2].map((c) => data.reduce((sum, v, i) => sum + (i % 4 === c ? v : 0), 0));
}"""


@pytest.fixture(scope="module")
def trained(app):
    """A tiny network that has learned from the demo survey; returns the run's id."""
    params = {"dataset": "demo", "recipe": "galaxy10-simple", "settings": SETTINGS}
    run = execute(app.workspace, "train", params, title="Training for Explain")
    assert run.state == "done", run.error
    yield run.run_id
    stop_desk(app.workspace)


def panel(page, name):
    return page.locator(f'.panel[data-name="{name}"]')


def drawn(page, name, opacity):
    """Colours of a picture, once it is drawn at that opacity."""
    expect(panel(page, name)).to_have_attribute("data-drawn", str(opacity))
    return np.array(panel(page, name).evaluate(COLOUR))


def test_from_a_stamp_of_evaluate_to_where_the_model_looked(app, visit, settle, trained):
    page = visit("evaluate", dataset="demo", run=trained, part="all")
    page.locator(".tile").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Explain").click()
    expect(page.get_by_role("heading", name="Explain", level=1)).to_be_visible()
    expect(page.get_by_role("combobox", name="Maps are for")).to_be_visible(timeout=LOADING_MS)
    settle(page)
    assert f"run={trained}" in page.url
    assert "object=" in page.url

    slider = page.get_by_role("slider", name="Map")
    slider.fill("0")
    alone = drawn(page, "alone", 0)
    bare = drawn(page, "gradcam", 0)
    np.testing.assert_allclose(bare / bare.sum(), alone / alone.sum(), atol=0.02)
    slider.fill("100")
    mapped = drawn(page, "gradcam", 100)
    assert (np.abs(mapped - bare) > 0.05 * bare).any()

    said = panel(page, "gradcam").get_by_role("img").get_attribute("aria-label")
    classes = answers(app.workspace, trained).classes
    other = next(c for c in classes if c.replace("_", " ") not in said)
    page.get_by_role("combobox", name="Maps are for").fill(other.replace("_", " "))
    page.get_by_role("option", name=other.replace("_", " "), exact=True).click()
    settle(page)
    assert f"class={other}" in page.url
    image = panel(page, "gradcam").get_by_role("img")
    expect(image).to_have_accessible_name(re.compile(f"^Grad-CAM of {other.replace('_', ' ')} on"))
    assert slider.input_value() == "100"  # the opacity stays

    with page.expect_download() as saved:
        panel(page, "gradcam").get_by_role("button", name="Save").click()
    assert saved.value.suggested_filename.endswith(f"-gradcam-{other}.png")


def test_small_maps_are_enlarged_and_galaxies_walked_through(visit, settle, trained):
    page = visit("explain", dataset="demo", run=trained, **{"from": "all"})
    expect(page.get_by_role("combobox", name="Maps are for")).to_be_visible(timeout=LOADING_MS)
    expect(page.get_by_text("Occlusion: ")).to_have_count(0, timeout=60_000)
    expect(page.get_by_text("Integrated gradients: ")).to_have_count(0, timeout=60_000)
    settle(page)
    panel(page, "occlusion").get_by_role("button", name="Occlusion").click()
    settle(page)
    assert "method=occlusion" in page.url
    assert "large" in panel(page, "occlusion").get_attribute("class")
    page.keyboard.press("n")
    page.wait_for_url("**object=**")
    settle(page)

    page.get_by_role("radio", name="Layers").click()
    tiles = page.locator(".tf-sheet figure")
    expect(tiles).to_have_count(33, timeout=60_000)  # the galaxy, and 32 maps
    page.get_by_role("radio", name="Turned").click()
    expect(page.get_by_text("standard deviation")).to_be_visible(timeout=60_000)
    expect(page.locator(".tf-sheet").filter(has_text="mirrored")).to_be_visible()
