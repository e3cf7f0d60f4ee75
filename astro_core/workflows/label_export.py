"""Hands labels out: one row per event, nothing left out, nothing changed."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.workflows.label_formats import writer_of
from astro_core.workflows.label_table import to_table
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

_ROWS_AT_ONCE = 5_000


def export_labels(workspace: Workspace, dataset: Dataset, path: Path) -> int:
    """Write all label events of a dataset in the format that the file's name says.

    The rows are read and written a few thousand at a time.

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

    n_events = write_events(open_store(workspace), dataset_key(dataset), path)
    if not n_events:
        raise BadInputError(f"'{dataset.name}' has no labels", todo="Label or import some first")
    return n_events


def write_events(store: LabelStore, key: str, path: Path) -> int:
    """Write the events under a key of the store; no file where there are none.

    Returns
    -------
    int
        Number of events written.
    """
    write, n_events = writer_of(path), store.count(key)
    if not n_events:
        return 0

    def batches() -> Iterator[pa.Table]:
        events = itertools.islice(store.events(key), n_events)  # what comes meanwhile waits
        while some := list(itertools.islice(events, _ROWS_AT_ONCE)):
            yield to_table(some)

    half = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(batches, half)
        half.replace(path)
    except OSError as error:
        raise BadInputError(
            f"'{path}' cannot be written", given=str(error.strerror), todo="Name another place"
        ) from None
    finally:
        half.unlink(missing_ok=True)
    return n_events
