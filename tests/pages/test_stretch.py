import shutil

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits

from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.store import open_dataset, publish_dataset, write_state
from astro_core.domain import Dataset, ImagePart, RenderRecipe, Source, plain_taxonomy
from astro_core.imaging import default_recipe
from astro_core.workflows.recipes import (
    delete_recipe,
    export_recipe,
    list_recipes,
    save_recipe,
)
from astro_core.workflows.stretch_code import decode_recipes, encode_recipes

BANDS = ("G", "R", "F660", "I")


def write_stamp(folder, name, i, size=48):
    y, x = np.mgrid[:size, :size] - size / 2
    rng = np.random.default_rng(i)
    for place, band in enumerate(BANDS):
        light = (1 + place) * np.exp(-np.hypot(x, y * (1 + i % 2)) / 5)
        data = (light + rng.normal(0, 0.01, (size, size))).astype(np.float32)
        fits.writeto(folder / f"{name}_{band}.fits", data)


@pytest.fixture
def stamps(space, tmp_path):
    """A survey of eight FITS stamps in four bands, half of them spirals."""
    folder = tmp_path / "stamps"
    folder.mkdir()
    names = [f"s{i}" for i in range(8)]
    for i, name in enumerate(names):
        write_stamp(folder, name, i)
    frame = pd.DataFrame({c: [None] * 8 for c in REQUIRED_COLUMNS})
    frame["object_id"] = frame["group"] = frame["content"] = names
    frame["file"] = frame["object_id"] + "_{band}.fits"
    frame["label"] = ["elliptical", "spiral"] * 4
    frame["part"] = frame["row"] = 0
    frame["width_px"] = frame["height_px"] = 48
    options = {"tokens": {b: b for b in BANDS}}
    part = ImagePart(layout="fits_bands", root=str(folder), bands=BANDS, options=options)
    made = space.scratch_folder("survey") / "dataset"
    made.mkdir()
    dataset = Dataset(
        name="stamps",
        folder=made,
        parts=(part,),
        bands=BANDS,
        taxonomy=plain_taxonomy("stamps", ("elliptical", "spiral")),
        source=Source(
            reader="fits-bands", location=str(folder), imported_at="2026-01-01T00:00:00Z"
        ),
        fingerprint="print-of-stamps",
        n_objects=8,
        n_bad=0,
        class_counts={"elliptical": 4, "spiral": 4},
        recipe=default_recipe(BANDS, False),
    )
    write_state(made, dataset, frame, [])
    return publish_dataset(space, made, "stamps")


def recipes(test):
    return [RenderRecipe.from_json(value) for value in test.session_state["stretch"]["recipes"]]


def address(test, name):
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]


def keys(test):
    return {element.key for element in test.main if element.key}


def test_it_begins_with_the_surveys_own_recipe(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    assert recipes(test) == [stamps.recipe]
    assert "recipes" not in test.query_params
    assert test.button(key="stretch:default").disabled


def test_auto_changes_the_levels_and_the_address_says_so(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.button(key="stretch:auto").click().run()
    assert not test.exception
    proposed = recipes(test)[0]
    assert proposed.bands == stamps.recipe.bands
    assert proposed.stretch != stamps.recipe.stretch
    assert decode_recipes(address(test, "recipes")) == (proposed,)


def test_the_address_brings_the_same_recipes_and_galaxies(stamps, open_page):
    sent = (
        RenderRecipe(red="I", green="R", blue="G", transform="lupton", stretch=0.02),
        RenderRecipe(red="R", green="F660", blue="G", transform="asinh"),
    )
    test = open_page("stretch.py", dataset="stamps", recipes=encode_recipes(sent), tray="ids-s3,s5")
    assert recipes(test) == list(sent)
    assert test.session_state["stretch"]["tray"] == "ids-s3,s5"


def test_a_damaged_address_is_said_and_the_page_works(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps", recipes="damaged")
    assert "cannot be read" in test.error[0].value
    assert recipes(test) == [stamps.recipe]


def test_unknown_objects_are_said(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps", tray="ids-nobody")
    assert "no object 'nobody'" in test.error[0].value
    assert test.session_state["stretch:galaxies"] is not None  # others can be chosen


def test_images_that_are_gone_are_said_and_others_can_be_chosen(stamps, open_page):
    shutil.rmtree(stamps.parts[0].root)
    test = open_page("stretch.py", dataset="stamps", tray="random-8-7")
    assert any("s0 is left out" in caption.value for caption in test.caption)
    assert test.session_state["stretch:galaxies"] is not None


def test_a_preset_takes_its_bands_and_measures_anew(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.button_group(key="stretch:preset").set_value("R-F660-G").run()
    assert not test.exception
    assert recipes(test)[0].bands == ("R", "F660", "G")
    assert recipes(test)[0].name == "R-F660-G"


def test_any_three_bands(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.selectbox(key="stretch:red").set_value("F660").run()
    assert recipes(test)[0].red == "F660"


def test_copies_stand_beside_and_change_alone(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.button(key="stretch:duplicate").click().run()
    test.selectbox(key="stretch:transform").set_value("log").run()
    first, second = recipes(test)
    assert (first.transform, second.transform) == ("lupton", "log")
    for _ in range(2):
        test.button(key="stretch:duplicate").click().run()
    assert test.button(key="stretch:duplicate").disabled
    test.button(key="stretch:remove").click().run()
    assert len(recipes(test)) == 3
    assert not test.exception


def test_the_two_figures_of_the_seed(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.button(key="stretch:four").click().run()
    assert [r.name for r in recipes(test)] == ["IRG", "R-F660-G"]
    test.button(key="stretch:tuned").click().run()
    plain, tuned = recipes(test)
    assert (plain.stretch, plain.Q) == (5.0, 8.0)
    assert tuned.stretch < 5.0
    assert not test.exception


@pytest.mark.parametrize(
    ("transform", "interval"),
    [("linear", "minmax"), ("sqrt", "percentile"), ("log", "zscale"), ("asinh", "percentile")],
)
def test_every_transform_and_interval_draws(stamps, open_page, transform, interval):
    sent = RenderRecipe(red="I", green="R", blue="G", transform=transform, interval=interval)
    test = open_page("stretch.py", dataset="stamps", recipes=encode_recipes([sent]))
    assert not test.error
    assert test.button_group(key="stretch:interval").value == interval


def test_making_it_the_default_changes_the_survey(stamps, space, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.button(key="stretch:auto").click().run()
    test.button(key="stretch:default").click().run()
    assert not test.exception
    assert open_dataset(space, "stamps").recipe == recipes(test)[0]
    assert test.button(key="stretch:default").disabled


def test_saved_recipes_come_back(stamps, space, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.text_input(key="stretch:name").set_value("faint arms").run()
    test.button(key="stretch:save").click().run()
    assert [r.name for r in list_recipes(space)] == ["faint arms"]
    test.selectbox(key="stretch:transform").set_value("linear").run()
    test.button(key="stretch:use").click().run()
    assert recipes(test)[0].transform == "lupton"
    test.button(key="stretch:beside").click().run()
    assert len(recipes(test)) == 2
    test.button(key="stretch:delete").click().run()
    assert not list_recipes(space)


def test_a_saved_recipe_that_is_gone_meanwhile_is_said(stamps, space, open_page):
    for button, said in (("use", 1), ("beside", 1), ("delete", 0)):
        save_recipe(space, stamps.recipe, name="mine")
        test = open_page("stretch.py", dataset="stamps")
        delete_recipe(space, "mine")
        test.button(key=f"stretch:{button}").click().run()
        assert not test.exception
        assert len(test.error) == said


def test_a_name_that_cannot_be_saved_is_said(stamps, space, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.text_input(key="stretch:name").set_value("../up").run()
    test.button(key="stretch:save").click().run()
    assert "cannot be named" in test.error[0].value
    assert not list_recipes(space)


def test_pictures_say_that_they_are_colours_already(make_survey, open_page):
    make_survey("pictures")
    test = open_page("stretch.py", dataset="pictures")
    assert "display colours already" in "\n".join(c.value for c in test.caption)
    assert "stretch:preset" not in keys(test)
    test.selectbox(key="stretch:transform").set_value("asinh").run()
    assert not test.exception
    assert not test.error


def test_crops_side_by_side(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    test.button_group(key="stretch:view").set_value("Crop sizes").run()
    assert not test.exception
    assert test.button_group(key="stretch:crops").options[-1] == "whole, 48 px"


def test_without_a_survey_a_fits_file_can_be_looked_at(space, open_page):
    test = open_page("stretch.py")
    assert any(f.key == "stretch:fits" for f in test.file_uploader)
    assert "no dataset yet" in "\n".join(m.value for m in test.markdown)


def test_uploaded_bands_become_a_tray(space, open_page, tmp_path):
    write_stamp(tmp_path, "mine", 1)
    test = open_page("stretch.py")
    files = [(p.name, p.read_bytes(), "application/fits") for p in sorted(tmp_path.glob("*.fits"))]
    test.file_uploader(key="stretch:fits").set_value(files).run()
    assert not test.exception
    assert not test.error
    assert recipes(test)[0].bands == ("I", "R", "G")
    assert "stretch:default" not in keys(test)


def test_a_truncated_fits_file_is_said(space, open_page, tmp_path):
    path = tmp_path / "cut.fits"
    fits.writeto(path, np.zeros((3, 64, 64), dtype=np.float32))
    test = open_page("stretch.py")
    cut = (path.name, path.read_bytes()[:5000], "application/fits")
    test.file_uploader(key="stretch:fits").set_value([cut]).run()
    assert not test.exception
    assert "cut.fits" in test.error[0].value


def test_a_recipe_file_is_taken_and_a_wrong_one_is_said(stamps, open_page):
    test = open_page("stretch.py", dataset="stamps")
    wanted = RenderRecipe(name="mine", red="R", green="G", blue="G", transform="sqrt")
    test.file_uploader(key="stretch:import").set_value(
        [("mine.json", export_recipe(wanted), "application/json")]
    ).run()
    assert recipes(test) == [wanted]
    test.file_uploader(key="stretch:import").set_value(
        [("other.json", b"{", "application/json")]
    ).run()
    assert recipes(test) == [wanted]
    assert "not JSON" in "\n".join(e.value for e in test.error)


def test_a_recipe_for_other_bands_is_said_in_its_column_and_can_be_changed(stamps, open_page):
    other = RenderRecipe(red="z", green="r", blue="g", transform="lupton")
    test = open_page("stretch.py", dataset="stamps", recipes=encode_recipes([other]))
    assert "no band" in test.error[0].value
    test.button_group(key="stretch:preset").set_value("IRG").run()
    assert not test.exception
    assert not test.error
