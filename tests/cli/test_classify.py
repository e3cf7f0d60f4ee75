"""Pictures at the shell, asked of a model that knows red from blue."""

import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.workspace import Workspace


@pytest.fixture
def alone(shell, colour_model, tmp_path):
    """A shell whose workspace has one model, and no others' things."""
    workspace = Workspace(tmp_path / "space").ensure()
    shutil.copytree(colour_model, workspace.models / "colours")
    return type(shell)(workspace)


@pytest.fixture
def pictures(tmp_path):
    """Two pictures, one of a red galaxy and one of a blue one, and a file that is none."""
    folder = tmp_path / "night"
    folder.mkdir()
    for name, channel in (("red", 0), ("blue", 2)):
        pixels = np.full((60, 80, 3), 12, np.uint8)
        pixels[26:34, 36:44, channel] = 200
        Image.fromarray(pixels).save(folder / f"{name}.png")
    (folder / "notes.jpg").write_text("<html>not a picture</html>")
    return folder


def test_pictures_of_a_folder_become_a_table(alone, pictures, tmp_path):
    out = tmp_path / "answers.csv"
    said = alone(
        "classify", pictures, "--model", "colours", "--finder", "source-extraction",
        "--out", out, "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert "notes.jpg" in said.err
    assert said.json["n_pictures"] == said.json["n_galaxies"] == 2
    assert said.json["n_bad"] == 1
    assert said.json["labels"] == {"red": 1, "blue": 1}
    table = pd.read_csv(out).set_index("object_id")
    assert table["label"].to_dict() == {"red": "red", "blue": "blue"}
    assert (table[["x0", "y0"]].to_numpy() < [40, 30]).all()
    assert (table[["x1", "y1"]].to_numpy() > [40, 30]).all()
    assert table[["p_red", "p_blue"]].sum(axis=1).between(0.999, 1.001).all()
    assert table["file"].tolist() == [str(pictures / "blue.png"), str(pictures / "red.png")]


def test_whole_pictures_and_another_head(alone, pictures, tmp_path):
    out = tmp_path / "answers.parquet"
    said = alone(
        "classify", pictures / "red.png", pictures / "blue.png", "--model", "colours",
        "--head", "light", "--no-detect", "--out", out,
    )  # fmt: skip
    assert said.status == 0, said.err
    assert "2 galaxies in 2 pictures" in said.out
    table = pd.read_parquet(out)
    assert table[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [[10, 0, 70, 60]] * 2
    assert {"bright", "dark"} <= set(table.columns)


def test_what_cannot_be_done_is_told(alone, pictures):
    said = alone("classify", "red.png", "--model", "none", "--out", "a.csv", cwd=pictures)
    assert said.status == 1
    assert "no model 'none'" in said.err
    assert not (pictures / "a.csv").exists()
