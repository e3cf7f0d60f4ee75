"""Crossmatch of a dataset with a table of one's own, by position on the sky."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import param, validate
from astro_core.workspace import check_name, whole_file

Degrees = NDArray[np.float64]
_RA_NAMES = ("ra_deg", "ra", "raj2000", "ra_j2000", "alpha_j2000", "_raj2000", "ra_icrs", "radeg")
_DEC_NAMES = ("dec_deg", "dec", "dej2000", "dec_j2000", "delta_j2000", "_dej2000", "de_icrs")
_FOLDER = "matches"


@dataclass(frozen=True, kw_only=True)
class CrossmatchParams:
    """How two catalogues are matched."""

    radius_arcsec: float = param(
        2.0,
        label="Radius",
        minimum=0.01,
        maximum=3600.0,
        unit="arcsec",
        help="The nearest source of your table within this distance counts as the same object.",
    )


@dataclass(frozen=True, kw_only=True)
class Crossmatch:
    """The nearest source of a table for every object that has a position.

    Attributes
    ----------
    object_ids : array of str, shape (n_objects,)
    table_rows : array of int, shape (n_objects,)
        Position of the nearest source in the table.
    separations_arcsec : array of float, shape (n_objects,)
        Great-circle distance to it, in arcsec.
    n_without_position : int
        Objects of the dataset that could not take part.
    """

    object_ids: NDArray[Any]
    table_rows: NDArray[np.int64]
    separations_arcsec: Degrees
    radius_arcsec: float
    n_without_position: int

    @property
    def matched(self) -> NDArray[np.bool_]:
        """Where the nearest source lies within the radius, shape (n_objects,)."""
        return np.asarray(self.separations_arcsec <= self.radius_arcsec)

    @property
    def n_matched(self) -> int:
        """Objects with a source within the radius."""
        return int(self.matched.sum())

    @property
    def n_shared(self) -> int:
        """Matched objects whose source is the nearest of another matched object too."""
        _, where, counts = np.unique(
            self.table_rows[self.matched], return_inverse=True, return_counts=True
        )
        return int((counts[where] > 1).sum())


def guess_positions(table: pd.DataFrame) -> tuple[str, str] | None:
    """Find the columns that look like right ascension and declination, by their names."""
    lower = {str(name).strip().lower(): str(name) for name in reversed(table.columns)}
    ra = next((lower[n] for n in _RA_NAMES if n in lower), None)
    dec = next((lower[n] for n in _DEC_NAMES if n in lower), None)
    return (ra, dec) if ra and dec else None


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table.columns:
        raise BadInputError(
            f"Your table has no column named '{name}'",
            expected="one of " + ", ".join(map(str, table.columns[:30])),
        )
    return table[name]


def positions(table: pd.DataFrame, ra_column: str, dec_column: str) -> tuple[Degrees, Degrees]:
    """Read positions from two columns: degrees, or text such as 10:23:45.1 and -02:03:04.

    Returns
    -------
    ra_deg, dec_deg : array of float, shape (n_rows,)
        NaN where there is none.

    Raises
    ------
    BadInputError
        If a column is missing, cannot be read, or holds declinations beyond 90 degrees.
    """
    ra, dec = _column(table, ra_column), _column(table, dec_column)
    if pd.api.types.is_numeric_dtype(ra) and pd.api.types.is_numeric_dtype(dec):
        ra_deg, dec_deg = (c.to_numpy(dtype=np.float64, na_value=np.nan) for c in (ra, dec))
    else:
        ra_deg, dec_deg = _sexagesimal(ra, dec)
    if np.any(np.abs(dec_deg) > 90):
        raise BadInputError(
            f"'{dec_column}' is not a declination",
            expected="-90 to 90 degrees",
            given=f"{dec_deg[np.abs(dec_deg) > 90][0]:g}",
        )
    return ra_deg % 360, dec_deg


def _sexagesimal(ra: pd.Series, dec: pd.Series) -> tuple[Degrees, Degrees]:
    from astropy import units
    from astropy.coordinates import Angle

    known = (ra.notna() & dec.notna()).to_numpy()
    out = []
    for column, unit in ((ra, units.hourangle), (dec, units.deg)):
        values = np.full(len(column), np.nan)
        texts = column[known].astype(str).to_numpy(dtype=str)
        plain = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(dtype=np.float64)
        try:
            values[known] = plain if np.isfinite(plain).all() else Angle(texts, unit=unit).degree
        except ValueError:
            raise BadInputError(
                f"The positions in '{column.name}' cannot be read",
                expected="degrees, or hours and degrees such as 10:23:45.1 and -02:03:04",
                given=f"'{texts[0]}'",
            ) from None
        out.append(values)
    return out[0], out[1]


def crossmatch(
    dataset: Dataset,
    table: pd.DataFrame,
    ra_column: str,
    dec_column: str,
    params: CrossmatchParams | None = None,
) -> Crossmatch:
    """Find the nearest source of `table` for every object of the dataset.

    Raises
    ------
    BadInputError
        If the dataset or the table has no positions.
    """
    from astropy import units
    from astropy.coordinates import SkyCoord

    params = validate(params or CrossmatchParams())
    ours = read_catalogue(dataset, ["object_id", "ra_deg", "dec_deg"])
    known = (ours["ra_deg"].notna() & ours["dec_deg"].notna()).to_numpy()
    ra, dec = positions(table, ra_column, dec_column)
    theirs = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
    for count, whose in ((known.sum(), f"'{dataset.name}'"), (len(theirs), "Your table")):
        if not count:
            raise BadInputError(f"{whose} has no positions", todo="Choose one with RA and Dec")
    here = SkyCoord(ours["ra_deg"][known], ours["dec_deg"][known], unit=units.deg)
    there = SkyCoord(ra[theirs], dec[theirs], unit=units.deg)
    nearest, separation, _ = here.match_to_catalog_sky(there)
    return Crossmatch(
        object_ids=ours["object_id"][known].to_numpy(dtype=object),
        table_rows=theirs[nearest].astype(np.int64),
        separations_arcsec=separation.arcsec,
        radius_arcsec=params.radius_arcsec,
        n_without_position=int((~known).sum()),
    )


def merged_columns(match: Crossmatch, table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The matched rows of the table as columns `<name>_...` beside object_id.

    The separation is `<name>_separation_arcsec`, in arcsec.
    """
    good = match.matched
    rows = table.iloc[match.table_rows[good]].reset_index(drop=True)
    plain = {f"{name}_{column}": _plain(rows[column]) for column in rows.columns}
    return pd.DataFrame(
        {
            "object_id": match.object_ids[good],
            f"{name}_separation_arcsec": match.separations_arcsec[good],
            **plain,
        }
    )


def _plain(column: pd.Series) -> pd.Series:
    kind = pd.api.types
    if kind.is_numeric_dtype(column) or kind.is_bool_dtype(column):
        return column
    return column.where(column.isna(), column.astype(str)).astype("str")


def save_match(dataset: Dataset, name: str, match: Crossmatch, table: pd.DataFrame) -> Path:
    """Keep a crossmatch with the dataset; one of the same name is replaced.

    Raises
    ------
    BadInputError
        If nothing matched, or the name cannot be used.
    """
    clean = _clean(name)
    if not match.n_matched:
        raise BadInputError(
            f"Nothing in your table lies within {match.radius_arcsec:g} arcsec of an object",
            todo="Look at the separations and choose a larger radius",
        )
    return _save(dataset, clean, merged_columns(match, table, clean))


def save_columns(dataset: Dataset, name: str, frame: pd.DataFrame) -> Path:
    """Keep more columns with the dataset, as `save_match` does those of a match.

    Parameters
    ----------
    frame : DataFrame
        object_id, each once, and the columns, which will be called ``<name>_<column>``.

    Raises
    ------
    BadInputError
        If the name cannot be used.
    """
    clean = _clean(name)
    called = {c: f"{clean}_{c}" for c in frame.columns if c != "object_id"}
    return _save(dataset, clean, frame.rename(columns=called))


def _clean(name: str) -> str:
    return re.sub(r"[ .-]+", "_", check_name(name, "crossmatch"))


def _save(dataset: Dataset, name: str, frame: pd.DataFrame) -> Path:
    path = dataset.folder / _FOLDER / f"{name}.parquet"
    first = frame[["object_id", *(c for c in frame.columns if c != "object_id")]]
    with whole_file(path) as half:
        pq.write_table(pa.Table.from_pandas(first, preserve_index=False), half, compression="zstd")
    return path


def list_matches(dataset: Dataset) -> tuple[str, ...]:
    """Names of the crossmatches that are kept with the dataset."""
    return tuple(sorted(p.stem for p in (dataset.folder / _FOLDER).glob("*.parquet")))


def matches_state(dataset: Dataset) -> tuple[tuple[str, int], ...]:
    """Names and write times (ns) of the kept crossmatches: changes when any of them does."""
    found = (dataset.folder / _FOLDER).glob("*.parquet")
    return tuple(sorted((p.stem, p.stat().st_mtime_ns) for p in found))


def delete_match(dataset: Dataset, name: str) -> None:
    """Forget a crossmatch.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    if name not in list_matches(dataset):
        raise NotFoundError(f"There is no crossmatch named '{name}'")
    (dataset.folder / _FOLDER / f"{name}.parquet").unlink()


def read_matches(dataset: Dataset) -> pa.Table | None:
    """All kept crossmatches as columns in the order of the catalogue; None without any."""
    names = list_matches(dataset)
    if not names:
        return None
    ids = read_catalogue(dataset, ["object_id"])["object_id"]
    columns: dict[str, Any] = {}
    for name in names:
        table = pq.read_table(dataset.folder / _FOLDER / f"{name}.parquet")
        where = pd.Index(table.column("object_id").to_pandas()).get_indexer(ids)
        take = pa.array(where, mask=where < 0)
        for column in table.column_names[1:]:
            columns[column] = table.column(column).take(take)
    return pa.table(columns)
