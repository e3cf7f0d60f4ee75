"""A short search, from choosing ranges to training with what was found."""

import re

import pytest
from playwright.sync_api import expect

from astro_core.runs import get_run
from astro_core.workflows.tune_state import tuning_state

SEARCH_MS = 240_000
pytestmark = pytest.mark.timeout(420)


def test_settings_are_searched_looked_at_and_trained_with(app, visit, settle, in_address):
    page = visit(
        "train", dataset="demo", mode="search", search="new", recipe="astrodetector-forest",
        size_px="16", space="n_estimators=2:10", tune_trials="4", tune_cost="parameters",
    )  # fmt: skip
    expect(page.get_by_role("button", name="Random forest on grey images")).to_be_visible()
    page.get_by_role("spinbutton", name="To: Trees").fill("12")
    page.keyboard.press("Enter")
    settle(page)
    assert "n_estimators%3D2%3A12" in page.url or "n_estimators=2:12" in page.url
    page.get_by_role("button", name="Search", exact=True).click()

    expect(page.get_by_text("4 of 4", exact=True)).to_be_visible(timeout=SEARCH_MS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=SEARCH_MS)
    settle(page)
    search = in_address(page, "search")
    assert get_run(app.workspace, search).state == "done"
    state = tuning_state(app.workspace, search)
    expect(page.get_by_text("that no other beats")).to_be_visible()

    page.get_by_role("radio", name="History").click()
    settle(page)
    dots = page.locator(".js-plotly-plot .scatterlayer .points path")
    dots.first.wait_for()
    spots = [dots.nth(i).bounding_box() for i in range(dots.count())]
    spot = min(spots, key=lambda s: s["x"])  # the first trial is the leftmost
    page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    settle(page)
    assert re.search(r"[?&]trial=1(&|$)", page.url)
    expect(page.get_by_text("Trial 1", exact=True)).to_be_visible()

    page.get_by_role("radio", name="Trials").click()
    settle(page)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Settings")).last.click()
    settle(page)
    page.get_by_role("button", name="Train with these").click()
    expect(page.get_by_text("Balanced accuracy, test")).to_be_visible(timeout=SEARCH_MS)
    assert "mode=search" not in page.url
    trained = get_run(app.workspace, in_address(page, "run"))
    assert trained.params["settings"] == state.settings(0)

    page = visit("runs", kind="tune", run=search)
    expect(page.get_by_role("button", name="Open in Train")).to_be_visible()
