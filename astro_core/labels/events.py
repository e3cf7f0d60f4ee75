"""Label events as rows of the store and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from astro_core.domain import Dataset, LabelEvent

EVENT_COLUMNS = tuple(f.name for f in fields(LabelEvent))


def dataset_key(dataset: Dataset) -> str:
    """The name under which the labels of a dataset are kept: that of its folder.

    It stays when the dataset gets another name, and is the same again when a dataset that was
    deleted is imported anew.
    """
    return dataset.folder.name


def to_row(event: LabelEvent) -> dict[str, Any]:
    """The event as a row of the table of events."""
    return {name: getattr(event, name) for name in EVENT_COLUMNS}


def from_row(row: Mapping[Any, Any]) -> LabelEvent:
    """Read a row of the table of events."""
    return LabelEvent(**{name: row[name] for name in EVENT_COLUMNS})
