"""Looking through a survey: columns read when asked for, counts, and what the filters keep."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from astro_core.datasets.catalogue import catalogue_path
from astro_core.domain import Dataset
from astro_core.errors import NotFoundError
from astro_core.workflows.crossmatch import read_matches

Rows = NDArray[np.int64]
ValueT = TypeVar("ValueT")
UNLABELLED = ""  # stands for "no label" wherever classes are named


class CatalogueView:
    """The catalogue of one state of a dataset, column by column.

    Columns are read from disk when they are first asked for and kept, read-only, so that one
    view serves every page and every visitor. Rows are named by their position in the stored
    order; `extra` columns stand beside the stored ones.

    Parameters
    ----------
    dataset : Dataset
        Whose catalogue is read.
    extra : pyarrow.Table, optional
        Further columns in the same row order, such as those of a crossmatch.
    """

    def __init__(self, dataset: Dataset, extra: pa.Table | None = None) -> None:
        self.dataset = dataset
        self._path = catalogue_path(dataset)
        self._schema: pa.Schema = pq.read_schema(self._path)
        self._extra = extra
        self._cache: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()
        self.n_objects: int = pq.read_metadata(self._path).num_rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in stored order, the extra ones last."""
        stored = tuple(self._schema.names)
        more = () if self._extra is None else tuple(self._extra.column_names)
        return stored + tuple(name for name in more if name not in stored)

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Names of the columns that are not part of the stored catalogue."""
        return self.columns[len(self._schema.names) :]

    def type_of(self, name: str) -> pa.DataType:
        """Type of a column as Arrow calls it.

        Raises
        ------
        NotFoundError
            If there is no such column.
        """
        if name in self._schema.names:
            return self._schema.field(name).type
        if self._extra is not None and name in self._extra.column_names:
            return self._extra.schema.field(name).type
        raise NotFoundError(
            f"The catalogue has no column named '{name}'",
            expected="one of " + ", ".join(self.columns),
        )

    def is_numeric(self, name: str) -> bool:
        """Whether a column holds numbers."""
        kind = self.type_of(name)
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))

    @property
    def numeric_columns(self) -> tuple[str, ...]:
        """Names of the columns that hold numbers."""
        return tuple(name for name in self.columns if self.is_numeric(name))

    def _cached(self, what: str, name: str, make: Callable[[], ValueT]) -> ValueT:
        key = (what, name)
        with self._lock:
            if key not in self._cache:
                self._cache[key] = make()
            found: ValueT = self._cache[key]
            return found

    def _read(self, name: str) -> pa.Array:
        self.type_of(name)
        if name in self._schema.names:
            chunks = pq.read_table(self._path, columns=[name]).column(0)
        else:
            assert self._extra is not None
            chunks = self._extra.column(name)
        joined = chunks.combine_chunks()
        return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined

    def arrow(self, name: str) -> pa.Array:
        """A column as Arrow array, shape (n_objects,)."""
        return self._cached("arrow", name, lambda: self._read(name))

    def numbers(self, name: str) -> NDArray[Any]:
        """A numeric column, shape (n_objects,), read-only; missing values are NaN."""

        def make() -> NDArray[Any]:
            column = self._read(name)
            if column.null_count:
                column = pc.cast(column, pa.float64(), safe=False)
            values = column.to_numpy(zero_copy_only=False)
            values.flags.writeable = False
            return values

        return self._cached("numbers", name, make)

    def codes(self, name: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """A text column as codes into its sorted distinct values; a missing value is -1."""

        def make() -> tuple[NDArray[np.int32], tuple[str, ...]]:
            column = pc.cast(self._read(name), pa.string())
            encoded = column.dictionary_encode()
            names = encoded.dictionary.to_pylist()
            order = sorted(range(len(names)), key=names.__getitem__)
            rank = np.empty(len(names) + 1, dtype=np.int32)
            rank[order] = np.arange(len(names), dtype=np.int32)
            rank[-1] = -1
            raw = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            return rank[raw], tuple(names[i] for i in order)

        return self._cached("codes", name, make)

    def ranks(self, name: str) -> NDArray[Any]:
        """Sort keys of a column: numbers as they are, text by rank, missing NaN or -1.

        Text that is whole numbers throughout (most survey identifiers) sorts as numbers.
        """
        if self.is_numeric(name):
            return self.numbers(name)

        def make() -> NDArray[Any]:
            column = pc.cast(self._read(name), pa.string())
            try:
                keys = pc.cast(column, pa.int64())
            except pa.ArrowInvalid:
                keys = pc.rank(column, tiebreaker="dense")
                keys = pc.if_else(column.is_valid(), pc.cast(keys, pa.int64()), None)
            return keys.fill_null(-1).to_numpy(zero_copy_only=False)

        return self._cached("ranks", name, make)

    def missing(self, name: str) -> NDArray[np.bool_]:
        """Where a column has no value, shape (n_objects,)."""
        if self.is_numeric(name):
            values = self.numbers(name)
            return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)
        return np.asarray(self.arrow(name).is_null().to_numpy(zero_copy_only=False))

    def unit_vectors(self) -> NDArray[np.float64]:
        """Directions of the objects on the unit sphere, shape (n_objects, 3); NaN if unknown."""

        def make() -> NDArray[np.float64]:
            return unit_vectors(self.numbers("ra_deg"), self.numbers("dec_deg"))

        return self._cached("unit_vectors", "", make)

    def ids(self, rows: Rows | None = None) -> list[str]:
        """Object ids at these positions, all of them by default."""
        column = self.arrow("object_id")
        return (column if rows is None else column.take(pa.array(rows))).to_pylist()

    def rows_of(self, object_ids: Sequence[str]) -> Rows:
        """Positions of these objects, shape (n,); -1 for one that is not in the catalogue."""
        index = self._cached("index", "", lambda: pd.Index(self.arrow("object_id").to_pandas()))
        return index.get_indexer(list(object_ids)).astype(np.int64)

    def frame(self, rows: Rows, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Rows at these positions, in this order, as a data frame."""
        names = self.columns if columns is None else columns
        taken = pa.array(rows)
        return pa.table({name: self.arrow(name).take(taken) for name in names}).to_pandas()

    def values_of(self, row: int) -> dict[str, Any]:
        """Every catalogue value of the object at position `row`."""
        reader = pq.ParquetFile(self._path)
        start = row
        for group in range(reader.num_row_groups):
            n_rows = reader.metadata.row_group(group).num_rows
            if start < n_rows:
                values = reader.read_row_group(group).slice(start, 1).to_pylist()[0]
                break
            start -= n_rows
        else:
            raise NotFoundError(f"The catalogue has no row {row}")
        return values | {name: self.arrow(name)[row].as_py() for name in self.extra_columns}


def unit_vectors(ra_deg: NDArray[Any], dec_deg: NDArray[Any]) -> NDArray[np.float64]:
    """Directions on the unit sphere from equatorial positions in degrees, shape (n, 3)."""
    ra, dec = np.deg2rad(ra_deg), np.deg2rad(dec_deg)
    cos_dec = np.cos(dec)
    return np.column_stack((cos_dec * np.cos(ra), cos_dec * np.sin(ra), np.sin(dec)))


def count_by(view: CatalogueView, column: str, rows: Rows | None = None) -> dict[str, int]:
    """Count objects per value of a text column; `UNLABELLED` stands for a missing one.

    Classes come in the order of the taxonomy, which fixes their colours.
    """
    codes, names = view.codes(column)
    chosen = codes if rows is None else codes[rows]
    counts = np.bincount(chosen + 1, minlength=len(names) + 1)
    found = {name: int(n) for name, n in zip(names, counts[1:], strict=True)}
    if column == "label":
        order = view.dataset.taxonomy.class_names
        found = {n: found.get(n, 0) for n in order} | {
            n: c for n, c in found.items() if n not in order
        }
    return found | ({UNLABELLED: int(counts[0])} if counts[0] else {})


def count_classes_by_split(view: CatalogueView, rows: Rows | None = None) -> pd.DataFrame:
    """Objects per class (rows) and split (columns); the empty name is "none"."""
    labels, label_names = view.codes("label")
    splits, split_names = view.codes("split")
    if rows is not None:
        labels, splits = labels[rows], splits[rows]
    width = len(split_names) + 1
    flat = np.bincount((labels + 1) * width + splits + 1, minlength=(len(label_names) + 1) * width)
    table = pd.DataFrame(
        flat.reshape(-1, width), index=[UNLABELLED, *label_names], columns=["", *split_names]
    )
    order = list(count_by(view, "label"))
    splits_present = [s for s in ("train", "validation", "test", *split_names, "") if s in table]
    table = table.reindex(index=order, columns=list(dict.fromkeys(splits_present)), fill_value=0)
    return table.loc[:, table.sum() > 0] if len(table.columns) > 1 else table


def count_bands(view: CatalogueView, rows: Rows | None = None) -> dict[str, int]:
    """Objects that have each band, shortest wavelength first."""
    parts = view.numbers("part")
    parts = parts if rows is None else parts[rows]
    per_part = np.bincount(parts.astype(np.int64), minlength=len(view.dataset.parts))
    counts: dict[str, int] = {}
    for part, n in zip(view.dataset.parts, per_part, strict=False):
        for band in part.bands:
            counts[band] = counts.get(band, 0) + int(n)
    if "missing_bands" in view.columns:
        codes, names = view.codes("missing_bands")
        lacking = np.bincount(
            (codes if rows is None else codes[rows]) + 1, minlength=len(names) + 1
        )
        for name, n in zip(names, lacking[1:], strict=True):
            for band in filter(None, name.split(",")):
                counts[band] = counts.get(band, 0) - int(n)
    return counts


def open_view(dataset: Dataset) -> CatalogueView:
    """Open the catalogue with the columns of the crossmatches that are kept with it."""
    return CatalogueView(dataset, read_matches(dataset))
