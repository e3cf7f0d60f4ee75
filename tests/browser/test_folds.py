"""Two recipes judged fold by fold, from choosing folds to what may be said of them."""

import pytest
from playwright.sync_api import expect

from astro_core.runs import get_run
from astro_core.workflows.folds_state import doubtful_labels

FOLDS_MS = 240_000
pytestmark = pytest.mark.timeout(420)


def test_two_recipes_are_compared_on_the_same_folds(app, visit, settle, in_address):
    def train(**settings):
        page = visit(
            "train", dataset="demo-objects", run="new", recipe="astrodetector-forest", folds="3",
            **settings,
        )  # fmt: skip
        expect(page.get_by_text("3 trainings, one after the other")).to_be_visible()
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text("The dataset's test part stays out")).to_have_count(0)
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=FOLDS_MS)
        expect(page.get_by_role("radio", name="Folds")).to_be_visible(timeout=FOLDS_MS)
        settle(page)
        return page, in_address(page, "run")

    _, first = train(size_px="16", n_estimators="20")
    page, second = train(size_px="16", n_estimators="2")
    runs = [get_run(app.workspace, run) for run in (first, second)]
    assert [run.state for run in runs] == ["done", "done"]
    assert [run.result["n_folds"] for run in runs] == [3, 3]

    page = visit("evaluate", dataset="demo-objects", run=second, view="compare", way="folds")
    expect(page.get_by_text("No Wilcoxon signed-rank test: with 3 folds")).to_be_visible()
    gap = runs[1].result["scores"]["mean"]["balanced_accuracy"]
    gap -= runs[0].result["scores"]["mean"]["balanced_accuracy"]
    expect(page.get_by_text(f"Difference {gap:+.3f}")).to_be_visible()

    page.get_by_role("radio", name="Label errors").click()
    settle(page)
    doubts = doubtful_labels(app.workspace, second)
    assert len(doubts)
    expect(
        page.get_by_text(f"{len(doubts)} of {runs[1].result['n_objects']} labels")
    ).to_be_visible()
    expect(page.locator(".tile")).to_have_count(len(doubts))
