"""Real galaxies from the Import page to Browse and Stretch; skipped where there are none."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from astro_core.datasets.store import delete_dataset, list_datasets, open_dataset

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def bring_in(visit, page, settle, app):
    """Import a real set through the page; it is gone afterwards."""
    before = {d.name for d in list_datasets(app.workspace)}

    def through_the_page(name, n_good):
        folder = DATA / name
        if not folder.is_dir():
            pytest.skip(f"shared/data/{name} is not there")
        visit("import")
        field = page.get_by_role("textbox", name="Folder, archive, HDF5, FITS file or table")
        field.fill(str(folder))
        page.get_by_role("button", name="Look inside").click()
        page.get_by_text("Readers that fit").wait_for(timeout=120_000)
        settle(page)
        page.get_by_role("button", name=f"Import {n_good:,}").click()
        page.get_by_role("button", name="Open in Browse").wait_for(timeout=120_000)
        return open_dataset(app.workspace, folder.name)

    yield through_the_page
    for dataset in list_datasets(app.workspace):
        if dataset.name not in before:
            delete_dataset(app.workspace, dataset.name)


@pytest.mark.slow
def test_galaxy_zoo_1_is_imported_counted_and_filtered(bring_in, page, settle):
    dataset = bring_in("galaxyzoo1", 3615)
    assert dataset.class_counts["merger"] == 92
    assert dataset.taxonomy.mirror["spiral_clockwise"] == "spiral_anticlockwise"
    page.get_by_role("button", name="Open in Browse").click()
    page.locator(".tile img").first.wait_for()
    expect(page.get_by_text("3,615 of 3,615 objects")).to_be_visible()
    page.get_by_text("merger 92").first.click()
    expect(page.get_by_text("92 of 3,615 objects")).to_be_visible()
    settle(page)
    assert "class=merger" in page.url


@pytest.mark.slow
def test_real_fits_cubes_with_two_damaged_go_to_stretch(bring_in, visit, page):
    dataset = bring_in("fits/decals_grz", 4)
    assert (dataset.n_bad, dataset.bands) == (2, ("g", "r", "z"))
    visit("stretch", dataset=dataset.name)
    columns = page.locator(".column")
    columns.first.and_(page.locator("[data-drawn]")).wait_for()
    assert columns.first.locator("canvas").count() == 4
    picture = columns.first.locator("canvas").first
    before = picture.evaluate("c => c.toDataURL()")
    page.get_by_role("textbox", name="Stretch, number").fill("0.02")
    page.keyboard.press("Enter")
    deadline = time.monotonic() + 20
    while picture.evaluate("c => c.toDataURL()") == before:
        assert time.monotonic() < deadline, "the tray does not follow"
        page.wait_for_timeout(50)
