"""Hands labels out: one row per event, nothing left out, nothing changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from astro_core.domain import Dataset, LabelEvent, Person
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.workflows.blind import blind_for
from astro_core.workflows.label_table import SCHEMA, to_table
from astro_core.workflows.streamed_tables import writer_of
from astro_core.workspace import Workspace, file_for

if TYPE_CHECKING:
    from astro_core.labels.blind import Blind
    from astro_core.labels.store import LabelStore

_ROWS_AT_ONCE = 5_000


def export_labels(
    workspace: Workspace, dataset: Dataset, path: Path, *, seen_by: Person | None = None
) -> int:
    """Write all label events of a dataset in the format that the file's name says.

    The rows are read and written a few thousand at a time.

    Parameters
    ----------
    seen_by : Person, optional
        Leave out what this person may not see yet, see `workflows.blind`.

    Returns
    -------
    int
        Number of events written.

    Raises
    ------
    NotFoundError
        If the suffix names no format.
    BadInputError
        If there are no labels, or the place cannot be written to.
    """
    from astro_core.labels.store import open_store

    hidden = blind_for(workspace, dataset, seen_by) if seen_by else None
    n_events = write_events(open_store(workspace), dataset_key(dataset), path, hidden)
    if not n_events:
        raise BadInputError(f"'{dataset.name}' has no labels", todo="Label or import some first")
    return n_events


def write_events(store: LabelStore, key: str, path: Path, hidden: Blind | None = None) -> int:
    """Write the events under a key of the store; no file where there are none.

    Parameters
    ----------
    hidden : Blind, optional
        What is left out.

    Returns
    -------
    int
        Number of events written.
    """
    write, n_there = writer_of(path, "Labels"), store.count(key)

    def events() -> Iterator[LabelEvent]:
        there = itertools.islice(store.events(key), n_there)  # what comes meanwhile waits
        return (e for e in there if not hidden or not _is_hidden(e, hidden))

    def batches() -> Iterator[pa.Table]:
        shown = events()
        while some := list(itertools.islice(shown, _ROWS_AT_ONCE)):
            yield to_table(some)

    n_events = sum(1 for _ in events()) if hidden else n_there
    if n_events:
        with file_for(path) as half:
            write(batches, SCHEMA, half)
    return n_events


def _is_hidden(event: LabelEvent, hidden: Blind) -> bool:
    return hidden.hides(event.reviewer, event.object_id, event.taxonomy, event.question)
