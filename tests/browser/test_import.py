"""Import as a person uses it: look inside, read the problems, import, open."""

import re
import zipfile

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.store import delete_dataset, list_datasets, open_dataset


@pytest.fixture
def folder(tmp_path):
    """Twelve pictures in two classes, and one file that is none."""
    root = tmp_path / "night sky"
    for i in range(12):
        place = root / ("spiral" if i % 3 else "elliptical")
        place.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(i).integers(0, 255, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(noise).save(place / f"g{i:02d}.png")
    (root / "spiral" / "broken.png").write_bytes(b"no picture")
    return root


@pytest.fixture
def clean(app):
    """Whatever a journey imports is gone afterwards: the server is shared."""
    before = {d.name for d in list_datasets(app.workspace)}
    yield
    for dataset in list_datasets(app.workspace):
        if dataset.name not in before:
            delete_dataset(app.workspace, dataset.name)


def test_from_a_wrong_path_to_a_folder_to_browse(visit, page, settle, app, folder, clean):
    visit("import")
    field = page.get_by_role("textbox", name="Folder, archive, HDF5, FITS file or table")
    field.fill("/nowhere/at/all")
    page.get_by_role("button", name="Look inside").click()
    page.get_by_text("There is nothing at").wait_for(timeout=90_000)
    field.fill(str(folder))
    page.get_by_role("button", name="Look inside").click()
    page.get_by_text("Readers that fit").wait_for(timeout=90_000)
    settle(page)
    assert page.get_by_text("1 problem.").is_visible()
    assert page.locator(".tile").count() == 12
    assert "night sky" not in {d.name for d in list_datasets(app.workspace)}
    page.get_by_role("button", name="Import 12").click()
    page.get_by_role("button", name="Open in Browse").wait_for(timeout=90_000)
    dataset = open_dataset(app.workspace, "night sky")
    assert dataset.class_counts == {"elliptical": 4, "spiral": 8}
    assert dataset.n_bad == 1
    page.get_by_role("button", name="Open in Browse").click()
    page.wait_for_url(re.compile(r"/browse\?.*dataset=night"))


def test_an_uploaded_archive_with_its_classes(visit, page, settle, app, folder, clean, tmp_path):
    packed = tmp_path / "upload.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("g*.png")):
            archive.write(path, path.relative_to(folder))
    visit("import")
    page.get_by_text("Upload", exact=True).click()
    settle(page)
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(str(packed))
    settle(page)
    page.get_by_role("button", name="Look inside").click()
    page.get_by_text("Readers that fit").wait_for(timeout=90_000)
    assert page.get_by_text("Every image could be read.").is_visible()
    page.get_by_role("button", name="Import 12").click()
    page.get_by_role("button", name="Open in Browse").wait_for(timeout=90_000)
    dataset = open_dataset(app.workspace, "upload")
    assert dataset.n_objects == 12
    assert (dataset.folder / dataset.parts[0].root).is_dir()
