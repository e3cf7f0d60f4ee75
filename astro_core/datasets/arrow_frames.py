"""Arrow columns as plain pandas columns, without losing a digit of an identifier."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from astro_core.datasets.columns import is_text_column

_EXACT_FLOAT = 2**53


def tidy(table: pa.Table, as_text: Collection[str] = ()) -> pd.DataFrame:
    """Make plain columns: stripped text, exact integers, floats with NaN where nothing is.

    Parameters
    ----------
    as_text : collection of str
        Columns whose integers become text: one gap would make floats of them, 5.0 of a 5.
    """
    columns = {name: table.column(name) for name in table.column_names}
    for name in set(as_text) & columns.keys():
        if pa.types.is_integer(columns[name].type):
            columns[name] = columns[name].cast(pa.string())
    return pd.DataFrame({name: _plain(name, column) for name, column in columns.items()})


def _plain(name: str, column: pa.ChunkedArray) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(name, column.cast(kind.value_type))
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan) if not is_text_column(name) else [None] * len(column)
    if is_text_column(name) or _loses_digits(column):
        column = _as_text(column)
    if pa.types.is_decimal(kind) and not is_text_column(name):
        column = column.cast(pa.float64())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _stripped(column)
    values = column.to_pandas()
    return values.astype(object) if isinstance(values.dtype, pd.StringDtype) else values


def _loses_digits(column: pa.ChunkedArray) -> bool:
    """Whether an integer column has gaps and numbers that a float cannot hold."""
    if not pa.types.is_integer(column.type) or column.null_count in (0, len(column)):
        return False
    ends = pc.min_max(column).as_py()
    return bool(max(abs(ends["min"]), abs(ends["max"])) > _EXACT_FLOAT)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(column.type):
        numbers = column.to_numpy()
        whole = np.isfinite(numbers) & (np.trunc(numbers) == numbers)
        texts = [
            (str(int(v)) if w else (None if np.isnan(v) else repr(float(v))))
            for v, w in zip(numbers, whole, strict=True)
        ]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        texts = [None if v is None else v.decode("utf-8", "replace") for v in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column.cast(pa.string())


def _stripped(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    empty = pc.equal(trimmed, "")
    filled = pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=object)
