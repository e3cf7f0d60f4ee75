"""Hand out a dataset or a part of it: its catalogue, its images, or both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Progress, RenderRecipe, no_progress
from astro_core.errors import BadInputError, NotFoundError
from astro_core.registry import Registry
from astro_core.runs import RUN_KINDS, RunContext, RunKind, submit
from astro_core.workflows.browse import CatalogueView, Rows, open_view
from astro_core.workflows.browse_filters import select
from astro_core.workflows.browse_query import from_query
from astro_core.workflows.export_images import (
    ImageJob,
    labelled_rows,
    write_class_folders,
    write_galaxy10,
)
from astro_core.workflows.export_tables import WRITERS, catalogue_table
from astro_core.workspace import Workspace, publish

SMALL_CATALOGUE = 20_000  # rows that a page writes while somebody waits
SMALL_IMAGES = 300
Write = Callable[[ImageJob, Path], int]


@dataclass(frozen=True, kw_only=True)
class ExportSpec:
    """One format: `write(job, path)` makes the file and returns the number of objects in it."""

    name: str
    label: str
    suffix: str
    mime: str
    images: bool
    write: Write


EXPORTS: Registry[ExportSpec] = Registry("export format")


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """What was written."""

    path: Path
    n_objects: int
    n_left_out: int


def _catalogue(name: str) -> Write:
    def write(job: ImageJob, path: Path) -> int:
        WRITERS[name](catalogue_table(job.view, job.rows), path)
        return len(job.rows)

    return write


def _folders(sink: str) -> Write:
    return lambda job, path: write_class_folders(job, path, sink)


def _galaxy10(job: ImageJob, path: Path) -> int:
    return write_galaxy10(replace(job, rows=labelled_rows(job)), path)


for _name, _label, _suffix, _mime, _write in (
    ("csv", "CSV", ".csv", "text/csv", _catalogue("csv")),
    ("ecsv", "ECSV", ".ecsv", "text/plain", _catalogue("ecsv")),
    ("votable", "VOTable", ".vot", "application/x-votable+xml", _catalogue("votable")),
    ("fits", "FITS table", ".fits", "application/fits", _catalogue("fits")),
    ("parquet", "Parquet", ".parquet", "application/vnd.apache.parquet", _catalogue("parquet")),
    ("zip", "Images, a folder per class (zip)", ".zip", "application/zip", _folders("zip")),
    (
        "tar.gz",
        "Images, a folder per class (tar.gz)",
        ".tar.gz",
        "application/gzip",
        _folders("tar.gz"),
    ),
    ("hdf5", "Images and labels as Galaxy10 HDF5", ".h5", "application/x-hdf5", _galaxy10),
    ("folder", "Images, a folder per class", "", "", _folders("folder")),
):
    EXPORTS.add(
        ExportSpec(
            name=_name, label=_label, suffix=_suffix, mime=_mime,
            images=_name not in WRITERS, write=_write,
        )
    )  # fmt: skip


def _rows(view: CatalogueView, ids: Sequence[str] | None) -> Rows:
    if ids is None:
        return np.arange(view.n_objects, dtype=np.int64)
    rows = view.rows_of(ids)
    if (rows < 0).any():
        unknown = ids[int(np.flatnonzero(rows < 0)[0])]
        raise NotFoundError(f"'{view.dataset.name}' has no object '{unknown}'")
    return rows


def export_rows(job: ImageJob, format: str, path: Path) -> ExportReport:
    """Write the rows of `job`; the file appears whole or not at all.

    Raises
    ------
    BadInputError
        If there is nothing to export, or `path` is a folder where a file is to be written.
    ConflictError
        If a folder is to be written where something is already.
    """
    spec = EXPORTS.get(format)
    if not len(job.rows):
        raise BadInputError("There is nothing to export", todo="Select objects or clear filters")
    if path.exists() and (path.is_dir() or format == "folder"):
        raise BadInputError(f"'{path}' is there already", todo="Name another place")
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.partial")
    try:
        n_written = spec.write(job, half)
        publish(half, path)
    finally:
        shutil.rmtree(half) if half.is_dir() else half.unlink(missing_ok=True)
    return ExportReport(path=path, n_objects=n_written, n_left_out=len(job.rows) - n_written)


def export_dataset(
    workspace: Workspace,
    dataset: Dataset,
    format: str,
    path: Path,
    ids: Sequence[str] | None = None,
    *,
    recipe: RenderRecipe | None = None,
    progress: Progress = no_progress,
) -> ExportReport:
    """Export a dataset, or the objects `ids` of it in that order, in any format.

    Parameters
    ----------
    format : str
        Name in the registry of export formats.
    recipe : RenderRecipe, optional
        How images are rendered; the dataset's own by default.

    Raises
    ------
    NotFoundError
        For an unknown format or object.
    BadInputError
        If there is nothing to export or the place is taken.
    """
    view = open_view(dataset)
    job = ImageJob(
        workspace=workspace, dataset=dataset, view=view, rows=_rows(view, ids),
        recipe=recipe or dataset.recipe, progress=progress,
    )  # fmt: skip
    return export_rows(job, format, path)


def export_catalogue(
    workspace: Workspace,
    dataset: Dataset,
    format: str,
    path: Path,
    ids: Sequence[str] | None = None,
) -> Path:
    """Write the catalogue with labels as csv, ecsv, votable, fits or parquet.

    Raises
    ------
    NotFoundError
        For another format or an unknown object.
    """
    if format not in WRITERS:
        raise NotFoundError(
            f"A catalogue cannot be written as '{format}'", expected="one of " + ", ".join(WRITERS)
        )
    return export_dataset(workspace, dataset, format, path, ids).path


def is_small(format: str, n_objects: int) -> bool:
    """Whether an export is written while somebody waits; otherwise it is a run."""
    return n_objects <= (SMALL_IMAGES if EXPORTS.get(format).images else SMALL_CATALOGUE)


def file_name(dataset: Dataset, format: str) -> str:
    """What the exported file is called."""
    return dataset.name.replace(" ", "-") + EXPORTS.get(format).suffix


def _chosen(view: CatalogueView, params: Mapping[str, Any], workspace: Workspace) -> Rows:
    if params.get("ids") is not None:
        return _rows(view, params["ids"])
    filters, problems = from_query(params.get("query", {}), view, workspace)
    if problems:
        raise BadInputError(problems[0])
    return select(view, filters)


def run_export(context: RunContext) -> dict[str, Any]:
    """Export in a run.

    Parameters: dataset, format, either `ids` or `query` (filters as in the address of Browse),
    and `recipe` as JSON. The file stays in the run's folder.
    """
    params = context.params
    dataset = open_dataset(context.workspace, params["dataset"])
    view = open_view(dataset)
    recipe = RenderRecipe.from_json(params["recipe"]) if params.get("recipe") else dataset.recipe
    job = ImageJob(
        workspace=context.workspace, dataset=dataset, view=view,
        rows=_chosen(view, params, context.workspace), recipe=recipe, progress=context.progress,
    )  # fmt: skip
    file = file_name(dataset, params["format"])
    report = export_rows(job, params["format"], context.folder / file)
    return {
        "file": file,
        "format": params["format"],
        "n_objects": report.n_objects,
        "n_left_out": report.n_left_out,
    }


def submit_export(
    workspace: Workspace,
    dataset: Dataset,
    format: str,
    *,
    ids: Sequence[str] | None = None,
    query: Mapping[str, str] | None = None,
) -> str:
    """Start an export as a run and return its id; the file will lie in the run's folder.

    Parameters
    ----------
    ids : sequence of str, optional
        Objects in the order asked for.
    query : Mapping, optional
        Filters as in the address of Browse; used where `ids` is not given.
    """
    params = {
        "dataset": dataset.name,
        "format": format,
        "ids": None if ids is None else list(ids),
        "query": dict(query or {}),
    }
    return submit(workspace, "export", params, title=f"Export {dataset.name}")


RUN_KINDS.add(RunKind(name="export", label="Export", function=run_export))
