"""Pictures at the shell, asked where their galaxies are."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image


@pytest.fixture
def night(tmp_path):
    """Two galaxies in one picture, none in another, and a file that is no picture."""
    folder = tmp_path / "night"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, places in {"pair": ((30, 40), (110, 80)), "empty": ()}.items():
        rows, columns = np.mgrid[:120, :160]
        light = sum(
            (150 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 72) for x, y in places),
            rng.normal(15, 3, (120, 160)),
        )
        pixels = np.repeat(light.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
        Image.fromarray(pixels).save(folder / f"{name}.png")
    (folder / "notes.jpg").write_text("<html>not a picture</html>")
    return folder


def test_galaxies_of_a_folder_become_a_table(shell, night, tmp_path):
    out = tmp_path / "boxes.csv"
    said = shell("detect", night, "--finder", "source-extraction", "--out", out, "--json")
    assert said.status == 0, said.err
    assert "notes.jpg" in said.err
    assert said.json == {"n_pictures": 2, "n_boxes": 2}
    table = pd.read_csv(out)
    assert list(table.columns) == ["file", "x0", "y0", "x1", "y1", "score"]
    assert set(table["file"]) == {str(night / "pair.png")}
    middles = (table[["x0", "y0"]].to_numpy() + table[["x1", "y1"]].to_numpy()) / 2
    np.testing.assert_allclose(sorted(middles.tolist()), [[30, 40], [110, 80]], atol=3)


def test_boxes_go_from_form_to_form(shell, night, tmp_path):
    packed, whole = tmp_path / "boxes.zip", tmp_path / "boxes.json"
    words = ("detect", night / "pair.png", "--finder", "source-extraction")
    assert shell(*words, "--as", "voc", "--out", packed).status == 0
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "voc")
    said = shell("boxes", tmp_path / "voc", "--as", "coco", "--out", whole)
    assert said.status == 0, said.err
    assert "2 boxes" in said.out
    value = json.loads(whole.read_text())
    assert len(value["annotations"]) == 2
    assert value["images"][0]["width"] == 160


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--finder", "eyes", "--out", "a.csv"), "no finder named 'eyes'"),
        (("--as", "voc", "--out", "a.csv"), "ends in .zip"),
    ],
)
def test_what_cannot_be_is_refused_in_words(shell, night, words, told):
    said = shell("detect", night, *words)
    assert said.status == 1
    assert told in said.err


def test_finders_are_listed(shell):
    assert "source-extraction" in shell("finders").out
