"""A catalogue as CSV, ECSV, VOTable, FITS or Parquet, with its types kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from astro_core.errors import NotFoundError
from astro_core.workflows.browse import CatalogueView, Rows
from astro_core.workspace import file_for

_FIRST = ("object_id", "label", "split", "ra_deg", "dec_deg")
_LAST = ("group", "file", "width_px", "height_px", "duplicate_of", "content")
_INTERNAL = ("part", "row")
_FORMULA = r"^[=+\-@\t\r]"
_PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def catalogue_table(view: CatalogueView, rows: Rows | None = None) -> pa.Table:
    """The catalogue as it is exported: what a person asks for first, bookkeeping last.

    Parameters
    ----------
    rows : array of int, optional
        Positions of the objects, in the order of the table; all of them by default.
    """
    middle = [c for c in view.columns if c not in (*_FIRST, *_LAST, *_INTERNAL)]
    names = [*_FIRST, *middle, *_LAST]
    take = None if rows is None else pa.array(rows)
    columns = [view.arrow(n) if take is None else view.arrow(n).take(take) for n in names]
    return pa.table(columns, names=names)


def _is_text(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.cast(column, pa.string())
    risky = pc.and_(
        pc.match_substring_regex(text, _FORMULA),
        pc.invert(pc.match_substring_regex(text, _PLAIN_NUMBER)),
    )
    return pc.if_else(risky, pc.binary_join_element_wise("'", text, ""), text)


def guard_formulas(table: pa.Table) -> pa.Table:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Text and column names that start with ``= + - @``, tab or carriage return and are not a
    plain number, as OWASP advises against CSV injection. Nothing else is changed.
    """
    columns = [_guarded(c) if _is_text(c) else c for c in table.columns]
    names = _guarded(pa.chunked_array([table.column_names])).to_pylist()
    return pa.table(columns, names=names)


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)


def write_csv(table: pa.Table, path: Path) -> None:
    """CSV in UTF-8; a missing value is an empty cell, identifiers are quoted text."""
    import pyarrow.csv

    plain = pa.table([_without_nan(c) for c in table.columns], names=table.column_names)
    pyarrow.csv.write_csv(guard_formulas(plain), path)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Parquet, compressed with Zstandard."""
    pq.write_table(table, path, compression="zstd")


def _astropy_column(column: pa.ChunkedArray, name: str) -> Any:
    from astropy.table import Column, MaskedColumn

    absent = column.is_null().to_numpy()  # FITS has no missing truth value: those become text
    if pa.types.is_floating(column.type):
        return Column(column.to_numpy(), name=name)
    if pa.types.is_integer(column.type):
        values = pc.fill_null(column, 0).to_numpy()
    elif pa.types.is_boolean(column.type) and not absent.any():
        values = column.to_numpy()
    else:
        values = np.array(pc.fill_null(pc.cast(column, pa.string()), "").to_pylist(), dtype=str)
    return (
        MaskedColumn(values, mask=absent, name=name) if absent.any() else Column(values, name=name)
    )


def astropy_table(table: pa.Table) -> Any:
    """The same columns as an astropy Table, with units and missing values masked."""
    from astropy.table import Table

    out = Table(
        [_astropy_column(c, n) for n, c in zip(table.column_names, table.columns, strict=True)]
    )
    for name in out.colnames:
        if name.endswith("_deg"):
            out[name].unit = "deg"
        elif name.endswith("_arcsec"):
            out[name].unit = "arcsec"
        elif name.endswith("_px"):
            out[name].unit = "pix"
    return out


def write_ecsv(table: pa.Table, path: Path) -> None:
    """Enhanced CSV: types and units stand in the header."""
    astropy_table(table).write(path, format="ascii.ecsv", delimiter=",", overwrite=True)


def write_votable(table: pa.Table, path: Path) -> None:
    """VOTable, the exchange format of the Virtual Observatory."""
    astropy_table(table).write(path, format="votable", overwrite=True)


def write_fits(table: pa.Table, path: Path) -> None:
    """FITS binary table; text that FITS cannot hold is written in UTF-8 bytes."""
    out = astropy_table(table)
    out.convert_unicode_to_bytestring()
    out.write(path, format="fits", overwrite=True)


WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    "csv": write_csv,
    "ecsv": write_ecsv,
    "votable": write_votable,
    "fits": write_fits,
    "parquet": write_parquet,
}


def write_table(table: pa.Table, format: str, path: Path) -> None:
    """Write a table in one of the formats; the file appears whole or not at all.

    Raises
    ------
    NotFoundError
        For another format.
    BadInputError
        If the place cannot be written to.
    """
    if format not in WRITERS:
        raise NotFoundError(
            f"A table cannot be written as '{format}'", expected="one of " + ", ".join(WRITERS)
        )
    with file_for(path) as half:
        WRITERS[format](table, half)
