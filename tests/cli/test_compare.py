"""Folds, comparisons and doubtful labels at the shell."""

import pandas as pd
import pytest

FOREST = ("--recipe", "astrodetector-forest", "--set", "size_px=16", "--set", "crop_px=0")


@pytest.fixture(scope="session")
def sky(shell, tmp_path_factory):
    from PIL import Image

    folder = tmp_path_factory.mktemp("folds") / "sky"
    for number in range(80):
        kind = ("dark", "bright")[number % 2]
        seen = 1 - number % 2 if number < 4 else number % 2  # four labels are wrong
        path = folder / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 16), (number + 5, number + 9, 40 + 150 * seen)).save(path)
    assert shell("import", folder, "--name", "folded").status == 0
    return "folded"


@pytest.fixture(scope="session")
def folded(shell, sky):
    """Two runs of three folds: eight trees, and one."""
    found = []
    for trees in (8, 1):
        said = shell(
            "train", sky, *FOREST, "--set", f"n_estimators={trees}", "--folds", "3", "--json"
        )
        assert said.status == 0, said.err
        found.append(said.json)
    return found


def test_folds_give_mean_and_spread(folded):
    run = folded[0]
    assert run["state"] == "done"
    assert set(run["scores"]) == {"mean", "sd", "folds"}
    assert len(run["scores"]["folds"]) == 3
    assert run["scores"]["mean"]["accuracy"] > 0.8


def test_two_recipes_are_compared_with_the_tests_named(shell, folded):
    ids = [run["run_id"] for run in folded]
    said = shell("compare", *ids, "--json")
    assert said.status == 0, said.err
    first, second = said.json["runs"]
    assert (first["run_id"], said.json["against"]) == (ids[0], ids[0])
    assert {"difference", "low", "high", "p", "p_holm"} <= set(second["accuracy_difference"])
    assert second["mcnemar"]["only_this"] >= 0
    test = said.json["folds"]["t_tests"]["accuracy"]
    assert test["test"] == "Corrected resampled t-test (Nadeau & Bengio 2003)"
    assert said.json["folds"]["ranks"] == {}
    told = shell("compare", *ids)
    assert "paired bootstrap" in told.err
    assert "exact McNemar" in told.out


def test_what_was_trained_and_what_is_doubted(shell, sky, folded, tmp_path):
    rows = shell("ablation", sky, "--json").json
    assert {row["run_id"] for row in rows} == {run["run_id"] for run in folded}
    assert rows[0]["judged_by"] == "3 folds"
    out = tmp_path / "doubts.csv"
    said = shell("label-errors", folded[0]["run_id"], "--out", out)
    assert said.status == 0, said.err
    table = pd.read_csv(out)
    assert {"object_id", "label", "suggested", "fold"} <= set(table.columns)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "folded", *FOREST, "--folds", "1"], "cannot have 1 folds"),
        (["compare", "gone", "lost"], "no run 'gone'"),
        (["label-errors", "gone"], "no labels to doubt"),
        (["learning-curve", "folded", *FOREST[:2], "--shares", "half"], "cannot be read"),
        (["ablation", "gone"], "gone"),
    ],
)
def test_what_cannot_be_done_is_told(shell, sky, words, said):
    found = shell(*words)
    assert found.status == 1
    assert said in found.err
    assert "Traceback" not in found.err
