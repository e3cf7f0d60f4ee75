"""Own classes are made in the browser and answered with at once, in every view."""

import pytest
from playwright.sync_api import expect

from astro_core.datasets.store import open_dataset
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store

pytestmark = pytest.mark.timeout(300)
WAIT_MS = 20_000
WHO = "Ada of the classes"


def done(page, n):
    expect(page.locator(".board")).to_have_attribute("data-done", str(n), timeout=WAIT_MS)


def go(page, settle, view):
    page.get_by_role("radio", name=view, exact=True).click()
    settle(page)


def test_own_classes_are_made_and_answered_with_at_once(app, visit, settle):
    page = visit("review", dataset="demo", view="classes")
    page.get_by_label("Your name").fill(WHO)
    page.get_by_role("button", name="Go on").click()
    settle(page)
    page.get_by_role("button", name="New set").click()
    page.get_by_label("Name of the set").fill("Tails")
    page.get_by_role("textbox", name="Classes, one a line").fill("tail\nno tail")
    page.get_by_role("button", name="Make the set").click()
    settle(page)
    page.get_by_role("textbox", name="Key of no tail").fill("C")
    page.get_by_role("textbox", name="Key of no tail").press("Tab")
    expect(page.get_by_text("cannot have the key C")).to_be_visible()
    page.get_by_role("textbox", name="Key of no tail").fill("N")
    page.get_by_role("textbox", name="Key of no tail").press("Tab")
    settle(page)
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_role("button", name="Save as version 3")).to_be_visible()
    page.get_by_role("button", name="Review with these").click()
    settle(page)

    expect(page.locator(".class")).to_have_count(2)
    expect(page.locator(".board")).to_have_attribute("data-state", "ready")
    page.keyboard.press("n")
    done(page, 1)
    go(page, settle, "Grid")
    expect(page.locator(".board")).to_have_count(1)
    n = page.locator(".tile").count()
    page.keyboard.press("1")
    done(page, 1)
    go(page, settle, "Decision tree")
    expect(page.locator(".board")).to_have_count(0)
    page.get_by_role("button", name="Choose among the classes").click()
    settle(page)
    expect(page.locator(".board")).to_have_count(1)

    key = dataset_key(open_dataset(app.workspace, "demo"))
    said = [e for e in open_store(app.workspace).events(key) if e.reviewer == WHO]
    assert {(e.taxonomy, e.taxonomy_version) for e in said} == {("Tails", 2)}
    assert [e.class_name for e in said] == ["no tail"] + ["tail"] * n
