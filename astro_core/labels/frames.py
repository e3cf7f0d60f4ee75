"""Reads hundreds of thousands of rows into columns at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select

if TYPE_CHECKING:
    import pandas as pd


def read_columns(connection: Connection, wanted: Select[Any]) -> list[NDArray[np.object_]]:
    """Read the columns of a query as plain objects, as the database's driver gives them.

    SQLAlchemy's own rows would double the time, and so would the collector, which looks through
    all rows again and again while they come.
    """
    with _not_collecting():
        cursor: Any = connection.execute(wanted).cursor
        rows = cursor.fetchall()
        n_columns = len(wanted.selected_columns)
        columns = [
            np.fromiter(map(itemgetter(k), rows), object, len(rows)) for k in range(n_columns)
        ]
        del rows  # before the collector looks
    return columns


def read_frame(connection: Connection, wanted: Select[Any]) -> pd.DataFrame:
    """The same as a table; text stays plain text."""
    import pandas as pd

    names = [str(column.name) for column in wanted.selected_columns]
    series = (pd.Series(column, dtype=object) for column in read_columns(connection, wanted))
    return pd.DataFrame(dict(zip(names, series, strict=True)))


@contextmanager
def _not_collecting() -> Iterator[None]:
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
