"""Stretch as a person uses it: drag, compare, look closely, hand on, bring a file."""

import re
import time

import numpy as np
import pytest
from astropy.io import fits

from astro_core.datasets.store import open_dataset, set_recipe


def columns(page):
    return page.locator(".column")


def drawn(page):
    """How often the first column's stamps have been drawn."""
    return int(columns(page).first.get_attribute("data-drawn") or 0)


def picture(page, place=0):
    """The first stamp of a column as it is on the screen."""
    return columns(page).nth(place).locator("canvas").first.evaluate("c => c.toDataURL()")


@pytest.fixture
def stretch(visit, page):
    visit("stretch", dataset="demo")
    columns(page).first.and_(page.locator("[data-drawn]")).wait_for()
    return page


def test_the_tray_follows_while_a_slider_is_dragged(stretch, settle):
    box = stretch.get_by_role("slider", name="Stretch").bounding_box()
    y = box["y"] + box["height"] / 2
    before, count = picture(stretch), drawn(stretch)
    stretch.mouse.move(box["x"] + box["width"] * 0.6, y)
    stretch.mouse.down()
    deadline = time.monotonic() + 20
    step = 0
    while drawn(stretch) < count + 3 and time.monotonic() < deadline:
        step += 1
        stretch.mouse.move(box["x"] + box["width"] * (0.6 - 0.01 * (step % 30)), y)
        stretch.wait_for_timeout(40)
    assert drawn(stretch) >= count + 3, "nothing was drawn before the mouse was released"
    stretch.mouse.up()
    settle(stretch)
    assert picture(stretch) != before
    typed = stretch.get_by_role("textbox", name="Q, number")
    typed.fill("20")
    typed.press("Enter")
    settle(stretch)
    assert "Q 20" in columns(stretch).locator(".note").inner_text()


def test_presets_crops_and_one_galaxy_side_by_side(stretch, settle):
    stretch.get_by_role("button", name="Compare", exact=True).click()
    stretch.get_by_role("button", name=re.compile("^The presets")).click()
    settle(stretch)
    stretch.keyboard.press("Escape")
    assert columns(stretch).locator(".title").all_inner_texts() == [
        *("IRG", "IGU", "ZRG", "R-F660-G")
    ]
    ids = [
        [tile.get_attribute("data-id") for tile in column.locator(".tile").all()]
        for column in columns(stretch).all()
    ]
    assert len(ids[0]) == 12
    assert all(others == ids[0] for others in ids)
    columns(stretch).nth(1).locator(".tile").nth(2).click()
    stretch.locator("canvas.large").nth(3).wait_for()
    settle(stretch)
    assert stretch.locator("canvas.large").count() == 4
    assert picture(stretch, 0) != picture(stretch, 3)
    stretch.locator(".tile").nth(2).focus()
    stretch.keyboard.press("ArrowRight")
    stretch.locator(f"canvas.large[aria-label^='{ids[0][3]}']").first.wait_for()
    stretch.keyboard.press("Escape")
    stretch.locator("canvas.large").first.wait_for(state="detached")
    stretch.get_by_text("Crop sizes", exact=True).click()
    stretch.locator(".title", has_text="64 px").wait_for()
    assert columns(stretch).locator(".title").all_inner_texts()[-1] == "whole image"


def test_what_is_selected_in_browse_can_be_looked_at_here(visit, page, settle):
    visit("browse", dataset="demo")
    stamps = page.locator(".gallery .tile")
    stamps.nth(1).click()
    stamps.nth(4).click(modifiers=["Control"])
    page.get_by_text("2 selected").wait_for()
    settle(page)
    page.get_by_role("link", name="Stretch", exact=True).click()
    columns(page).first.and_(page.locator("[data-drawn]")).wait_for()
    page.get_by_role("button", name="Galaxies", exact=True).click()
    page.get_by_role("button", name="Show these").click()
    page.locator(".column .tile").nth(2).wait_for(state="detached")
    assert page.locator(".column .tile").count() == 2


def test_a_recipe_is_handed_on_and_made_the_default(stretch, settle, app, chromium):
    before = open_dataset(app.workspace, "demo").recipe
    stretch.get_by_role("button", name="Auto", exact=True).click()
    settle(stretch)
    stretch.get_by_role("button", name="Copy", exact=True).click()
    settle(stretch)
    notes = columns(stretch).locator(".note").all_inner_texts()
    other = chromium.new_context(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    try:
        page = other.new_page()
        page.goto(stretch.url)
        settle(page)
        columns(page).nth(1).and_(page.locator("[data-drawn]")).wait_for()
        assert columns(page).locator(".note").all_inner_texts() == notes
        assert picture(page, 1) == picture(stretch, 1)
        stretch.get_by_role("button", name="Make default").click()
        stretch.get_by_role("button", name="Default", exact=True).wait_for()
        after = open_dataset(app.workspace, "demo").recipe
        assert after.key != before.key
        assert notes[0].startswith(f"stretch {after.stretch:.3g}")
    finally:
        set_recipe(app.workspace, "demo", before)
        other.close()


def test_a_damaged_upload_is_said_and_a_good_one_shown(stretch, settle, tmp_path):
    y, x = np.mgrid[:96, :96] - 48
    light = np.exp(-np.hypot(x, y) / 8)
    noise = np.random.default_rng(0).normal(0, 0.01, (3, 96, 96))
    good, cut = tmp_path / "mine.fits", tmp_path / "cut.fits"
    fits.writeto(good, (light + noise).astype(np.float32))
    cut.write_bytes(good.read_bytes()[:20_000])
    chooser = stretch.locator('[data-testid="stFileUploaderDropzoneInput"]').first
    menu = stretch.get_by_role("button", name="FITS file")
    menu.click()
    chooser.set_input_files(str(cut))
    stretch.locator('[data-testid="stAlert"]', has_text="cut.fits").first.wait_for()
    settle(stretch)
    if chooser.count() == 0:
        menu.click()
    chooser.set_input_files(str(good))
    stretch.locator(".tile[data-id='mine']").first.wait_for()
    assert columns(stretch).count() == 1
