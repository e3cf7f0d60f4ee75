"""Tables that commands write: the format is what the file's name ends in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from astro_core.errors import BadInputError

if TYPE_CHECKING:
    import pandas as pd


def table_format(out: Path) -> str:
    """Return the format that a file's name asks for.

    Raises
    ------
    BadInputError
        If no table can be written there.
    """
    from astro_core.workflows.export import EXPORTS

    tables = {spec.suffix: spec.name for spec in EXPORTS if not spec.images}
    if out.is_dir() or out.suffix.lower() not in tables:
        raise BadInputError(
            f"The table cannot be written to '{out}'",
            expected="a name that ends in " + ", ".join(tables),
        )
    return tables[out.suffix.lower()]


def write_frame(frame: pd.DataFrame, out: Path) -> None:
    """Write a table; the file appears whole or not at all.

    Raises
    ------
    BadInputError
        If no table can be written there.
    """
    import pyarrow as pa

    from astro_core.workflows.export_tables import write_table

    table = pa.Table.from_pandas(frame, preserve_index=False)
    write_table(table, table_format(out), out.absolute())
