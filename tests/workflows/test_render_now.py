"""Objects are read and rendered at once, without a stack."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import publish_dataset, write_state
from astro_core.domain import Dataset, ImagePart, RenderRecipe, Source, plain_taxonomy
from astro_core.errors import NotFoundError
from astro_core.imaging import render
from astro_core.workflows.object_rows import read_objects
from astro_core.workflows.stack import render_now

BAD = 9
BANDS = ("U", "G", "R")
NAMES = ("a", "b", "no-u")


def write_planes(folder):
    """Write planes of three galaxies; one of them lacks the band U."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in NAMES:
        for band in BANDS:
            plane = rng.normal(0, 1, (20, 20)).astype(np.float32)
            if (name, band) != ("no-u", "U"):
                fits.PrimaryHDU(plane).writeto(folder / f"{name}_{band}.fits")


def bands_catalogue():
    return pd.DataFrame(
        {
            "object_id": NAMES,
            "part": 0,
            "file": [f"{n}_{{band}}.fits" for n in NAMES],
            "row": 0,
            "label": None,
            "split": None,
            "group": NAMES,
            "ra_deg": np.nan,
            "dec_deg": np.nan,
            "width_px": 20,
            "height_px": 20,
            "content": NAMES,
            "duplicate_of": None,
            "missing_bands": ["", "", "U"],
        }
    )


@pytest.fixture
def bands_survey(survey_space):
    made = survey_space.scratch_folder("new") / "dataset"
    write_planes(made / "files")
    tokens = {"tokens": {band: band for band in BANDS}}
    part = ImagePart(layout="fits_bands", root="files", bands=BANDS, options=tokens)
    dataset = Dataset(
        name="bands",
        folder=made,
        parts=(part,),
        bands=BANDS,
        taxonomy=plain_taxonomy("none", ()),
        source=Source(reader="fits-bands", location="here", imported_at="2026-01-01T00:00:00Z"),
        fingerprint="bands0001",
        n_objects=3,
        n_bad=0,
        class_counts={},
    )
    write_state(made, dataset, bands_catalogue(), [])
    return publish_dataset(survey_space, made, "bands")


def test_an_object_without_a_band_is_bad_only_where_the_band_is_shown(bands_survey):
    recipe = RenderRecipe(red="R", green="G", blue="U", transform="lupton", size_px=20)
    images, reasons = render_now(bands_survey, recipe, ["a", "no-u"])
    assert images[0].any()
    assert reasons[0] == ""
    assert "Band U of 'no-u' has no data" in reasons[1]
    images, reasons = render_now(bands_survey, replace(recipe, blue="G"), ["no-u"])
    assert images[0].any()
    assert reasons == ("",)


def test_only_the_bands_that_are_shown_are_read(bands_survey):
    recipe = RenderRecipe(red="R", green="G", blue="G", transform="asinh", size_px=20)
    full, _ = read_objects(bands_survey, ["b"])
    (bands_survey.folder / "files" / "b_U.fits").write_bytes(b"broken")
    images, reasons = render_now(bands_survey, recipe, ["b"])
    assert reasons == ("",)
    np.testing.assert_array_equal(images[0], render(full[0], recipe))


def test_a_recipe_for_other_bands_is_refused_object_by_object(bands_survey):
    recipe = RenderRecipe(red="Z", green="G", blue="U", transform="lupton", size_px=20)
    _, reasons = render_now(bands_survey, recipe, ["a"])
    assert "There is no band 'Z'" in reasons[0]


def test_pixels_of_named_objects(survey):
    ids = list(read_catalogue(survey)["object_id"])
    pixels, reasons = read_objects(survey, [ids[3], ids[BAD]])
    assert pixels[0].object_id == ids[3]
    assert pixels[1] is None
    assert "9.png" in reasons[1]


def test_a_dataset_that_changed_meanwhile_says_so(survey):
    with pytest.raises(NotFoundError, match="Open it again"):
        render_now(replace(survey, fingerprint="gone"), survey.recipe, ["a"])
