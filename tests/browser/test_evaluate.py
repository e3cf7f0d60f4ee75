"""Evaluate from a trained model to a report: confusions, the threshold, a selection, a page."""

import pytest
from playwright.sync_api import expect

from astro_core.datasets.store import open_dataset
from astro_core.runs import execute
from astro_core.workflows.evaluation_views import judged
from astro_core.workflows.selections import list_selections
from astro_core.workflows.training_answers import answers

expect.set_options(timeout=20_000)
pytestmark = pytest.mark.timeout(300)
SMALL = {"size_px": 24, "n_estimators": 20}


@pytest.fixture(scope="module")
def run_id(app):
    """A forest: it needs no TensorFlow, and is trained in a second."""
    params = {"dataset": "demo", "recipe": "astrodetector-forest", "settings": SMALL}
    run = execute(app.workspace, "train", params, title="Training a forest on demo")
    assert run.state == "done", run.error
    return run.run_id


def test_from_the_scores_to_the_galaxies_behind_them(app, visit, settle, run_id):
    page = visit("evaluate", dataset="demo", run=run_id, part="all")
    expect(page.get_by_text("Balanced accuracy,")).to_be_visible()
    found = answers(app.workspace, run_id)
    label, answer = found.rows(["train"])[["label", "answer"]].value_counts().index[0]
    at, k = list(found.classes), len(found.classes)
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    plot.scroll_into_view_if_needed()
    frame = plot.bounding_box()
    page.mouse.click(
        frame["x"] + frame["width"] * (at.index(answer) + 0.5) / k,
        frame["y"] + frame["height"] * (at.index(label) + 0.5) / k,
    )
    page.wait_for_url(lambda url: f"label={label}" in url and f"answer={answer}" in url)
    settle(page)
    n = len(found.cell(["train", "validation", "calibration", "test"], label, answer))
    assert page.locator(".tile").count() == min(n, 30)
    page.get_by_role("button", name="All wrong answers").click()
    settle(page)
    assert "label=" not in page.url


def test_a_threshold_says_what_it_costs_and_its_galaxies_are_kept(app, visit, settle, run_id):
    page = visit("evaluate", dataset="demo", run=run_id, part="all", view="threshold")
    slider = page.get_by_role("slider", name="Undefined below")
    n = judged(app.workspace, run_id, "all").n
    slider.focus()
    for below in ("0.74", "0.73", "0.72", "0.71", "0.70"):
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(lambda url, below=below: f"below={below}" in url)
    settle(page)
    expect(page.locator(".gtitle").first).to_contain_text(f"Of {n}")
    expect(page.locator(".gtitle").first).to_contain_text("to a person; of the rest")

    page.get_by_role("button", name="Save selection").click()
    page.get_by_role("textbox", name="Name").fill("for a person")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("objects as 'for a person'")).to_be_visible()
    kept = list_selections(app.workspace, open_dataset(app.workspace, "demo"))
    (mine,) = [s for s in kept if s.name == "for a person"]
    p = judged(app.workspace, run_id, "all").probabilities.max(axis=1)
    assert len(mine.object_ids) == int((p < 0.7).sum())


def test_a_report_and_pictures_can_be_taken_along(app, visit, settle, run_id, tmp_path, page):
    visit("evaluate", dataset="demo", run=run_id, part="all", view="trust")
    page.get_by_role("button", name="Export").click()
    with page.expect_download(timeout=60_000) as taken:
        page.get_by_role("button", name="Report", exact=True).click()
    assert taken.value.suggested_filename == f"{run_id}-all.html"
    taken.value.save_as(tmp_path / "report.html")
    page.get_by_role("radio", name="SVG").click()
    settle(page)
    page.keyboard.press("Escape")
    figure = page.locator(".js-plotly-plot").first
    figure.hover()
    with page.expect_download() as taken:
        figure.locator(".modebar-btn").first.click()
    assert taken.value.suggested_filename.endswith(".svg")

    page.goto("about:blank")  # so that it stands alone
    page.set_content((tmp_path / "report.html").read_text("utf-8"), wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "How far can astrodetector-forest be trusted?"
    )
    expect(page.locator(".js-plotly-plot")).not_to_have_count(0)
    drawn = "document.querySelectorAll('.js-plotly-plot .main-svg').length > 4"
    page.wait_for_function(drawn, timeout=60_000)
    assert page.locator(".stamps img").count() > 0
