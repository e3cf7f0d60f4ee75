"""Browse as an astronomer uses it, on the simulated survey."""

import io
import re
import zipfile

import h5py
import pandas as pd
import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset

expect.set_options(timeout=20_000)
PLOT = ".js-plotly-plot"


@pytest.fixture
def survey(app):
    return read_catalogue(open_dataset(app.workspace, "demo"))


def heading(page):
    return page.get_by_text(re.compile(r"of [\d,]+ objects")).first.inner_text()


def shown_ids(page):
    return page.locator(".tile").evaluate_all("all => all.map(t => t.dataset.objectId)")


def test_the_survey_is_on_the_first_screen(visit, survey):
    page = visit("browse", dataset="demo")
    assert heading(page).startswith(f"{len(survey)} of {len(survey)} objects")
    assert shown_ids(page)[:3] == survey["object_id"].tolist()[:3]
    first = page.locator(".tile img").first
    assert first.get_attribute("alt").startswith(survey["object_id"][0])
    page.locator(PLOT).wait_for()


def test_pages_turn_by_keyboard_and_the_selection_stays(visit, survey, settle):
    page = visit("browse", dataset="demo", size="L")
    ids = shown_ids(page)
    page.locator(".tile").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    settle(page)
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("PageDown")
    settle(page)
    assert "page=2" in page.url
    following = shown_ids(page)
    assert not set(ids) & set(following)
    page.locator(".tile").first.click(modifiers=["Control"])
    settle(page)
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Control+End")
    settle(page)
    last = -(-len(survey) // 12)
    assert f"page={last}" in page.url
    assert shown_ids(page)[-1] == survey["object_id"].iloc[-1]


def test_a_bar_filters_for_its_class_and_the_address_can_be_sent(visit, survey, settle, app):
    page = visit("browse", dataset="demo")
    page.locator(PLOT).wait_for()
    bars = page.locator(f"{PLOT} .barlayer .trace").nth(1).locator(".point path")
    bars.first.click(force=True)
    page.wait_for_url("**class=*")
    settle(page)
    name = re.search(r"class=([^&]+)", page.url).group(1)
    expected = survey.loc[survey["label"] == name, "object_id"].tolist()
    assert heading(page).startswith(f"{len(expected)} of")
    assert shown_ids(page) == expected[: len(shown_ids(page))]
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    settle(page)
    assert heading(page).startswith(f"{len(expected)} of")


def test_a_box_on_the_sky_filters(visit, survey, settle):
    page = visit("browse", dataset="demo", panel="sky")
    plot = page.locator(f"{PLOT} .nsewdrag").first
    plot.wait_for()
    settle(page)
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3, steps=8)
    page.mouse.up()
    page.wait_for_url("**region=*")
    settle(page)
    n = int(heading(page).split(" of ")[0].replace(",", ""))
    assert 0 < n < len(survey)
    page.get_by_role("button", name="inside the region").click()
    settle(page)
    assert heading(page).startswith(f"{len(survey)} of")


def test_one_galaxy_large_band_by_band(visit, survey, settle):
    page = visit("browse", dataset="demo")
    page.locator(".tile").nth(1).dblclick()
    settle(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(survey["object_id"][1])
    expect(dialog).to_contain_text("Simulated")
    marks = dialog.locator(f"{PLOT} .annotation-text")
    expect(marks.filter(has_text="arcsec")).to_have_count(1)
    assert {"N", "E"} <= set(marks.all_text_contents())
    dialog.get_by_role("radio", name="F660", exact=True).click()
    expect(dialog.locator(PLOT).first).to_contain_text("F660: black")
    settle(page)
    page.keyboard.press("n")
    expect(dialog).to_contain_text(survey["object_id"][2])
    settle(page)
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "object=" not in url)


def download(page, settle, label, format_name):
    page.get_by_role("button", name="Export").click()
    page.get_by_role("combobox", name=re.compile("As")).click()
    page.get_by_role("option", name=format_name, exact=True).click()
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    return waiting.value.path().read_bytes()


def test_selected_objects_are_exported_with_their_images(visit, survey, settle):
    page = visit("browse", dataset="demo")
    page.locator(".tile").nth(0).click()
    page.locator(".tile").nth(2).click(modifiers=["Control"])
    settle(page)
    content = download(page, settle, "Download 2 objects", "CSV")
    table = pd.read_csv(io.BytesIO(content), dtype={"object_id": str})
    assert table["object_id"].tolist() == survey["object_id"][[0, 2]].tolist()
    page.keyboard.press("Escape")
    content = download(page, settle, "Download 2 objects", "Images, a folder per class (zip)")
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len([n for n in names if n.endswith(".jpg")]) == 2


def test_all_that_is_shown_is_exported_as_galaxy10(visit, survey, settle):
    name = survey["label"].value_counts().idxmin()
    page = visit("browse", dataset="demo", **{"class": name})
    n = int((survey["label"] == name).sum())
    label = f"Download {n} object" + ("s" if n > 1 else "")
    content = download(page, settle, label, "Images and labels as Galaxy10 HDF5")
    with h5py.File(io.BytesIO(content)) as file:
        assert len(file["ans"]) == len(file["images"]) == n


def test_a_table_of_ones_own_is_matched(visit, survey, settle, tmp_path):
    mine = survey[["ra_deg", "dec_deg"]].iloc[:5].rename(columns={"ra_deg": "RA", "dec_deg": "DEC"})
    mine.assign(flux=range(5)).to_csv(tmp_path / "mine.csv", index=False)
    page = visit("browse", dataset="demo", panel="match")
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.csv")
    settle(page)
    page.locator(PLOT).wait_for()
    expect(page.locator(PLOT)).to_contain_text(f"5 of {len(survey)} objects match")
    page.get_by_role("button", name="Keep as columns").click()
    settle(page)
    expect(page.get_by_text("5 matched")).to_be_visible()
    page.goto(page.url + "&range=mine_flux:3:")
    settle(page)
    assert heading(page).startswith("2 of")
    page.get_by_role("button", name="Forget").click()
    settle(page)
    expect(page.get_by_text("'range' in the address was left out")).to_be_visible()
