"""Folders of pictures of which one cannot be looked at: the others come out all the same."""

import shutil

import numpy as np
import pytest
import sep
from PIL import Image

from astro_core.detection.annotations import Annotated
from astro_core.domain import Problem
from astro_core.errors import BadInputError
from astro_core.workflows import classify_paths as module
from astro_core.workflows.classified import Asked, Classified
from astro_core.workflows.classify_paths import classify_paths
from astro_core.workflows.detect_paths import detect_paths
from astro_core.workspace import Workspace

FINDER = "source-extraction"
CROWDED = (70, 90)


@pytest.fixture
def night(tmp_path, monkeypatch):
    """Three pictures with a galaxy each; the second is too much for SEP."""
    folder = tmp_path / "night"
    folder.mkdir()
    for name, (height, width) in {"a": (60, 80), "b": CROWDED, "c": (60, 80)}.items():
        rows, columns = np.mgrid[:height, :width]
        pixels = np.full((height, width, 3), 12.0)
        pixels[..., 0] += 200 * np.exp(-((columns - 40) ** 2 + (rows - 30) ** 2) / 72)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{name}.png")
    real = sep.extract

    def extract(plane, *args, **more):
        if plane.shape == CROWDED:
            raise Exception("object deblending overflow")
        return real(plane, *args, **more)

    monkeypatch.setattr(sep, "extract", extract)
    return folder


@pytest.fixture
def space(tmp_path, colour_model):
    space = Workspace(tmp_path / "space").ensure()
    shutil.copytree(colour_model, space.models / "colours")
    return space


def check(told, night, kind):
    assert [type(each) for each in told] == [kind, Problem, kind]
    assert told[1].file == str(night / "b.png")
    assert "deblending overflow" in told[1].reason


def test_boxes_of_the_others_are_found(night):
    told = list(detect_paths([night], FINDER))
    check(told, night, Annotated)
    assert [len(each.boxes) for each in (told[0], told[2])] == [1, 1]


def test_the_others_are_classified(night, space):
    told = list(classify_paths(space, [night], Asked(model="colours", finder=FINDER)))
    check(told, night, Classified)
    assert [told[place].found[0].label for place in (0, 2)] == ["red", "red"]


def test_a_model_that_cannot_be_read_ends_it_at_once(night, space, monkeypatch):
    asked = Asked(model="colours", finder=FINDER)
    monkeypatch.setattr(module, "pictures_at", lambda *_: pytest.fail("a picture was read"))
    (space.models / "colours" / "bundle.json").write_text("{}")
    with pytest.raises(BadInputError):
        list(classify_paths(space, [night], asked))
