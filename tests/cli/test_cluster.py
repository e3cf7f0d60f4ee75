"""Groups from a shell: tables, JSON and the page, and what is said when it cannot be done."""

import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

KINDS = ("disc", "lens", "ring")
N = 90


@pytest.fixture(scope="session")
def patches(shell, tmp_path_factory):
    """Dataset "patches": 30 noisy pictures of each of three patterns, a folder per pattern."""
    folder = tmp_path_factory.mktemp("patches")
    y, x = np.mgrid[:24, :24] - 11.5
    radius = np.hypot(x, y)
    light = (radius < 8, np.hypot(x, 3 * y) < 8, np.abs(radius - 8) < 2)
    for i in range(N):
        noise = np.random.default_rng(i).normal(60, 6, (24, 24, 3))
        pixels = noise + 120 * light[i % 3][..., None]
        path = folder / KINDS[i % 3] / f"g{i:02d}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return shell("import", folder, "--name", "patches")


@pytest.fixture(scope="session")
def grouped(shell, patches, tmp_path_factory):
    """Three groups of the patches by k-means, and what the command said."""
    out = tmp_path_factory.mktemp("groups") / "new" / "groups.parquet"
    assert patches.status == 0
    return out, shell("cluster", "patches", "--clusters", 3, "--out", out, "--json")


def test_groups_as_a_table(grouped):
    out, said = grouped
    assert said.status == 0, said.err
    table = pd.read_parquet(out)
    assert list(table) == ["object_id", "cluster"]
    assert table["object_id"].nunique() == len(table) == N
    assert table["cluster"].value_counts().index[0] == 0
    assert set(table["cluster"]) == {0, 1, 2}
    assert [p.name for p in out.parent.iterdir()] == ["groups.parquet"]


def test_the_json_value(grouped):
    _, said = grouped
    found = said.json
    assert (found["method"], found["n_clusters"], found["n_noise"]) == ("kmeans", 3, 0)
    assert {"ari", "nmi", "purity", "silhouette", "features", "n_labelled"} <= set(found)
    assert None not in found.values()
    assert "computing them" in said.err
    assert found["features"] in said.err


def test_the_same_seed_gives_the_same_groups_at_once(shell, grouped, tmp_path):
    out, said = grouped
    again = shell("cluster", "Patches", "--clusters", 3, "--out", tmp_path / "a.csv", "--json")
    assert again.json == said.json
    assert "computing" not in again.err
    back = pd.read_csv(tmp_path / "a.csv", dtype={"object_id": str})
    pd.testing.assert_frame_equal(
        back, pd.read_parquet(out), check_dtype=False, check_column_type=False
    )


def test_every_method_takes_a_number_of_groups(shell, grouped):
    som = shell("cluster", "patches", "--method", "som", "--clusters", 6, "--json")
    assert "6 groups are a map of 2 x 3 cells" in som.err
    assert (som.json["n_clusters"], som.json["params"]["rows"]) == (6, 2)
    own = shell(
        "cluster", "patches", "--method", "som", "--clusters", 6, "--set", "rows=1", "--set",
        "columns=4", "--json",
    )  # fmt: skip
    assert own.json["n_clusters"] == 4
    density = shell(
        "cluster", "patches", "--method", "hdbscan", "--clusters", 3, "--set", "min_cluster_size=3",
        "--set", "min_samples=1", "--json",
    )  # fmt: skip
    assert "HDBSCAN does not use a number of groups" in density.err
    assert density.status == 0, density.err
    tree = shell("cluster", "patches", "--method", "hierarchical", "--clusters", 4)
    assert re.search(r"hierarchical +4 +0 +90", tree.out)


def test_all_methods_on_a_page(shell, grouped, tmp_path):
    page = tmp_path / "pages" / "groups.html"
    said = shell(
        "cluster", "patches", "--method", "all", "--clusters", 3, "--report", page, "--json"
    )
    assert said.status == 0, said.err
    methods = [found["method"] for found in said.json]
    assert {"kmeans", "hierarchical", "som", "gmm"} <= set(methods)
    text = page.read_text("utf-8")
    assert "<title>Groups of patches</title>" in text
    assert not re.search(r'(src|href)="(?!data:|#)', text)
    assert "<script" not in text
    for method in methods:
        assert f'id="{method}"' in text
    if "hdbscan" not in methods:  # in 75 dimensions nothing need be crowded
        assert "hdbscan: " in said.err
        assert "<strong>HDBSCAN</strong>" in text
    assert [p.name for p in page.parent.iterdir()] == ["groups.html"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "no dataset named 'nothing'"),
        (["patches", "--method", "magic"], "one of kmeans, hierarchical"),
        (["patches", "--clusters", "0"], "at least one group"),
        (["patches", "--clusters", "91"], "91"),
        (["patches", "--set", "n_init"], "NAME=VALUE"),
        (["patches", "--set", "magic=1"], "no setting named 'magic'"),
        (["patches", "--features", "magic"], "no features 'magic'"),
        (["patches", "--extractor", "magic"], "magic"),
        (["patches", "--out", "groups.docx"], "ends in .csv"),
        (["patches", "--method", "all", "--out", "groups.csv"], "one method"),
        (["patches", "--method", "all", "--set", "n_init=2"], "one method"),
    ],
)
def test_what_cannot_be_done_is_told(shell, grouped, words, said, tmp_path):
    found = shell("cluster", *words, cwd=tmp_path)
    assert found.status == 1
    assert said in found.err
    assert found.out == ""
    assert list(tmp_path.iterdir()) == []
