"""Tables as people have them: CSV, ECSV, FITS, VOTable or Parquet, identifiers kept as text."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from astro_core.datasets.arrow_frames import tidy
from astro_core.datasets.columns import is_text_column
from astro_core.datasets.layouts.fits_io import open_fits
from astro_core.errors import BadInputError

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".ecsv")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, ".fits", ".fit", ".vot", ".votable", ".xml", ".parquet", ".pq")
MAX_BYTES = 2_000_000_000
_PEEK_BYTES = 65_536
_Asked = tuple[Callable[[str], bool], Callable[[str], bool], Sequence[str] | None]


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A table that was read, and what had to be assumed.

    Attributes
    ----------
    frame : DataFrame
        Identifiers, file names, labels, groups and splits are str or None, whatever they look
        like: a 64-bit SDSS number does not survive a float.
    n_ragged : int
        Lines that were left out because they have more or fewer fields than the header.
    """

    path: Path
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    n_ragged: int = 0


def table_suffix(path: Path) -> str:
    """Suffix that says the format, without .gz; "" when it is no table."""
    name = path.name.lower().removesuffix(".gz")
    return next((s for s in TABLE_SUFFIXES if name.endswith(s)), "")


def _read_bytes(path: Path, limit: int) -> bytes:
    """Read up to `limit` bytes of a file, unpacked."""
    opener: Callable[..., Any] = gzip.open if path.name.lower().endswith(".gz") else Path.open
    try:
        with opener(path, "rb") as stream:
            content: bytes = stream.read(limit)
    except FileNotFoundError:
        raise BadInputError(f"There is no table '{path.name}'") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadInputError(f"'{path.name}' cannot be read", given=str(error)) from None
    return content


def decode(content: bytes, name: str) -> tuple[str, str]:
    """Decode a text table; returns the text and a note on what was assumed, "" for UTF-8.

    Raises
    ------
    BadInputError
        For text that holds NUL bytes and no mark of its encoding: it is not a text table.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), f"{name} was read as UTF-16."
        except UnicodeDecodeError:
            raise BadInputError(f"'{name}' starts as UTF-16 but is not") from None
    if b"\0" in content:
        raise BadInputError(f"'{name}' is not a text table: it holds NUL bytes")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        note = (
            f"{name} is not UTF-8 (first at line {line:,}); it was read as Windows-1252, so "
            "letters with accents may have come out wrong."
        )
        return content.decode("cp1252", errors="replace"), note


def _header_and_body(text: str) -> tuple[str, str]:
    """Split off comment lines; a comment of as many fields as the next line is the header."""
    comment = ""
    while text.startswith("#"):
        comment, _, text = text.partition("\n")
    first = text.partition("\n")[0]
    stripped = comment.lstrip("# ").rstrip("\r")
    mark = _delimiter(first)
    if comment and stripped.count(mark) == first.count(mark) and re.search(r"\d", first):
        return stripped, text
    head, _, body = text.partition("\n")
    return head.rstrip("\r"), body


def _delimiter(line: str) -> str:
    return max((",", "\t", ";", "|"), key=line.count)


def _names(header: str, mark: str) -> list[str]:
    import csv

    names = [n.strip() for n in next(csv.reader([header], delimiter=mark), [])]
    return [n or f"column_{i + 1}" for i, n in enumerate(names)]


def _read_text(path: Path, asked: _Asked) -> TableFile:
    content = _read_bytes(path, MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadInputError(
            f"'{path.name}' is too large", expected=f"at most {MAX_BYTES:,} bytes unpacked"
        )
    text, note = decode(content, path.name)
    if text.startswith("# %ECSV"):
        return _read_astropy(path, "ascii.ecsv", text)
    header, body = _header_and_body(text)
    mark = _delimiter(header)
    names = _names(header, mark)
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise BadInputError(f"'{path.name}' has two columns named '{twice}'")
    frame, ragged = _parse(body, names, mark, asked, path.name)
    notes = [note] if note else []
    if ragged:
        notes.append(
            f"{ragged:,} lines of {path.name} do not have {len(names)} fields and were left out."
        )
    return TableFile(path=path, frame=frame, notes=tuple(notes), n_ragged=ragged)


def _parse(
    body: str, names: list[str], mark: str, asked: _Asked, file: str
) -> tuple[pd.DataFrame, int]:
    wanted, text_column, null_words = asked
    if not body.strip():
        return pd.DataFrame({n: pd.Series(dtype=object) for n in names if wanted(n)}), 0
    raw = body.encode()
    ragged: list[int] = []

    def skip(row: Any) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    try:
        table = pa_csv.read_csv(
            io.BytesIO(raw),
            read_options=pa_csv.ReadOptions(
                column_names=names, block_size=min(len(raw) + 1, 2**30)
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=mark, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={n: pa.string() for n in names if text_column(n)},
                include_columns=[n for n in names if wanted(n)],
                null_values=null_words,
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise BadInputError(f"'{file}' cannot be read as a table", given=str(error)) from None
    return tidy(table), len(ragged)


def _read_astropy(path: Path, kind: str, source: Any = None) -> TableFile:
    from astropy.table import Table
    from astropy.utils.exceptions import AstropyWarning

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            table = Table.read(source if source is not None else path, format=kind)
            columns = {n: table[n] for n in table.colnames if table[n].ndim == 1}
            arrays = {n: _arrow_of(column) for n, column in columns.items()}
    except (OSError, ValueError, TypeError, KeyError, IndexError, EOFError) as error:
        raise BadInputError(f"'{path.name}' cannot be read as a table", given=str(error)) from None
    left = [n for n in table.colnames if n not in columns]
    note = f"Columns of {path.name} with more than one value per row were left out: "
    notes = (note + ", ".join(left) + ".",) if left else ()
    return TableFile(path=path, frame=tidy(pa.table(arrays)), notes=notes)


def _arrow_of(column: Any) -> pa.Array:
    mask = np.ma.getmaskarray(np.ma.asarray(getattr(column, "data", column)))
    values = np.asarray(np.ma.getdata(np.ma.asarray(getattr(column, "data", column))))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    if values.dtype.kind in "UO":
        texts = [None if m else str(v) for v, m in zip(values.tolist(), mask, strict=True)]
        return pa.array(texts, pa.string())
    native = values.astype(values.dtype.newbyteorder("="))
    return pa.array(native, mask=mask)


def read_table(
    path: Path,
    wanted: Callable[[str], bool] = lambda _name: True,
    text_column: Callable[[str], bool] = is_text_column,
    null_words: Sequence[str] | None = None,
) -> TableFile:
    """Read a table in any of the formats that astronomers exchange.

    Parameters
    ----------
    wanted : callable
        Says of a column's name whether it is kept; text formats and Parquet skip the others.
    text_column : callable
        Says of a column's name whether CSV and the like hold text in it, whatever it looks like.
    null_words : sequence of str, optional
        What CSV and the like write where nothing is; by default also words such as NA and null.

    Raises
    ------
    BadInputError
        If the file is missing, in another format, or cannot be read.
    """
    suffix = table_suffix(path)
    if not path.is_file():
        raise BadInputError(f"There is no table '{path.name}'")
    if suffix in (".parquet", ".pq"):
        return _read_parquet(path, wanted)
    if suffix in TEXT_SUFFIXES:
        return _read_text(path, (wanted, text_column, null_words))
    kinds = {".fits": "fits", ".fit": "fits", ".vot": "votable", ".votable": "votable"}
    kind = kinds.get(suffix, "votable" if suffix == ".xml" else "")
    if not kind:
        raise BadInputError(
            f"'{path.name}' is not a table that can be read",
            expected="CSV, ECSV, FITS table, VOTable or Parquet",
        )
    return _read_astropy(path, kind)


def _read_parquet(path: Path, wanted: Callable[[str], bool]) -> TableFile:
    try:
        names = [n for n in pq.read_schema(path).names if wanted(n)]
        table = pq.read_table(path, columns=names)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInputError(f"'{path.name}' cannot be read as a table", given=str(error)) from None
    flat = [n for n in names if not pa.types.is_nested(table.schema.field(n).type)]
    return TableFile(path=path, frame=tidy(table.select(flat)))


def column_names(path: Path) -> tuple[str, ...]:
    """Names of a table's columns from its first bytes; empty when they cannot be told cheaply."""
    suffix = table_suffix(path)
    try:
        if suffix in (".parquet", ".pq"):
            return tuple(pq.read_schema(path).names)
        if suffix in TEXT_SUFFIXES:
            return _text_column_names(path)
        if suffix in (".fits", ".fit"):
            return _fits_column_names(path)
        return tuple(read_table(path).frame.columns) if suffix and _is_votable(path) else ()
    except (BadInputError, pa.ArrowInvalid, OSError):
        return ()


def _text_column_names(path: Path) -> tuple[str, ...]:
    text, _ = decode(_read_bytes(path, _PEEK_BYTES), path.name)
    if text.startswith("# %ECSV"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        header = text.partition("\n")[0]
        return tuple(_names(header, "," if "," in header else " "))
    header, _ = _header_and_body(text)
    return tuple(_names(header, _delimiter(header))) if header else ()


def _is_votable(path: Path) -> bool:
    return b"<VOTABLE" in _read_bytes(path, 4096).upper()


def _fits_column_names(path: Path) -> tuple[str, ...]:
    """Names from the header of the first extension, where no image comes before it."""
    with open_fits(path, path.name) as fits:
        hdus = fits.hdus()
        first, table = next(hdus, None), next(hdus, None)
        if first is None or first.is_image or table is None or table.is_image:
            return ()
        return tuple(table.cards.text(key) for key in table.cards if key.startswith("TTYPE"))
