from dataclasses import replace

import pandas as pd
import pytest

from astro_core.datasets.catalogue import REQUIRED_COLUMNS, read_catalogue, read_problems
from astro_core.datasets.store import (
    delete_dataset,
    list_datasets,
    open_dataset,
    publish_dataset,
    rename_dataset,
    replace_state,
    set_recipe,
    write_state,
)
from astro_core.domain import Dataset, ImagePart, Problem, RenderRecipe, Source, plain_taxonomy
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.workspace import Workspace


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "w").ensure()


def toy_catalogue(n):
    frame = pd.DataFrame({c: [None] * n for c in REQUIRED_COLUMNS})
    frame["object_id"] = [f"587722981733826{i:03d}" for i in range(n)]
    frame["label"] = ["spiral" if i % 2 else "elliptical" for i in range(n)]
    frame["redshift"] = 0.1
    return frame


def toy_dataset(folder, n):
    return Dataset(
        name="toy",
        folder=folder,
        parts=(ImagePart(layout="picture", root="files", bands=("R", "G", "B")),),
        bands=("R", "G", "B"),
        taxonomy=plain_taxonomy("toy", ("elliptical", "spiral")),
        source=Source(reader="folders", location="here", imported_at="2026-01-01T00:00:00Z"),
        fingerprint=f"f{n}",
        n_objects=n,
        n_bad=1,
        class_counts={"elliptical": n - n // 2, "spiral": n // 2},
    )


def add(space, name, n=3):
    made = space.scratch_folder("new") / "dataset"
    made.mkdir()
    problem = Problem(object_id="x", file="x.jpg", reason="It is empty.")
    write_state(made, toy_dataset(made, n), toy_catalogue(n), [problem])
    return publish_dataset(space, made, name)


def test_published_is_what_was_written(space):
    made = add(space, "Toy Survey")
    found = open_dataset(space, "toy survey")
    assert found == made
    assert found.name == "Toy Survey"
    catalogue = read_catalogue(found)
    assert list(catalogue.columns[: len(REQUIRED_COLUMNS)]) == list(REQUIRED_COLUMNS)
    assert catalogue["object_id"].iloc[0] == "587722981733826000"
    assert list(read_catalogue(found, ["redshift"]).columns) == ["redshift"]
    assert read_problems(found).to_dict("records") == [
        {"object_id": "x", "file": "x.jpg", "reason": "It is empty."}
    ]


def test_names_are_taken_whatever_their_case(space):
    add(space, "Toy")
    with pytest.raises(ConflictError, match="already a dataset named 'TOY'"):
        add(space, "TOY")
    assert len(list_datasets(space)) == 1


def test_rename_keeps_everything_else(space):
    before = add(space, "Toy")
    add(space, "Other")
    after = rename_dataset(space, "toy", "Galaxies")
    assert replace(after, name="Toy") == before
    assert [d.name for d in list_datasets(space)] == ["Galaxies", "Other"]
    assert rename_dataset(space, "Galaxies", "GALAXIES").name == "GALAXIES"
    with pytest.raises(ConflictError):
        rename_dataset(space, "Galaxies", "other")
    with pytest.raises(BadInputError):
        rename_dataset(space, "Galaxies", "../x")
    assert open_dataset(space, "Galaxies").folder == before.folder


def test_delete_takes_its_stacks_along_and_nothing_else(space):
    dataset = add(space, "Toy", 3)
    kept = add(space, "Other", 4)
    for owner in (dataset, kept):
        (space.stacks / f"{owner.fingerprint}-r").mkdir()
    delete_dataset(space, "Toy")
    assert list_datasets(space) == (kept,)
    assert [p.name for p in space.stacks.iterdir()] == ["f4-r"]
    assert list(space.scratch.glob("deleted-*")) == []
    with pytest.raises(NotFoundError, match="Expected one of Other"):
        open_dataset(space, "Toy")


def test_a_new_state_replaces_the_old_tables(space):
    dataset = add(space, "Toy", 3)
    new = replace(dataset, n_objects=5, fingerprint="f5")
    assert replace_state(dataset, new, toy_catalogue(5), []).folder == dataset.folder
    found = open_dataset(space, "Toy")
    assert len(read_catalogue(found)) == 5
    assert sorted(p.name for p in found.folder.iterdir()) == [
        "catalogue-f5.parquet",
        "dataset.json",
        "problems-f5.parquet",
    ]


def test_the_default_recipe_is_kept(space):
    add(space, "Toy")
    recipe = RenderRecipe(name="tight", crop_px=64)
    set_recipe(space, "Toy", recipe)
    assert open_dataset(space, "Toy").recipe == recipe


def test_old_tables_that_cannot_be_removed_do_not_undo_a_published_state(space, monkeypatch):
    dataset = add(space, "Toy", 3)

    def refuse(self, missing_ok=False):
        raise PermissionError(self)

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    replace_state(dataset, replace(dataset, n_objects=5, fingerprint="f5"), toy_catalogue(5), [])
    assert open_dataset(space, "Toy").n_objects == 5
