"""What was computed from a dataset goes with it, and what a person kept is no cache."""

import pytest

from astro_core.datasets.store import (
    clear_caches,
    delete_dataset,
    disk_use,
    list_datasets,
    open_dataset,
)
from astro_core.domain import RenderRecipe
from astro_core.workspace import Workspace, write_json

MANIFEST = {
    "parts": [],
    "bands": ["R"],
    "taxonomy": {
        "name": "t",
        "version": 1,
        "classes": [],
        "questions": [],
        "votes_are": "conditional",
        "mirror": {},
    },
    "source": {"reader": "r", "location": "l", "imported_at": "", "simulated": 0, "notes": []},
    "n_objects": 4,
    "n_bad": 0,
    "class_counts": {},
    "recipe": RenderRecipe().to_json(),
}


@pytest.fixture
def space(tmp_path):
    space = Workspace(tmp_path).ensure()
    for name, fingerprint in (("one", "f1"), ("two", "f2"), ("twin", "f2")):
        manifest = MANIFEST | {"name": name, "fingerprint": fingerprint}
        write_json(space.datasets / name / "dataset.json", manifest)
        write_json(space.selections / name / "odd.json", {})
    for n in "12":
        write_json(space.features / f"f{n}-p" / "meta.json", {})
        write_json(space.features / f"f{n}-q" / "meta.json", {})
        (space.features / f".f{n}-r.partial").mkdir()
        write_json(space.clusterings / f"c{n}" / "meta.json", {"features": f"f{n}-p"})
        write_json(space.clusterings / f"d{n}" / "meta.json", {"features": f"f{n}-q"})
        write_json(space.maps / f"m{n}" / "meta.json", {"features": f"f{n}-p"})
    return space


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_dataset_takes_what_was_computed_from_it(space):
    delete_dataset(space, "one")
    assert names(space.features) == [".f2-r.partial", "f2-p", "f2-q"]
    assert names(space.clusterings) == ["c2", "d2"]
    assert names(space.maps) == ["m2"]
    assert names(space.selections) == ["twin", "two"]


def test_what_another_dataset_shares_stays(space):
    before = names(space.features)
    delete_dataset(space, "two")
    assert names(space.features) == before
    assert names(space.selections) == ["one", "twin"]
    delete_dataset(space, "twin")
    assert names(space.features) == [".f1-r.partial", "f1-p", "f1-q"]
    assert [d.name for d in list_datasets(space)] == ["one"]


def test_disk_use_counts_what_was_computed(space):
    use = disk_use(space, open_dataset(space, "one"))
    assert use.derived > 0
    assert use.total == use.tables + use.images + use.stacks + use.derived
    (space.maps / "m1" / "xy.npy").write_bytes(b"0" * 1000)
    assert disk_use(space, open_dataset(space, "one")).derived == use.derived + 1000


def test_clearing_keeps_saved_groupings_and_their_features(space):
    write_json(space.clusterings / "d1" / "saved.json", {"name": "mine", "group_names": {}})
    assert clear_caches(space) > 0
    assert names(space.features) == ["f1-q"]
    assert names(space.clusterings) == ["d1"]
    assert names(space.maps) == []
    assert names(space.selections) == ["one", "twin", "two"]
    assert clear_caches(space) == 0


def test_a_manifest_that_cannot_be_read_is_nobodys(space):
    (space.clusterings / "c1" / "meta.json").write_text("{", encoding="utf-8")
    delete_dataset(space, "one")
    assert names(space.clusterings) == ["c1", "c2", "d2"]
