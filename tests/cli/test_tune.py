"""A search at the shell: its one JSON value, its table, and what it refuses."""

import pytest
from PIL import Image


@pytest.fixture(scope="module")
def sky(shell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("light-dim") / "sky"
    for number in range(60):
        kind = ("dim", "light")[number % 2]
        path = folder / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (16, 16), (number + 5, number + 9, 40 + 150 * (number % 2))).save(path)
    assert shell("import", folder, "--name", "light-dim").status == 0
    return "light-dim"


def forest(shell, sky, *words):
    return shell(
        "tune", sky, "--recipe", "astrodetector-forest", "--set", "size_px=16", "--trials", 2,
        "--space", "n_estimators=2:6", *words,
    )  # fmt: skip


def test_a_search_prints_one_json_value(shell, sky):
    said = forest(shell, sky, "--cost", "parameters", "--json")
    assert said.status == 0, said.err
    found = said.json
    assert {"run_id", "state", "best", "n_trials"} <= set(found)
    assert (found["state"], found["n_trials"]) == ("done", 2)
    assert found["best"]["value"] == 1.0
    assert found["best"]["settings"]["size_px"] == 16
    assert 2 <= found["best"]["settings"]["n_estimators"] <= 6
    listed = {run["run_id"]: run["kind"] for run in shell("runs", "--json").json}
    assert listed[found["run_id"]] == "tune"


def test_a_search_says_how_to_train_with_what_it_found(shell, sky):
    said = forest(shell, sky)
    assert said.status == 0, said.err
    assert "balanced_accuracy" in said.out
    assert "best" in said.out
    command = said.out.splitlines()[-1].split()
    assert command[:5] == ["tuning-fork", "train", sky, "--recipe", "astrodetector-forest"]
    trained = shell(*command[1:], "--json")
    assert trained.status == 0, trained.err
    assert "test" in trained.json["scores"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--space", "tea=1:2"], "no setting named 'tea'"),
        (["--objective", "rmse"], "nothing to take 'rmse' of"),
        (["--cost", "money"], "Cost"),
        (["--trials", "0"], "Trials"),
    ],
)
def test_what_makes_no_sense_is_told(shell, sky, words, said):
    found = forest(shell, sky, *words)
    assert found.status == 1
    assert said in found.err
