"""Datasets in a workspace: list, open, publish, rename, delete.

A dataset is a folder with a manifest. The manifest names its tables by fingerprint and is
replaced in one step, so a reader sees one state or the other, never a mixture.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from astro_core.datasets.catalogue import catalogue_path, write_catalogue
from astro_core.datasets.derived import made_from, replaceable
from astro_core.domain import Dataset, Problem, RenderRecipe
from astro_core.errors import ConflictError, NotFoundError
from astro_core.workspace import Workspace, check_name, publish, read_json, size_bytes, write_json

MANIFEST = "dataset.json"
_PROBLEM_SCHEMA = pa.schema([(c, pa.string()) for c in ("object_id", "file", "reason")])


def list_datasets(workspace: Workspace) -> tuple[Dataset, ...]:
    """All datasets of the workspace, by name."""
    found = []
    for manifest in workspace.datasets.glob(f"*/{MANIFEST}"):
        try:
            found.append(Dataset.from_json(read_json(manifest), manifest.parent))
        except FileNotFoundError:  # deleted while we looked
            continue
    return tuple(sorted(found, key=lambda d: d.name.lower()))


def open_dataset(workspace: Workspace, name: str) -> Dataset:
    """Open the dataset named `name`; case does not matter.

    Raises
    ------
    NotFoundError
        If there is none; the message lists what there is.
    """
    datasets = list_datasets(workspace)
    for dataset in datasets:
        if dataset.name.lower() == name.strip().lower():
            return dataset
    raise NotFoundError(
        f"There is no dataset named '{name}'",
        expected="one of " + ", ".join(d.name for d in datasets) if datasets else "",
        todo="" if datasets else "Import one first",
    )


def check_free(workspace: Workspace, name: str) -> str:
    """Return the cleaned `name` if no dataset has it.

    Raises
    ------
    BadInputError, ConflictError
        If it cannot be a name, or is taken.
    """
    clean = check_name(name)
    if any(d.name.lower() == clean.lower() for d in list_datasets(workspace)):
        raise ConflictError(
            f"There is already a dataset named '{clean}'", todo="Choose another name or delete it"
        )
    return clean


def write_state(
    made: Path, dataset: Dataset, catalogue: pd.DataFrame, problems: list[Problem]
) -> None:
    """Write manifest and tables of a dataset into the folder `made`."""
    here = replace(dataset, folder=made)
    write_catalogue(catalogue_path(here), catalogue)
    rows = [{"object_id": p.object_id, "file": p.file, "reason": p.reason} for p in problems]
    table = pa.Table.from_pylist(rows, schema=_PROBLEM_SCHEMA)
    pq.write_table(table, made / f"problems-{dataset.fingerprint}.parquet")
    write_json(made / MANIFEST, here.to_json())


def publish_dataset(workspace: Workspace, made: Path, name: str) -> Dataset:
    """Move a finished dataset folder into the workspace under `name`.

    Raises
    ------
    ConflictError
        If the name was taken meanwhile; `made` is left where it is.
    """
    name = check_free(workspace, name)
    manifest = read_json(made / MANIFEST) | {"name": name}
    write_json(made / MANIFEST, manifest)
    stem = name.lower().replace(" ", "-")
    folder = workspace.datasets / stem
    number = 2
    while folder.exists():
        folder = workspace.datasets / f"{stem}-{number}"
        number += 1
    publish(made, folder)
    return Dataset.from_json(manifest, folder)


def replace_state(
    dataset: Dataset, new: Dataset, catalogue: pd.DataFrame, problems: list[Problem]
) -> Dataset:
    """Write a new state of a published dataset and drop the old tables.

    Tables that cannot be dropped stay: the new state is published by then.
    """
    write_state(dataset.folder, new, catalogue, problems)
    if new.fingerprint != dataset.fingerprint:
        for stem in ("catalogue", "problems"):
            with contextlib.suppress(OSError):
                (dataset.folder / f"{stem}-{dataset.fingerprint}.parquet").unlink()
    return replace(new, folder=dataset.folder)


def _rewrite(dataset: Dataset) -> Dataset:
    write_json(dataset.folder / MANIFEST, dataset.to_json())
    return dataset


def rename_dataset(workspace: Workspace, name: str, new_name: str) -> Dataset:
    """Give a dataset another name; everything it has stays with it."""
    dataset = open_dataset(workspace, name)
    if new_name.strip().lower() != dataset.name.lower():
        check_free(workspace, new_name)
    return _rewrite(replace(dataset, name=check_name(new_name)))


def set_recipe(workspace: Workspace, name: str, recipe: RenderRecipe) -> Dataset:
    """Make `recipe` the dataset's default."""
    return _rewrite(replace(open_dataset(workspace, name), recipe=recipe))


def delete_dataset(workspace: Workspace, name: str) -> None:
    """Delete a dataset, its selections and all that was computed from it.

    Images that it points to stay, and so does what another dataset of the same content shares.
    """
    dataset = open_dataset(workspace, name)
    grave = workspace.scratch_folder("deleted")
    publish(dataset.folder, grave / "dataset")
    going = [workspace.selections / dataset.folder.name]
    if all(d.fingerprint != dataset.fingerprint for d in list_datasets(workspace)):
        going += [*_stacks(workspace, dataset), *made_from(workspace, dataset)]
    for number, path in enumerate(going):
        if path.exists():
            publish(path, grave / f"{number}-{path.name}")
    shutil.rmtree(grave, ignore_errors=True)


def _stacks(workspace: Workspace, dataset: Dataset) -> list[Path]:
    return list(workspace.stacks.glob(f"{dataset.fingerprint}-*"))


@dataclass(frozen=True, kw_only=True)
class DiskUse:
    """Disk space of a dataset, in bytes.

    Attributes
    ----------
    tables : int
        Manifest, catalogue and problems.
    images : int
        Images below the dataset's own folder; those that it points to elsewhere do not count.
    stacks : int
        Pixel stacks made from it, which can be made again.
    derived : int
        Features, groupings and maps computed from it.
    """

    tables: int
    images: int
    stacks: int
    derived: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.tables + self.images + self.stacks + self.derived


def disk_use(workspace: Workspace, dataset: Dataset) -> DiskUse:
    """Say what a dataset takes on disk."""
    own = size_bytes(dataset.folder)
    tables = sum(size_bytes(p) for p in dataset.folder.glob("*") if p.is_file())
    stacks = sum(size_bytes(p) for p in _stacks(workspace, dataset))
    derived = sum(size_bytes(p) for p in made_from(workspace, dataset))
    return DiskUse(tables=tables, images=own - tables, stacks=stacks, derived=derived)


def cache_bytes(workspace: Workspace) -> int:
    """Disk space of everything that `clear_caches` would remove, in bytes."""
    return sum(size_bytes(p) for p in _caches(workspace))


def clear_caches(workspace: Workspace) -> int:
    """Remove what can be made or fetched again: stacks, downloads, features, groupings, maps.

    A download that a dataset reads its images from stays, and so do groupings that a person
    saved, with their features.

    Returns
    -------
    int
        Bytes freed.
    """
    found = _caches(workspace)
    freed = cache_bytes(workspace)
    if not found:
        return 0
    grave = workspace.scratch_folder("cleared")
    for number, path in enumerate(found):
        publish(path, grave / f"{number}-{path.name}")
    shutil.rmtree(grave, ignore_errors=True)
    return freed


def _caches(workspace: Workspace) -> list[Path]:
    """All that was computed, and downloads that no dataset reads its images from."""
    roots = [(d.folder / part.root).resolve() for d in list_datasets(workspace) for part in d.parts]
    folders = (workspace.stacks, workspace.downloads)
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    free = [p for p in found if not any(root.is_relative_to(p.resolve()) for root in roots)]
    return free + replaceable(workspace)


def workspace_of(dataset: Dataset) -> Workspace:
    """Return the workspace that a dataset lies in."""
    return Workspace(dataset.folder.parent.parent)
