"""Ticked stamps are kept under a name and opened again, in Browse alone."""

import re

import pytest
from playwright.sync_api import expect

from astro_core.datasets.store import open_dataset
from astro_core.workflows.selections import delete_selection, list_selections

expect.set_options(timeout=20_000)


@pytest.fixture
def survey(app):
    dataset = open_dataset(app.workspace, "demo")
    yield dataset
    for selection in list_selections(app.workspace, dataset):
        delete_selection(app.workspace, dataset, selection.name)


def test_ticked_stamps_become_a_selection_that_opens_again(app, visit, survey, settle):
    page = visit("browse", dataset="demo", size="L")
    first, second = (page.locator(".tile").nth(i) for i in (0, 1))
    ids = [tile.get_attribute("data-object-id") for tile in (first, second)]
    first.click()
    settle(page)
    second.click(modifiers=["Control"])
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Save selection").click()
    page.get_by_label("Name", exact=True).fill("Worth a look")
    page.get_by_label("Reason").fill("faint arms")
    page.get_by_role("button", name="Save 2 objects").click()
    expect(page.get_by_text("Saved 2 objects as")).to_be_visible()
    settle(page)
    saved = {s.name: s for s in list_selections(app.workspace, survey)}["Worth a look"]
    assert sorted(saved.object_ids) == sorted(ids)
    assert saved.reason == "faint arms"

    page = visit("browse", dataset="demo", selection="worth a look")
    expect(page.get_by_text(re.compile("2 of 60 objects"))).to_be_visible()
    expect(page.get_by_text("faint arms")).to_be_visible()
    assert page.locator(".tile").count() == 2
    page.get_by_role("button", name="selection 'Worth a look'").click()
    settle(page)
    expect(page.get_by_text(re.compile("60 of 60 objects"))).to_be_visible()
    assert "selection" not in page.url
