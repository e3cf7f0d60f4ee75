"""The frame of every page: navigation, deep links, the open dataset, the theme, the gallery."""

from pathlib import Path

import pytest

from astro_core.ui.navigation import PAGES

REPOSITORY = Path(__file__).resolve().parents[2]
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
DARK, LIGHT = "rgb(11, 13, 18)", "rgb(255, 255, 255)"
GALLERY = """
import numpy as np
import streamlit as st
from astro_core.ui import frame
from astro_core.ui.gallery import Item, gallery, select

frame.page("Stamps", "Which one?")
n = st.session_state.setdefault("n", 0)
if st.button("Forget"):
    select("stamps", [])
shades = [np.full((40, 40, 3), 20 * i, dtype=np.uint8) for i in range(7)]
items = [
    Item(object_id=f"p{n}-{i}", image=shade, label="<b>spiral</b>", badge="S", colour="#56B4E9",
         ring=("none", "person", "model")[i % 3], caption="<img src=x onerror=alert(1)>")
    for i, shade in enumerate(shades)
] + [Item(object_id=f"p{n}-7", image=None)]
event = gallery(items, key="stamps", tile_px=160, has_previous=n > 0, has_next=n < 2)
if event.turn:
    st.session_state.n = {"next": n + 1, "previous": n - 1, "first": 0, "last": 2}[event.turn]
    st.rerun()
if event.opened:
    st.session_state.opened = event.opened
st.text("chosen: " + " ".join(event.selected))
st.text("opened: " + st.session_state.get("opened", ""))
"""


def heading(page):
    return page.locator(".tf-head h1").inner_text()


def test_navigation_reaches_every_page_and_keeps_the_dataset(visit, page, settle):
    visit("", dataset="demo")
    links = page.locator('[data-testid="stSidebarNavLink"]')
    titles = [link.strip() for link in links.all_inner_texts()]
    assert titles == [spec.title for spec in PAGES if spec.path.is_file()]
    for title in [*titles[1:], titles[0]]:
        page.get_by_role("link", name=title, exact=True).click()
        page.locator(".tf-head h1", has_text=title).wait_for()
        settle(page)
        assert heading(page) == title
        assert "dataset=demo" in page.url
        assert page.locator('[data-testid="stException"]').count() == 0


@pytest.mark.parametrize("spec", [s for s in PAGES if s.path.is_file()], ids=lambda s: s.name)
def test_a_deep_link_opens_cold(app, serve, page, settle, spec):
    server = serve(REPOSITORY / "app.py", app.workspace)
    address = "" if spec.name == "home" else spec.name
    page.goto(server.address(address, dataset="demo"))
    settle(page)
    assert heading(page) == spec.title
    titles = page.locator('[data-testid="stSidebarNavLink"]').all_inner_texts()
    assert [t.strip() for t in titles] == [s.title for s in PAGES if s.path.is_file()]
    assert page.get_by_role("dialog").count() == 0  # "page not found" would be one
    page.reload()
    settle(page)
    assert heading(page) == spec.title


def test_dark_comes_first_and_a_choice_holds_everywhere(app, chromium, settle):
    context = chromium.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(app.address())
    page.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    settle(page)
    page.locator('[data-testid="stMainMenuButton"]').click()
    page.locator('[data-testid="stMainMenuItem-theme-Light"]').click()
    page.wait_for_function(f"{BACKGROUND} === '{LIGHT}'")
    settle(page)
    page.goto(app.address("browse"))
    settle(page)
    assert page.evaluate(BACKGROUND) == LIGHT
    context.close()


def test_our_own_font_is_served(visit, page):
    visit()
    assert page.evaluate("document.fonts.check('16px \\'Plex Sans\\'')")
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family).join()"
    assert "Plex Sans" in page.evaluate(loaded)


def test_a_dataset_that_is_not_there_is_said_in_words(visit, page):
    visit("", dataset="nowhere")
    page.get_by_text("There is no dataset named 'nowhere'").wait_for()
    assert page.locator('[data-testid="stException"]').count() == 0


@pytest.fixture(scope="module")
def stamps_server(app, serve, tmp_path_factory):
    script = tmp_path_factory.mktemp("stamps") / "stamps.py"
    script.write_text(GALLERY)
    return serve(script, app.workspace)


@pytest.fixture
def stamps(stamps_server, page, settle):
    page.goto(stamps_server.url)
    settle(page)
    return page


def tile(page, name):
    return page.locator(f'[data-object-id="{name}"]')


def says(page, text):
    page.get_by_text(text, exact=True).wait_for()


def test_stamps_are_chosen_by_mouse(stamps):
    tile(stamps, "p0-1").click()
    says(stamps, "chosen: p0-1")
    tile(stamps, "p0-3").click(modifiers=["Control"])
    says(stamps, "chosen: p0-1 p0-3")
    tile(stamps, "p0-5").click(modifiers=["Shift"])
    says(stamps, "chosen: p0-3 p0-4 p0-5")
    tile(stamps, "p0-0").locator(".mark").click()
    says(stamps, "chosen: p0-3 p0-4 p0-5 p0-0")
    tile(stamps, "p0-2").dblclick()
    says(stamps, "opened: p0-2")
    stamps.get_by_role("button", name="Forget").click()
    says(stamps, "chosen:")
    assert stamps.locator('.tile[aria-selected="true"]').count() == 0


def test_stamps_are_worked_by_keyboard_alone(stamps):
    tile(stamps, "p0-0").focus()
    for key in ("ArrowRight", "Space", "ArrowRight", "Space"):
        stamps.keyboard.press(key)
    says(stamps, "chosen: p0-1 p0-2")
    stamps.keyboard.press("Enter")
    says(stamps, "opened: p0-2")
    stamps.keyboard.press("End")
    stamps.keyboard.press("ArrowRight")  # over the end: the next page, first stamp
    tile(stamps, "p1-0").wait_for()
    says(stamps, "chosen: p0-1 p0-2")
    stamps.keyboard.press("Space")
    says(stamps, "chosen: p0-1 p0-2 p1-0")
    stamps.keyboard.press("ArrowLeft")  # back over the start: the last stamp
    tile(stamps, "p0-7").wait_for()
    assert tile(stamps, "p0-1").get_attribute("aria-selected") == "true"
    stamps.keyboard.press("Control+End")
    tile(stamps, "p2-0").wait_for()
    stamps.keyboard.press("Escape")
    says(stamps, "chosen:")


def test_text_from_a_catalogue_stays_text(stamps):
    first = tile(stamps, "p0-1")
    assert first.locator(".caption").inner_text() == "<img src=x onerror=alert(1)>"
    assert first.get_attribute("aria-label") == "p0-1: <b>spiral</b>"
    assert first.locator("b").count() == 0
    assert tile(stamps, "p0-7").inner_text() == "No image"


def test_rings_say_who_and_pixels_are_not_blurred(stamps):
    style = "e => getComputedStyle(e).borderTopStyle"
    assert tile(stamps, "p0-1").locator(".ring").evaluate(style) == "solid"
    assert tile(stamps, "p0-2").locator(".ring").evaluate(style) == "dashed"
    image = tile(stamps, "p0-1").locator("img")
    assert image.evaluate("e => [e.naturalWidth, e.clientWidth]") == [40, 160]
    assert image.evaluate("e => getComputedStyle(e).imageRendering") == "pixelated"
