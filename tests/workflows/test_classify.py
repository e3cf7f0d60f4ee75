"""Pictures with galaxies of known colours, asked of a model that knows colours."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from pictured_galaxies import BLUE, RED, boxes, cube, drawn, picture_of, sky

from astro_core.classifiers.bundle_info import BESIDE, read_info, write_info
from astro_core.domain import no_progress
from astro_core.errors import NotFoundError
from astro_core.evaluation.calibration import at_temperature
from astro_core.workflows import classify_model
from astro_core.workflows.classify import Asked, Similar, classify_picture
from astro_core.workflows.classify_crops import cut, side_on_sky, view_for
from astro_core.workflows.classify_desk import answer
from astro_core.workflows.classify_model import open_classifier
from astro_core.workflows.classify_paths import classify_paths
from astro_core.workflows.classify_similar import similar_images
from astro_core.workspace import Workspace

FIRST = 587722981733826738  # of the small survey
WHOLE = Asked(model="colours", finder="")
FOUND = Asked(model="colours", finder="source-extraction")


@pytest.fixture(scope="module")
def space(colour_model, tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("space")).ensure()
    info = read_info(colour_model)
    softer = {"colour": {"temperature": 2.0, "set_threshold": 0.3}}
    shutil.copytree(colour_model, space.models / "colours")
    write_info(space.models / "colours", replace(info, calibration=softer))
    plain = shutil.copytree(colour_model, space.models / "plain")
    kept = {name: told for name, told in info.files.items() if name not in BESIDE}
    write_info(plain, replace(info, calibration=softer, files=kept))
    return space


@pytest.fixture
def picture(tmp_path):
    return picture_of(sky(), tmp_path)


def test_every_galaxy_is_found_and_named(space, picture):
    told = classify_picture(space, picture, FOUND)
    by_label = {found.label: found for found in told.found}
    for label, (x, y) in (("red", RED), ("blue", BLUE)):
        x0, y0, x1, y1 = by_label[label].box
        assert x0 < x < x1
        assert y0 < y < y1
    assert [f.object_id for f in told.found[:2]] == ["two galaxies-1", "two galaxies-2"]
    assert told.head.name == "colour"
    assert told.found[0].similar[0].label == told.found[0].label


def test_answers_are_calibrated_and_say_when_they_are_undefined(space, picture):
    told = classify_picture(space, picture, FOUND, boxes=boxes(RED, (100, 30)))
    red, nothing = told.found
    light = np.exp(0.05 * red.crop.mean(axis=(0, 1))[[0, 2]])
    raw = light / light.sum()
    np.testing.assert_allclose(red.answers["colour"], at_temperature(raw[None], 2.0)[0], atol=2e-3)
    assert red.label == "red"
    assert not red.undefined
    assert nothing.undefined
    assert nothing.prediction_set == ("red", "blue")
    assert red.prediction_set == ("red",)


def test_a_head_of_votes_names_nothing(space, picture):
    asked = replace(WHOLE, head="light")
    (found,) = classify_picture(space, picture, asked).found
    assert (found.label, found.undefined, found.prediction_set) == ("", False, ())
    assert found.answers["light"].shape == (2,)


def test_the_sky_that_a_model_saw_decides_where_a_picture_has_a_scale(space, tmp_path, picture):
    info = replace(open_classifier(space, "colours").info, side_arcsec=0.36 * 24)
    shutil.copytree(space.models / "colours", space.models / "scaled")
    write_info(space.models / "scaled", info)
    asked, usual = replace(WHOLE, model="scaled"), replace(WHOLE, model="colours")
    stamp = cube(tmp_path, bands="gri")
    assert stamp.pixel_scale_arcsec == pytest.approx(0.36)
    box = drawn([25, 10, 33, 18])
    (here,) = classify_picture(space, stamp, asked, boxes=box).found
    view = view_for(stamp, info.render)
    np.testing.assert_array_equal(here.crop, cut(view, box, None, side_px=24)[0][0])
    (other,) = classify_picture(space, stamp, usual, boxes=box).found
    assert (here.crop != other.crop).any()
    assert side_on_sky(stamp, 0.36 * 60) == pytest.approx(60)
    assert side_on_sky(stamp, 0.36 * 62) is None  # a picture may say any scale
    for one, where in ((stamp, None), (picture, boxes(RED))):  # the middle, and no scale
        (a,), (b,) = (classify_picture(space, one, m, boxes=where).found for m in (asked, usual))
        np.testing.assert_array_equal(a.crop, b.crop)


def test_without_a_finder_or_a_galaxy_the_middle_is_taken(space, picture, tmp_path):
    (found,) = classify_picture(space, picture, WHOLE).found
    assert found.box == (30, 0, 190, 160)
    assert found.object_id == "two galaxies"
    empty = picture_of(np.full((60, 90, 3), 9, np.uint8), tmp_path, "empty.png")
    told = classify_picture(space, empty, FOUND)
    assert told.found[0].box == (15, 0, 75, 60)
    assert "No galaxy was found" in told.notes[0]


def test_of_too_many_galaxies_the_surest_are_named(space, picture):
    told = classify_picture(space, picture, replace(FOUND, most=1))
    assert len(told.found) == 1
    assert told.notes == ("2 galaxies were found; the 1 surest are named.",)


def test_many_galaxies_are_each_looked_at_once(space, picture, monkeypatch):
    turned = replace(open_classifier(space, "colours").info, views=4)
    shutil.copytree(space.models / "colours", space.models / "turned")
    write_info(space.models / "turned", turned)
    asked = replace(WHOLE, model="turned")
    assert classify_picture(space, picture, asked, boxes=boxes(RED, BLUE)).notes == ()
    monkeypatch.setattr(classify_model, "FEW", 1)
    (note,) = classify_picture(space, picture, asked, boxes=boxes(RED, BLUE)).notes
    assert "not from 4 sides" in note


def test_where_a_galaxy_is_on_the_sky(space, tmp_path):
    picture = cube(tmp_path)
    there = drawn([25, 10, 35, 20])  # the galaxy, as shown: row 0 above
    (found,) = classify_picture(space, picture, WHOLE, boxes=there).found
    assert found.object_id == "cube"
    assert found.crop.max() > 100
    header = fits.getheader(tmp_path / "cube.fits.gz")
    ra, dec = WCS(header).celestial.all_pix2world([[29.5, 44.5]], 0)[0]
    assert abs(found.ra_deg - ra) < 1e-4
    assert abs(found.dec_deg - dec) < 1e-4


def test_bands_that_are_named_one_by_one_are_one_picture(space, tmp_path):
    values = np.random.default_rng(2).normal(0, 1, (40, 40)).astype(np.float32)
    files = [tmp_path / f"ngc1_{band}.fits" for band in "gri"]
    for path in files:
        fits.PrimaryHDU(values).writeto(path)
    (told,) = classify_paths(space, files, WHOLE)
    assert told.picture.pixels.bands == ("g", "r", "i")
    assert told.picture.name.startswith(str(tmp_path))
    assert told.found[0].object_id == "ngc1"
    with pytest.raises(NotFoundError, match="gone"):
        list(classify_paths(space, [tmp_path / "gone.fits"], WHOLE))


def test_another_rendering_and_another_thing_are_warned_of(space, picture, tmp_path):
    usual = classify_picture(space, picture, WHOLE, boxes=boxes(RED, BLUE))
    assert [found.warnings for found in usual.found] == [(), ()]
    white = picture_of(np.full((64, 64, 3), 240, np.uint8), tmp_path, "white.png")
    (found,) = classify_picture(space, white, WHOLE).found
    assert found.strangeness > 1
    assert "sky" in found.odd_looks
    strange, odd = found.warnings
    assert "unlike anything" in strange
    assert "rendered unlike those" in odd
    near = replace(found, strangeness=0.2, odd_looks=("sky", "noise"))
    assert not near.unlike
    assert replace(near, odd_looks=("sky", "noise", "colour")).unlike


def test_black_beyond_the_edge_is_no_rendering(space, picture):
    at_edge = classify_picture(space, picture, WHOLE, boxes=boxes((0, 50))).found[0]
    assert at_edge.crop[:, 0].max() == 0
    assert at_edge.odd_looks == ()


def test_a_model_without_a_quick_form_answers_the_same_at_the_desk(space, picture, monkeypatch):
    def answered_here(workspace, key, function, params, **_):
        assert function == "astro_core.workflows.classify_desk:answer"
        answer(workspace, params, no_progress)

    monkeypatch.setattr(classify_model.desk, "ask", answered_here)
    quick = classify_picture(space, picture, WHOLE).found[0]
    slow = classify_picture(space, picture, replace(WHOLE, model="plain")).found[0]
    for head in ("colour", "light"):
        np.testing.assert_allclose(slow.answers[head], quick.answers[head], atol=2e-3)
    assert slow.strangeness is None
    assert slow.warnings == ()


def test_visitors_who_ask_at_once_get_their_own_answers(space, picture):
    places = [boxes(RED), boxes(BLUE), boxes((100, 30))] * 8

    def ask(place):
        (found,) = classify_picture(space, picture, WHOLE, boxes=place).found
        return found.answers["colour"].tolist()

    alone = [ask(place) for place in places[:3]]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, places)) == alone * 8


@pytest.mark.parametrize("wrong", [{"model": "none"}, {"head": "none"}, {"finder": "none"}])
def test_what_is_not_there_is_named(space, picture, wrong):
    with pytest.raises(NotFoundError, match="none"):
        classify_picture(space, picture, replace(WHOLE, **wrong))


def test_the_first_answer_needs_no_tensorflow(space, picture, tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from astro_core.workspace import Workspace\n"
        "from astro_core.workflows.classify import Asked, classify_picture\n"
        "from astro_core.workflows.pictures import read_pictures\n"
        f"(picture,), _ = read_pictures(Path({str(tmp_path / 'two galaxies.png')!r}))\n"
        f"space = Workspace(Path({str(space.root)!r}))\n"
        "classify_picture(space, picture, Asked(model='colours', finder=''))\n"
        "assert not {'tensorflow', 'keras', 'sklearn', 'dask'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_similar_galaxies_are_shown_where_their_dataset_is(survey_space, survey):
    there = Similar(object_id=str(FIRST), dataset=survey.name, label="spiral")
    broken = replace(there, object_id=str(FIRST + 9))
    gone = replace(there, object_id="1")
    elsewhere = replace(there, dataset="of another workspace")
    images = similar_images(survey_space, [there, broken, gone, elsewhere])
    assert list(images) == [there]
    assert images[there].shape == (16, 16, 3)
