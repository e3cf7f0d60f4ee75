"""Where the objects of a dataset are stored: the few catalogue columns that reading takes."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from astro_core.datasets.catalogue import catalogue_path
from astro_core.datasets.layouts import read_pixels
from astro_core.domain import Dataset, Pixels
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workspace import read_json, write_json

ROW_COLUMNS = ("object_id", "part", "file", "row", "missing_bands")
_PLAN_ROWS = "plan.parquet"
_PLAN_DATASET = "plan.json"
_CHUNK_ROWS = 64


@dataclass(frozen=True)
class ObjectTable:
    """Where each object is stored, in the catalogue's order.

    Attributes
    ----------
    frame : DataFrame
        Columns object_id, part, file, row, missing_bands where the dataset has it, and what a
        plan adds.
    """

    frame: pd.DataFrame

    @functools.cached_property
    def index(self) -> pd.Index:
        """Object ids, for looking rows up."""
        ids: pd.Index = pd.Index(self.frame["object_id"])
        return ids

    def positions(self, object_ids: Sequence[str]) -> NDArray[np.intp]:
        """Return the row numbers of objects, in the order asked for.

        Raises
        ------
        NotFoundError
            Naming the first object that is not there.
        """
        wanted = list(object_ids)
        found: NDArray[np.intp] = self.index.get_indexer(pd.Index(wanted, dtype=self.index.dtype))
        if (found < 0).any():
            missing = wanted[int(np.argmax(found < 0))]
            raise NotFoundError(f"There is no object '{missing}' in this dataset")
        return found

    def rows(self, where: slice | NDArray[np.intp]) -> list[Mapping[str, Any]]:
        """Return some rows as mappings."""
        return cast("list[Mapping[str, Any]]", self.frame.iloc[where].to_dict("records"))


def object_table(dataset: Dataset) -> ObjectTable:
    """Return where the objects of a dataset are stored; kept in memory while it is in use."""
    path = catalogue_path(dataset)
    try:
        return _table(path, path.stat().st_mtime_ns, catalogue=True)
    except FileNotFoundError:
        raise NotFoundError(
            f"Dataset '{dataset.name}' has changed or was deleted", todo="Open it again"
        ) from None


@functools.lru_cache(maxsize=4)
def _table(path: Path, modified_ns: int, *, catalogue: bool) -> ObjectTable:  # noqa: ARG001
    columns = None
    if catalogue:
        columns = [c for c in ROW_COLUMNS if c in pq.read_schema(path).names]
    return ObjectTable(pq.read_table(path, columns=columns).to_pandas())


def write_plan(folder: Path, dataset: Dataset, frame: pd.DataFrame) -> None:
    """Write what workers need to read the objects, so that nothing changes under their hands."""
    frame.to_parquet(folder / _PLAN_ROWS, index=False)
    write_plan_dataset(folder, dataset)


def write_plan_dataset(folder: Path, dataset: Dataset) -> None:
    """Write how the images of a dataset are read, whoever lists its objects."""
    write_json(folder / _PLAN_DATASET, {"folder": str(dataset.folder), **dataset.to_json()})


def read_plan(folder: Path) -> tuple[Dataset, ObjectTable]:
    """Read what `write_plan` wrote; a worker keeps it from one call to the next."""
    path = folder / _PLAN_ROWS
    return read_plan_dataset(folder), _table(path, path.stat().st_mtime_ns, catalogue=False)


def remove_plan(folder: Path) -> None:
    """Delete what `write_plan` wrote."""
    for name in (_PLAN_ROWS, _PLAN_DATASET):
        (folder / name).unlink(missing_ok=True)


def chunks(n: int) -> list[dict[str, int]]:
    """Split `n` rows into pieces that a worker does in a second or so: start, stop."""
    starts = range(0, n, _CHUNK_ROWS)
    return [{"start": start, "stop": min(start + _CHUNK_ROWS, n)} for start in starts]


@functools.lru_cache(maxsize=2)
def read_plan_dataset(folder: Path) -> Dataset:
    """Read what `write_plan_dataset` wrote."""
    value = read_json(folder / _PLAN_DATASET)
    return Dataset.from_json(value, Path(value.pop("folder")))


def read_objects(
    dataset: Dataset, object_ids: Sequence[str]
) -> tuple[tuple[Pixels | None, ...], tuple[str, ...]]:
    """Read the pixels of objects, all bands.

    Returns
    -------
    pixels : tuple
        In the order asked for; None for an object that cannot be read.
    reasons : tuple of str
        Why not; empty for the others.

    Raises
    ------
    NotFoundError
        For an id that the dataset does not have.
    """
    table = object_table(dataset)
    pixels: list[Pixels | None] = []
    reasons: list[str] = []
    for row in table.rows(table.positions(object_ids)):
        try:
            pixels.append(read_pixels(dataset, row))
            reasons.append("")
        except BadInputError as error:
            pixels.append(None)
            reasons.append(str(error))
    return tuple(pixels), tuple(reasons)
