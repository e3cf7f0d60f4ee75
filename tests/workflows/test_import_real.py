"""Real surveys beside the repository, with the counts that their description gives."""

from pathlib import Path

import pytest

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.readers import READERS, ScanOptions
from astro_core.datasets.store import open_dataset
from astro_core.domain import no_progress
from astro_core.runs import execute
from astro_core.workspace import Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def real(name):
    if not (DATA / name).is_dir():
        pytest.skip(f"the real survey {name} is not on this machine")
    return DATA / name


def scan(name):
    path = real(name)
    matches = {spec.name: spec.sniff(path) for spec in READERS}
    best = max((m.score, n) for n, m in matches.items() if m is not None)[1]
    return best, READERS.get(best).scan(path, ScanOptions(), no_progress)


COUNTS = {
    "galaxyzoo1": (
        "images-csv",
        {
            "elliptical": 2000,
            "edge_on": 798,
            "spiral_anticlockwise": 349,
            "spiral_clockwise": 331,
            "merger": 92,
            "uncertain": 45,
        },
    ),
    "galaxychallenge": (
        "galaxy-challenge",
        {"featured": 1828, "uncertain": 1306, "odd": 549, "smooth": 485},
    ),
    "skyobjects": ("images-csv", {"cluster": 93, "galaxy": 246, "lens": 330, "nebula": 178}),
    "mirabest": ("images-csv", {"FRI": 517, "FRII": 552, "hybrid": 30}),
}


@pytest.mark.parametrize("name", COUNTS)
def test_every_object_is_found_with_its_class(name):
    reader, classes = COUNTS[name]
    best, found = scan(name)
    assert best == reader
    assert found.catalogue["label"].value_counts().to_dict() == classes
    assert not found.problems


def test_galaxy_challenge_has_votes_for_567():
    _, found = scan("galaxychallenge")
    votes = found.catalogue[list(found.taxonomy.vote_columns)]
    assert votes.notna().all(axis=1).sum() == 567
    first = votes[["Class1.1", "Class1.2", "Class1.3"]].dropna().sum(axis=1)
    assert first.between(0.999, 1.001).all()


def test_galaxy_zoo_2_joins_700_by_asset_id():
    best, found = scan("galaxyzoo2")
    table = found.catalogue
    assert best == "galaxy-zoo-2"
    assert len(table) == 700
    assert table["object_id"].str.fullmatch(r"587\d{15}|588\d{15}").all()
    assert (table["file"] == "images/" + table["asset_id"] + ".jpg").all()
    assert table["label"].notna().all()
    assert not found.notes


@pytest.mark.parametrize(("name", "n"), [("skyobjects", 847), ("mirabest", 1099)])
def test_import_in_full(tmp_path, name, n):
    space = Workspace(tmp_path / "space").ensure()
    done = execute(space, "import", {"path": str(real(name)), "name": name}, title="t")
    assert done.state == "done", done.error
    dataset = open_dataset(space, name)
    table = read_catalogue(dataset)
    assert (dataset.n_objects, dataset.n_bad) == (n, 0)
    assert len(table[["group", "split"]].drop_duplicates()) == table["group"].nunique()
    share = table.groupby("label")["split"].value_counts(normalize=True).unstack()
    assert share["train"].between(0.66, 0.74).all()
    if name == "mirabest":
        assert dataset.bands == ("grey",)
        assert set(table["confidence"]) == {"confident", "uncertain"}
    else:
        assert table["group"].nunique() < n


def test_galaxy_zoo_2_in_full(tmp_path):
    space = Workspace(tmp_path / "space").ensure()
    done = execute(space, "import", {"path": str(real("galaxyzoo2")), "name": "gz2"}, title="t")
    assert done.state == "done", done.error
    dataset = open_dataset(space, "gz2")
    assert dataset.n_objects == 700
    assert sum(dataset.class_counts.values()) == 700
    assert len(dataset.taxonomy.vote_columns) == 37


@pytest.mark.parametrize(
    ("name", "n", "n_bad", "bands"),
    [("fits/decals_grz", 4, 2, ("g", "r", "z")), ("fits/sdss_gri", 1, 0, ("g", "r", "i"))],
)
def test_fits_in_full_and_damaged_files_are_reported(tmp_path, name, n, n_bad, bands):
    space = Workspace(tmp_path / "space").ensure()
    done = execute(space, "import", {"path": str(real(name)), "name": "stamps"}, title="t")
    assert done.state == "done", done.error
    dataset = open_dataset(space, "stamps")
    assert (dataset.n_objects, dataset.n_bad, dataset.bands) == (n, n_bad, bands)
    assert dataset.recipe.transform == "lupton"
