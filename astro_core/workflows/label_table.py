"""Label events as a table: one row per event, the same columns in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from astro_core.domain import LabelEvent
from astro_core.errors import BadInputError

_TEXT, _WHOLE, _REAL, _TRUTH = pa.string(), pa.int64(), pa.float64(), pa.bool_()
COLUMNS: dict[str, pa.DataType] = {
    "event_id": _TEXT,
    "at": _TEXT,
    "object_id": _TEXT,
    "action": _TEXT,
    "label": _TEXT,  # the event's class_name, as tables of labels call it
    "question": _TEXT,
    "answer": _TEXT,
    "reviewer": _TEXT,
    "comment": _TEXT,
    "taxonomy": _TEXT,
    "taxonomy_version": _WHOLE,
    "suggested_class": _TEXT,
    "suggested_probability": _REAL,
    "model_id": _TEXT,
    "shown": _TRUTH,
    "seconds": _REAL,
    "batch_id": _TEXT,
    "retracts": _TEXT,
    "fingerprint": _TEXT,
    "dataset": _TEXT,
}
SCHEMA = pa.schema(list(COLUMNS.items()))
_FIELD = {"label": "class_name"}


def is_event_table(names: Sequence[str]) -> bool:
    """Whether a table with these columns was exported from a label store."""
    return {"event_id", "action", "object_id", "reviewer"} <= set(names)


def to_table(events: Sequence[LabelEvent]) -> pa.Table:
    """Return events as a table."""
    arrays = [
        pa.array([getattr(e, _FIELD.get(name, name)) for e in events], kind)
        for name, kind in COLUMNS.items()
    ]
    return pa.table(arrays, schema=SCHEMA)


def from_record(row: Mapping[str, Any]) -> LabelEvent:
    """Read one row; what is missing or empty is as if it had not been said.

    Raises
    ------
    BadInputError
        If the row makes no event.
    """
    values = {
        _FIELD.get(name, name): _value(row[name], COLUMNS[name])
        for name in COLUMNS
        if name in row and not _missing(row[name])
    }
    for name in ("object_id", "reviewer"):
        if name not in values:
            raise BadInputError(f"A label event needs its {name.replace('_', ' ')}")
    return LabelEvent(**{"dataset": "", **values})


def _missing(value: Any) -> bool:
    return value is None or value == "" or value != value  # NaN is not itself


def _value(value: Any, kind: pa.DataType) -> Any:
    if kind is _TRUTH:
        return str(value).lower() in ("true", "t", "1")
    if kind is _REAL:
        return float(value)
    if kind is _WHOLE:
        return int(value)
    return str(value)
