"""Writes tables of any length as CSV, ECSV, VOTable, FITS, Parquet or JSON, a piece at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from astro_core.errors import NotFoundError

Batches = Callable[[], Iterator[pa.Table]]  # may be gone through again
Write = Callable[[Batches, pa.Schema, Path], None]
_RISKY = r"^'*[=+\-@\t\r]"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_FITS_BLOCK = 2880
_FITS_KINDS = {
    pa.int64(): ("K", ">i8"),
    pa.float64(): ("D", ">f8"),
    pa.float32(): ("E", ">f4"),
    pa.bool_(): ("L", "S1"),
}
_VOTABLE_KINDS = {
    pa.string(): 'datatype="unicodeChar" arraysize="*"',
    pa.int64(): 'datatype="long"',
    pa.float64(): 'datatype="double"',
    pa.float32(): 'datatype="float"',
    pa.bool_(): 'datatype="boolean"',
}


def guarded(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return str(_guard(pa.chunked_array([[text]]))[0])


def unguarded(text: str) -> str:
    """Take the apostrophe of `guarded` away again."""
    rest = text.lstrip("'")
    return text[1:] if len(rest) < len(text) and rest[:1] in tuple("=+-@\t\r") else text


def _guard(column: pa.ChunkedArray) -> pa.ChunkedArray:
    number = pc.match_substring_regex(column, _NUMBER)
    risky = pc.and_(pc.match_substring_regex(column, _RISKY), pc.invert(number))
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def _write_csv(batches: Batches, schema: pa.Schema, path: Path) -> None:
    from pyarrow.csv import CSVWriter

    with CSVWriter(path, schema) as writer:
        for table in batches():
            columns = [_guard(c) if pa.types.is_string(c.type) else c for c in table.columns]
            writer.write_table(pa.table(columns, schema=schema))


def _write_ecsv(batches: Batches, schema: pa.Schema, path: Path) -> None:
    from pyarrow.csv import CSVWriter, WriteOptions

    names = {
        pa.string(): "string",
        pa.int64(): "int64",
        pa.float64(): "float64",
        pa.float32(): "float32",
        pa.bool_(): "bool",
    }
    lines = ["# %ECSV 1.0", "# ---", "# delimiter: ','", "# datatype:"]
    lines += [f"# - {{name: {f.name}, datatype: {names[f.type]}}}" for f in schema]
    kinds = [(f.name, pa.string() if f.type == pa.bool_() else f.type) for f in schema]
    text = pa.schema(kinds)
    with path.open("wb") as stream:
        header = [*lines, "# schema: astropy-2.0", ",".join(schema.names), ""]
        stream.write("\n".join(header).encode())
        with CSVWriter(stream, text, write_options=WriteOptions(include_header=False)) as writer:
            for table in batches():
                columns = [_python_truth(c) for c in table.columns]
                writer.write_table(pa.table(columns, schema=text))


def _python_truth(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(column, "True", "False") if pa.types.is_boolean(column.type) else column


def _write_votable(batches: Batches, schema: pa.Schema, path: Path) -> None:
    fields = "".join(f'<FIELD name="{f.name}" {_VOTABLE_KINDS[f.type]}/>\n' for f in schema)
    with path.open("w", encoding="utf-8") as stream:
        stream.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.4" '
            'xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n<RESOURCE type="results">\n'
            f"<TABLE>\n{fields}<DATA>\n<TABLEDATA>\n"
        )
        for table in batches():
            columns = [[_cell(v) for v in c.to_pylist()] for c in table.columns]
            stream.writelines(f"<TR>{''.join(row)}</TR>\n" for row in zip(*columns, strict=True))
        stream.write("</TABLEDATA>\n</DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n")


def _cell(value: Any) -> str:
    if value is None:
        return "<TD/>"
    if isinstance(value, str):
        return f"<TD>{escape(value)}</TD>" if value else "<TD/>"
    if value != value:  # NaN is not itself
        return "<TD>NaN</TD>"
    return f"<TD>{str(value).lower()}</TD>"


def _write_fits(batches: Batches, schema: pa.Schema, path: Path) -> None:
    from astropy.io import fits

    widths = {f.name: 1 for f in schema if f.type == pa.string()}
    n_rows = 0
    for table in batches():
        n_rows += table.num_rows
        for name, width in widths.items():
            longest = pc.max(pc.binary_length(table[name])).as_py() or 1
            widths[name] = max(width, longest)
    stored = [
        (f"{widths[f.name]}A", f"S{widths[f.name]}") if f.name in widths else _FITS_KINDS[f.type]
        for f in schema
    ]
    formats = {name: kind for name, (kind, _) in zip(schema.names, stored, strict=True)}
    head = fits.BinTableHDU.from_columns([fits.Column(n, f) for n, f in formats.items()], nrows=0)
    head.header["NAXIS2"] = n_rows
    kinds = [(name, kind) for name, (_, kind) in zip(schema.names, stored, strict=True)]
    with path.open("wb") as stream:
        stream.write(fits.PrimaryHDU().header.tostring().encode("ascii"))
        stream.write(head.header.tostring().encode("ascii"))
        for table in batches():
            stream.write(_fits_rows(table, np.dtype(kinds)).tobytes())
        stream.write(b"\0" * (-n_rows * np.dtype(kinds).itemsize % _FITS_BLOCK))


def _fits_rows(table: pa.Table, kind: np.dtype[Any]) -> np.ndarray[Any, Any]:
    rows = np.zeros(table.num_rows, kind)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            rows[name] = [text.encode() for text in column.to_pylist()]
        elif pa.types.is_boolean(column.type):
            rows[name] = np.where(column.to_numpy(), b"T", b"F")
        else:
            rows[name] = column.to_numpy()
    return rows


def _write_parquet(batches: Batches, schema: pa.Schema, path: Path) -> None:
    from pyarrow.parquet import ParquetWriter

    with ParquetWriter(path, schema, compression="zstd") as writer:
        for table in batches():
            writer.write_table(table)


def _write_json(batches: Batches, schema: pa.Schema, path: Path) -> None:  # noqa: ARG001
    with path.open("w", encoding="utf-8") as stream:
        before = "[\n"
        for table in batches():
            for row in table.to_pylist():
                stream.write(before + json.dumps(row, ensure_ascii=False))
                before = ",\n"
        stream.write("[]\n" if before == "[\n" else "\n]\n")


_WRITERS: dict[str, Write] = {
    ".csv": _write_csv,
    ".ecsv": _write_ecsv,
    ".vot": _write_votable,
    ".votable": _write_votable,
    ".xml": _write_votable,
    ".fits": _write_fits,
    ".fit": _write_fits,
    ".parquet": _write_parquet,
    ".json": _write_json,
}


def writer_of(path: Path, what: str = "A table") -> Write:
    """Say what writes a file of this name.

    Parameters
    ----------
    what : str
        What is to be written, for the error.

    Raises
    ------
    NotFoundError
        If the suffix names no format; the message lists those there are.
    """
    try:
        return _WRITERS[path.suffix.lower()]
    except KeyError:
        raise NotFoundError(
            f"{what} cannot be written as '{path.name}'",
            expected="a name that ends in " + ", ".join(_WRITERS),
        ) from None
