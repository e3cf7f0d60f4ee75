"""A short training, from choosing a recipe to the galaxies of a confusion cell and a file."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from astro_core.runs import get_run
from astro_core.workflows.model_export import list_exports
from astro_core.workflows.training_answers import answers

TRAINING_MS = 240_000
expect.set_options(timeout=20_000)
pytestmark = pytest.mark.timeout(420)


def fill(page, settle, label, number):
    page.get_by_role("spinbutton", name=label).fill(number)
    page.keyboard.press("Enter")
    settle(page)


def train_simple_network(visit, settle):
    """Choose a recipe, train it and wait for its scores; returns the page that shows them."""
    page = visit("train", dataset="demo", run="new")
    page.get_by_role("button", name="Simple network").first.click()
    settle(page)
    fill(page, settle, "Epochs", "2")
    fill(page, settle, "Image size [px]", "24")
    assert "epochs=2" in page.url
    assert page.get_by_role("img", name="Galaxies as the network sees them").is_visible()
    page.get_by_role("button", name="Train", exact=True).click()

    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Balanced accuracy, test")).to_be_visible(timeout=TRAINING_MS)
    settle(page)
    return page


def look_at_curves_and_answers(page, settle):
    page.get_by_role("radio", name="Curves").click()
    expect(page.get_by_text("Validation loss lowest in epoch")).to_be_visible()
    page.get_by_role("radio", name="Answers").click()
    settle(page)
    expect(page.get_by_text("Below each: the answer and its probability")).to_be_visible()


def click_cell(page, settle, at, label, answer):
    """Click a cell of the confusion matrix whose classes are in the order `at`."""
    k = len(at)
    page.locator(".js-plotly-plot .nsewdrag").first.scroll_into_view_if_needed()
    frame = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    page.mouse.click(
        frame["x"] + frame["width"] * (at.index(answer) + 0.5) / k,
        frame["y"] + frame["height"] * (at.index(label) + 0.5) / k,
    )
    settle(page)


def look_at_fullest_cell(page, settle, found):
    """Open the galaxies of the fullest cell, and after them all wrong answers."""
    label, answer = found.rows(["test"])[["label", "answer"]].value_counts().index[0]
    click_cell(page, settle, list(found.classes), label, answer)
    assert f"label={label}" in page.url
    assert f"answer={answer}" in page.url
    n = len(found.cell(["test"], label, answer))
    assert page.locator(".tile").count() == n
    expect(page.get_by_role("button", name="Open in Browse")).to_be_visible()
    page.get_by_role("button", name="All wrong answers").click()
    settle(page)
    assert "label=" not in page.url


def look_at_run(visit, run_id):
    page = visit("runs", kind="train", run=run_id)
    expect(page.get_by_test_id("glide-cell-1-0")).to_have_text("Training galaxy10-simple on demo")
    expect(page.get_by_text("done after")).to_be_visible()
    expect(page.get_by_role("button", name="Open in Train")).to_be_visible()
    expect(page.get_by_text("mean over the classes of the share found")).to_be_visible()
    return page


def download_model(page):
    page.get_by_text("Use the model elsewhere").click()
    page.get_by_role("button", name="Write").first.click()
    expect(page.get_by_role("button", name="Card")).to_be_visible(timeout=TRAINING_MS)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download", exact=True).nth(1).click()
    return saved.value


def test_a_recipe_is_trained_and_its_confusions_looked_at(app, visit, settle, in_address):
    page = train_simple_network(visit, settle)
    run_id = in_address(page, "run")
    assert get_run(app.workspace, run_id).state == "done"
    look_at_curves_and_answers(page, settle)
    look_at_fullest_cell(page, settle, answers(app.workspace, run_id))
    saved = download_model(look_at_run(visit, run_id))
    (format_,) = [r.params["format"] for r in list_exports(app.workspace, run_id)]
    assert saved.suggested_filename == f"{run_id}-{format_}.zip"
    with zipfile.ZipFile(saved.path()) as packed:
        assert {Path(name).suffix for name in packed.namelist()} == {".tflite", ".md", ".json"}
