"""tuning-fork queue: what it writes, and what it says when it cannot."""

import pandas as pd
import pytest


@pytest.fixture
def ids(shell, imported, tmp_path):
    shell("export", "sky", "--format", "csv", "--out", tmp_path / "all.csv")
    return set(pd.read_csv(tmp_path / "all.csv", dtype=str)["object_id"])


def test_a_random_queue_needs_no_model(shell, ids, tmp_path):
    out = tmp_path / "deep" / "q.csv"
    said = shell("queue", "sky", "--strategy", "random", "--size", 5, "--out", out)
    assert said.status == 0, said.err
    assert said.out == f"5 of 12 galaxies\nWrote {out}\n"
    table = pd.read_csv(out, dtype=str)
    assert list(table.columns) == ["object_id"]
    assert table["object_id"].nunique() == 5
    assert set(table["object_id"]) <= ids
    found = shell("queue", "SKY", "--strategy", "random", "--size", 5, "--json").json
    assert found["object_ids"] == list(table["object_id"])
    assert (found["n"], found["n_pool"], found["model"], found["notes"]) == (5, 12, "", [])
    lines = shell("queue", "sky", "--strategy", "random", "--size", 5).out.split()
    assert lines == found["object_ids"]


def test_a_diverse_queue_computes_features_first(shell, ids, tmp_path):
    out = tmp_path / "q.parquet"
    said = shell(
        "queue", "sky", "--strategy", "kcenter", "--size", 40, "--control", 0.25, "--out", out
    )
    assert said.status == 0, said.err
    assert "There are only 12 galaxies to choose from." in said.err
    table = pd.read_parquet(out)
    assert set(table["object_id"]) == ids
    assert table["control"].sum() == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--strategy", "margin", "--size", 5), "random or kcenter, which need none"),
        (("--strategy", "margin", "--size", 5, "--model", "gone"), "There is no model 'gone'"),
        (("--strategy", "luck", "--size", 5), "Expected one of random, undefined, margin"),
        (("--strategy", "random", "--size", 0), "a size from 1 on"),
        (("--strategy", "random", "--size", 5, "--out", "q.txt"), "a name that ends in .csv"),
        (("--strategy", "random", "--size", 5, "--votes", 0), "Somebody has to look"),
        (("--strategy", "random", "--size", 5, "--selection", "mine"), "no selection named"),
        (("--strategy", "like_this", "--size", 5), "needs a galaxy to be like"),
    ],
)
def test_what_cannot_be_done_is_said(shell, imported, words, said):
    done = shell("queue", "sky", *words)
    assert (done.status, done.out) == (1, "")
    assert said in done.err


def test_a_dataset_that_is_not_there(shell, imported):
    done = shell("queue", "gone", "--strategy", "random", "--size", 5)
    assert done.status == 1
    assert "gone" in done.err
