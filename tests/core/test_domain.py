import json

import numpy as np
import pytest

from astro_core.domain import (
    Answer,
    Dataset,
    ImagePart,
    Pixels,
    Question,
    RenderRecipe,
    Source,
    Taxonomy,
    plain_taxonomy,
)
from astro_core.errors import BadInputError


def through_json(value):
    return json.loads(json.dumps(value))


def toy_tree():
    answers = (
        Answer(name="smooth", text="Smooth", column="Class1.1"),
        Answer(name="disc", text="Disc", column="Class1.2", next_question="edge"),
    )
    edge = (Answer(name="yes", text="Yes", column="Class2.1"),)
    return Taxonomy(
        name="tree",
        classes=plain_taxonomy("x", ("a", "b")).classes,
        questions=(
            Question(name="shape", text="Smooth or disc?", answers=answers),
            Question(name="edge", text="Edge-on?", answers=edge),
        ),
        votes_are="cumulative",
        mirror={"a": "b", "b": "a"},
    )


def test_recipe_survives_json():
    recipe = RenderRecipe(red="I", green="R", blue="G", transform="lupton", minimum=(0.1, 0, -1))
    assert RenderRecipe.from_json(through_json(recipe.to_json())) == recipe


def test_recipe_takes_one_number_or_one_per_band():
    recipe = RenderRecipe.from_json(
        {"red": "I", "green": "R", "blue": "G", "minimum": 0.5, "weight": {"G": 2}}
    )
    assert recipe.minimum == (0.5, 0.5, 0.5)
    assert recipe.weight == (1.0, 1.0, 2.0)


def test_recipe_key_follows_pixels_not_the_name():
    recipe = RenderRecipe()
    assert RenderRecipe(name="other").key == recipe.key
    assert RenderRecipe(Q=9.0).key != recipe.key
    assert RenderRecipe(minimum=(0, 0, 0)).key == RenderRecipe(minimum=(0.0, 0.0, 0.0)).key


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"version": 2},
        {"colour": 1},
        {"stretch": 0},
        {"minimum": [1, 2]},
        {"transform": "magic"},
        {"size_px": 100_000},
        {"stretch": float("inf")},
        {"minimum": ["dark", 0, 0]},
    ],
)
def test_a_bad_recipe_is_refused_in_words(value):
    with pytest.raises(BadInputError):
        RenderRecipe.from_json(value)


def test_taxonomy_survives_json_and_lists_columns_in_order():
    tree = toy_tree()
    assert Taxonomy.from_json(through_json(tree.to_json())) == tree
    assert tree.vote_columns == ("Class1.1", "Class1.2", "Class2.1")


def test_taxonomy_refuses_loose_ends():
    with pytest.raises(BadInputError, match="names a class twice"):
        plain_taxonomy("x", ("a", "a"))
    lost = Answer(name="a", text="A", column="c", next_question="nowhere")
    with pytest.raises(BadInputError, match="unknown question"):
        Taxonomy(name="x", questions=(Question(name="q", text="?", answers=(lost,)),))


def test_keys_leave_out_what_the_browser_app_reserves():
    keys = [c.key for c in plain_taxonomy("x", tuple(map(str, range(40)))).classes]
    assert keys[:10] == list("1234567890")
    assert not {"c", "r"} & set(keys)
    assert keys[-1] == ""


def test_dataset_survives_json(tmp_path):
    dataset = Dataset(
        name="toy",
        folder=tmp_path,
        parts=(ImagePart(layout="fits_bands", root="files", bands=("G", "R"), options={"a": 1}),),
        bands=("G", "R"),
        taxonomy=toy_tree(),
        source=Source(reader="demo", location="here", imported_at="2026-01-01", simulated=True),
        fingerprint="abc",
        n_objects=2,
        n_bad=1,
        class_counts={"a": 2},
        pixel_scale_arcsec=0.55,
    )
    assert Dataset.from_json(through_json(dataset.to_json()), tmp_path) == dataset


def test_pixels_are_read_only_and_leave_the_input_alone():
    values = np.zeros((2, 3, 3), np.float32)
    pixels = Pixels(object_id="a", bands=("G", "R"), values=values, display=False)
    with pytest.raises(ValueError, match="read-only"):
        pixels.values[0, 0, 0] = 1
    values[1] = 5
    assert pixels.band("R").max() == 5
