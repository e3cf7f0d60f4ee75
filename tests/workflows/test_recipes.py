import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astro_core.datasets.store import open_dataset
from astro_core.domain import RenderRecipe
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.workflows.recipes import (
    delete_recipe,
    export_recipe,
    import_recipe,
    list_recipes,
    load_recipe,
    read_recipe,
    save_recipe,
    set_default,
)

RECIPE = RenderRecipe(name="deep field", red="I", green="R", blue="G", transform="lupton", Q=3.5)


def test_save_list_load_delete(survey_space):
    assert list_recipes(survey_space) == ()
    save_recipe(survey_space, RECIPE)
    saved = save_recipe(survey_space, RECIPE, name="Another one")
    assert saved.name == "Another one"
    assert saved.key == RECIPE.key
    assert [r.name for r in list_recipes(survey_space)] == ["Another one", "deep field"]
    assert load_recipe(survey_space, "DEEP FIELD") == RECIPE
    delete_recipe(survey_space, "deep field")
    assert [r.name for r in list_recipes(survey_space)] == ["Another one"]
    with pytest.raises(NotFoundError, match="Another one"):
        load_recipe(survey_space, "deep field")


def test_a_name_is_taken_until_it_is_replaced(survey_space):
    save_recipe(survey_space, RECIPE)
    with pytest.raises(ConflictError, match="Deep Field"):
        save_recipe(survey_space, replace(RECIPE, Q=9.0, name="Deep Field"))
    save_recipe(survey_space, replace(RECIPE, Q=9.0), overwrite=True)
    assert load_recipe(survey_space, "deep field").Q == 9.0


@pytest.mark.parametrize("name", ["../escape", "", ".hidden", "a/b", "x" * 81])
def test_names_that_cannot_be_files_are_refused(survey_space, name):
    with pytest.raises(BadInputError):
        save_recipe(survey_space, replace(RECIPE, name=name or "  "))
    assert list(survey_space.recipes.iterdir()) == []


def test_values_out_of_bounds_are_not_saved(survey_space):
    with pytest.raises(BadInputError, match="Stretch"):
        save_recipe(survey_space, replace(RECIPE, stretch=-1.0))


def test_a_damaged_file_does_not_hide_the_others(survey_space):
    save_recipe(survey_space, RECIPE)
    (survey_space.recipes / "broken.json").write_text("{")
    assert list_recipes(survey_space) == (RECIPE,)


def test_export_and_import_are_inverse(tmp_path):
    content = export_recipe(RECIPE)
    assert import_recipe(content) == RECIPE
    assert json.loads(content)["version"] == 1
    path = tmp_path / "recipe.json"
    path.write_bytes(content)
    assert read_recipe(path) == RECIPE
    with pytest.raises(NotFoundError, match="no recipe file"):
        read_recipe(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "JSON object"),
        (b'{"version": 9}', "another version"),
        (b'{"strech": 1}', "strech"),
        (b'{"Q": NaN}', "out of bounds"),
        (b" " * 70_000, "too large"),
        (b"[" * 60_000, "not JSON"),
    ],
)
def test_what_is_no_recipe_is_refused_in_words(content, said):
    with pytest.raises(BadInputError, match=said):
        import_recipe(content)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_nothing_imported_gives_a_traceback(content):
    with contextlib.suppress(BadInputError):
        import_recipe(content)


def test_the_default_of_a_dataset(survey_space, survey):
    own = RenderRecipe(name="mine", transform="lupton", stretch=0.2)
    set_default(survey_space, survey.name, own)
    assert open_dataset(survey_space, survey.name).recipe == own
    with pytest.raises(BadInputError, match="no band 'I'"):
        set_default(survey_space, survey.name, RECIPE)
    assert open_dataset(survey_space, survey.name).recipe == own
