"""A survey from its first galaxies to a review of those that the model left undefined."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from astro_core.datasets.store import open_dataset
from astro_core.ui.who import COOKIE

N = 300
WORK_MS = 90_000
pytestmark = pytest.mark.timeout(420)  # the engine, and a model that is made with TensorFlow


@pytest.fixture
def survey(app, colour_model, tmp_path):
    """A catalogue whose galaxies are red, blue, and grey; one has no stamp. A model of colours."""
    shutil.copytree(colour_model, app.workspace.models / "colours")
    for name, colour in {"red": (180, 60, 20), "blue": (20, 60, 180), "grey": (90,) * 3}.items():
        pixels = np.full((20, 20, 3), colour, np.uint8)
        pixels[:10] //= 2
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    colour = np.array(["red", "blue", "grey"], dtype=object)[np.arange(N) % 3]
    colour[4] = "nowhere"
    frame = pd.DataFrame({"object_id": [f"G{i:03d}" for i in range(N)], "colour": colour})
    frame.to_parquet(tmp_path / "survey.parquet")
    yield tmp_path
    shutil.rmtree(app.workspace.models / "colours")


def test_from_the_first_galaxies_to_a_review(app, visit, settle, survey, in_address):
    page = visit("catalogue", dataset="demo", model="colours", of="file")
    page.get_by_role("textbox", name="Catalogue").fill(str(survey / "survey.parquet"))
    page.get_by_role("textbox", name="Stamps").fill(f"{survey}/{{colour}}.png")
    page.get_by_role("textbox", name="Keep as dataset").fill("coloured")
    page.keyboard.press("Enter")
    expect(page.locator(".tile")).to_have_count(12)
    expect(page.get_by_text("1 of these cannot be shown")).to_be_visible()
    page.get_by_role("button", name=f"Classify {N} objects").click()
    page.wait_for_url(re.compile("run=2"))
    run = in_address(page, "run")

    review = page.get_by_role("button", name="Review the 100 undefined")
    expect(review).to_be_visible(timeout=WORK_MS)
    settle(page)
    expect(page.get_by_text("299 objects")).to_be_visible()
    page.get_by_text("1 stamps could not be used").click()
    page.get_by_text("Surest blue").click()
    page.wait_for_url(re.compile("group=blue"))
    assert open_dataset(app.workspace, "coloured").n_objects == N - 1

    page.context.add_cookies([{"name": COOKIE, "value": "Ana", "url": app.url}])
    visit("catalogue", dataset="coloured", run=run)
    review.click()
    page.wait_for_url(re.compile("/review"))
    expect(page.get_by_text(re.compile("0 of 100 done"))).to_be_visible()
