"""Catalogues of any length, a few ten thousand rows at a time."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from astro_core.datasets.arrow_frames import tidy
from astro_core.datasets.columns import is_text_column
from astro_core.datasets.tables import column_names, read_table, table_suffix
from astro_core.errors import BadInputError

BATCH_ROWS = 65_536
_PARQUET = (".parquet", ".pq")
_TILES = "dataset/Norder=*/Dir=*/Npix=*"  # of HATS: each is a file, or a folder of them
_NO_ROWS = ("_", "data_thumbnail", "partition_info")  # how names of files about a catalogue begin


class Catalogue:
    """A table that is read a piece at a time.

    Parquet is, whether it is one file, a folder of files, or a HATS catalogue (a folder that is
    divided by place on the sky). Other formats are read whole and handed out in pieces.

    Parameters
    ----------
    path : Path
    as_text : collection of str
        Columns that become parts of file names: their integers are kept as they are written.

    Raises
    ------
    BadInputError
        If there is nothing, or nothing that is a table.
    """

    def __init__(self, path: Path, as_text: Collection[str] = ()) -> None:
        self.path = path
        self._as_text = as_text
        self.name = path.name
        self._pieces = _dataset(path) if _is_parquet(path) else None
        found = self._pieces.schema.names if self._pieces is not None else column_names(path)
        self.columns: tuple[str, ...] = tuple(found)
        if not self.columns:
            raise BadInputError(
                f"'{path.name}' is not a table that can be read" if path.exists()
                else f"There is no catalogue '{path}'",
                expected="Parquet, a folder of Parquet files such as a HATS catalogue, CSV, ECSV, "
                "a FITS table or VOTable",
            )  # fmt: skip

    @functools.cached_property
    def _whole(self) -> pd.DataFrame:
        return read_table(
            self.path, text_column=lambda name: name in self._as_text or is_text_column(name)
        ).frame

    def __len__(self) -> int:
        """Rows; of Parquet as its files say, without reading them."""
        return len(self._whole) if self._pieces is None else int(self._pieces.count_rows())

    def batches(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Read some columns, piece after piece; identifiers and file names as text."""
        chosen = list(dict.fromkeys(columns))
        if self._pieces is None:
            frame = self._whole
            for start in range(0, len(frame), BATCH_ROWS):
                yield frame.iloc[start : start + BATCH_ROWS][chosen]
            return
        for batch in self._pieces.to_batches(
            columns=chosen, batch_size=BATCH_ROWS, batch_readahead=1, fragment_readahead=1
        ):
            if batch.num_rows:
                yield tidy(pa.Table.from_batches([batch]), self._as_text)


def _is_parquet(path: Path) -> bool:
    return path.is_dir() or (path.is_file() and table_suffix(path) in _PARQUET)


def _dataset(path: Path) -> Any:
    """Open one Parquet file, or all of a folder; of a HATS catalogue its tiles alone."""
    import pyarrow.dataset as ds

    files = [path]
    if path.is_dir():
        tiles = [*path.glob(f"{_TILES}.parquet"), *path.glob(f"{_TILES}/*.parquet")]
        below = (p for s in _PARQUET for p in path.rglob(f"*{s}"))
        files = sorted(tiles or (p for p in below if not p.name.startswith(_NO_ROWS)))
    if not files:
        raise BadInputError(f"There is no Parquet file in '{path}'")
    try:
        return ds.dataset([str(file) for file in files], format="parquet")
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInputError(f"'{path.name}' cannot be read as a table", given=str(error)) from None
