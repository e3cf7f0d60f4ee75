"""HATS catalogues as lsdb reads them: a part of the sky, and catalogues at an address.

Caplar et al. 2025 (arXiv:2501.02103). lsdb is an extra; a whole catalogue on this machine is read
without it, see `table_batches`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from astro_core.datasets.arrow_frames import tidy
from astro_core.datasets.table_batches import BATCH_ROWS
from astro_core.errors import BadInputError
from astro_core.extras import need_extra


@dataclass(frozen=True, kw_only=True)
class Cone:
    """A circle on the sky."""

    ra_deg: float
    dec_deg: float
    radius_deg: float


def parse_cone(text: str) -> Cone:
    """Read ``RA,DEC,RADIUS`` in degrees.

    Raises
    ------
    BadInputError
        If it is something else, or no place on the sky.
    """
    try:
        ra, dec, radius = map(float, text.split(","))
    except ValueError:
        ra = dec = radius = float("nan")
    if not (0 <= ra <= 360 and abs(dec) <= 90 and 0 < radius <= 180):
        raise BadInputError(
            "That is no circle on the sky",
            expected="RA,DEC,RADIUS in degrees, as 150.1,2.2,0.5",
            given=f"'{text}'",
        )
    return Cone(ra_deg=ra, dec_deg=dec, radius_deg=radius)


def is_address(place: str) -> bool:
    """Whether a catalogue is not a file of this machine."""
    return place.startswith("https://")


class HatsCatalogue:
    """A HATS catalogue, or a circle of it; only tiles that the circle touches are read.

    It is read as a `Catalogue` is, one tile in memory at a time.

    Parameters
    ----------
    place : str
        Folder or address.
    cone : Cone or None
        None takes the whole sky.
    as_text : collection of str
        As in `Catalogue`.

    Raises
    ------
    BadInputError
        If lsdb is not installed, there is no HATS catalogue, or it has nothing there.
    """

    def __init__(self, place: str, cone: Cone | None = None, as_text: Collection[str] = ()) -> None:
        need_extra("hats", "lsdb", "A part of the sky, or a catalogue at an address,")
        self.name = place.rstrip("/").rpartition("/")[2]
        self._place, self._cone, self._as_text = place, cone, as_text
        self._found = self._opened("all")
        self.columns: tuple[str, ...] = tuple(self._found.columns)

    def _opened(self, columns: list[str] | str) -> Any:
        import lsdb

        near = None
        if self._cone is not None:
            radius_arcsec = self._cone.radius_deg * 3600
            near = lsdb.ConeSearch(self._cone.ra_deg, self._cone.dec_deg, radius_arcsec)
        try:
            return lsdb.open_catalog(self._place, columns=columns, search_filter=near)
        except (OSError, TypeError, ValueError) as error:
            raise BadInputError(
                f"'{self._place}' cannot be read as a HATS catalogue", given=str(error)
            ) from None

    @property
    def _info(self) -> Any:
        return self._found.hc_structure.catalog_info

    @property
    def state(self) -> list[Any]:
        """What changes when the catalogue is made anew."""
        return [self._info.total_rows, self._info.hats_creation_date]

    def __len__(self) -> int:
        """Rows; those of a circle are counted, which reads their positions."""
        if self._cone is None:
            return int(self._info.total_rows)
        return sum(map(len, self.batches([self._info.ra_column])))

    def batches(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Read some columns, piece after piece; identifiers and file names as text."""
        chosen = list(dict.fromkeys(columns))
        position = [self._info.ra_column, self._info.dec_column]
        for tile in self._opened(list(dict.fromkeys([*chosen, *position]))).to_delayed():
            rows = tile.compute(scheduler="synchronous")[chosen]
            table = pa.Table.from_pandas(rows, preserve_index=False)
            for start in range(0, table.num_rows, BATCH_ROWS):
                yield tidy(table.slice(start, BATCH_ROWS), self._as_text)
