"""Takes labels in from a file: all of them or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from astro_core.datasets.columns import plain, recognise
from astro_core.datasets.tables import column_names, read_table, table_suffix
from astro_core.domain import Dataset, LabelEvent, Person, Taxonomy, require, utc_text
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.workflows.label_classes import Vocabulary, check_objects, refuse_unknown
from astro_core.workflows.label_ids import given_again, made_id, of_this_dataset
from astro_core.workflows.label_table import from_record, is_event_table
from astro_core.workflows.label_zooniverse import is_zooniverse, read_classifications
from astro_core.workflows.streamed_tables import unguarded
from astro_core.workflows.taxonomies import review_taxonomy, taxonomy_versions
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

_NUMBERS = ("taxonomy_version", "suggested_probability", "seconds", "shown")
_ALIASES = {
    "reviewer": ("reviewer", "username", "user", "annotator", "observer", "classifier", "labeller"),
    "at": ("at", "time", "timestamp", "date", "datetime", "createdat", "labelledat"),
    "comment": ("comment", "comments", "note", "notes", "remark", "remarks"),
}


@dataclass(frozen=True, kw_only=True)
class LabelImport:
    """What came of an import.

    Attributes
    ----------
    n_events : int
        Labels in the file.
    n_new : int
        Those that were not there; the others are not stored again.
    notes : tuple of str
        What was assumed or left out.
    """

    n_events: int
    n_new: int
    notes: tuple[str, ...] = ()


def import_labels(
    workspace: Workspace, dataset: Dataset, path: Path, *, by: Person, reviewer: str = ""
) -> LabelImport:
    """Add the labels of a file to a dataset's: all or none, and none twice.

    The file is a table with the columns object_id, label and reviewer, and perhaps at and
    comment; or what `export_labels` wrote; or a classification export of Zooniverse.

    Parameters
    ----------
    by : Person
        Who takes them in; the file may speak for others, so that is a lead's to do.
    reviewer : str
        Who gave the labels, where the file does not say.

    Raises
    ------
    ForbiddenError
        If `by` is no lead.
    BadInputError
        If the file cannot be read, or names objects or classes that the dataset does not have.
    """
    from astro_core.labels.store import open_store

    require(by, "lead", "take in labels from a file")
    frame, notes = _read(path)
    own = is_event_table(frame.columns)
    if own:
        events = _own_events(frame, path, workspace, dataset)
    else:
        events, left = _labels(frame, path, workspace, dataset, reviewer)
        notes += left
    check_objects(dataset, [event.object_id for event in events])
    store = open_store(workspace)
    events = of_this_dataset(store, events)
    if own:
        added = store.append(events)
    else:
        added, assumed = _add_new(store, events)
        notes += assumed
    n_events = len({event.event_id for event in events})
    return LabelImport(n_events=n_events, n_new=len(added), notes=tuple(notes))


def _labels(
    frame: pd.DataFrame, path: Path, workspace: Workspace, dataset: Dataset, reviewer: str
) -> tuple[list[LabelEvent], list[str]]:
    """The labels of a table or a classification export, and what was left out."""
    words = Vocabulary(review_taxonomy(workspace, dataset))
    if is_zooniverse(frame.columns):
        events, n_left = read_classifications(frame, dataset, words)
        left = f"{n_left:,} tasks without an answer in words were left out."
    else:
        events, n_left = _plain_events(frame, path, dataset, words, reviewer)
        left = f"{n_left:,} rows without a label were left out."
    return events, [left] if n_left else []


def _add_new(store: LabelStore, events: Sequence[LabelEvent]) -> tuple[tuple[str, ...], list[str]]:
    """Store the labels that are not there; returns their ids and what was assumed."""
    again = given_again(store, events)
    known = store.known([event.event_id for event in again])
    new = [event for event in again if event.event_id not in known]
    n_back = len({event.event_id for event in new} - {event.event_id for event in events})
    notes = [f"{n_back:,} labels that had been taken back are given again."] if n_back else []
    now = utc_text(datetime.now(UTC))
    if n_late := sum(event.at > now for event in new):
        notes.append(
            f"{n_late:,} labels have a time that is yet to come; they count as given now. Times "
            "without a zone are read as UTC."
        )
        # In the order of their own times, so that the last of a person still stands.
        new = [replace(e, at=min(e.at, now)) for e in sorted(new, key=attrgetter("at"))]
    return store.append(new), notes


def _read(path: Path) -> tuple[pd.DataFrame, list[str]]:
    if path.suffix.lower() == ".json":
        frame, notes = _read_json(path), []
    else:
        if not table_suffix(path):
            raise _unreadable(path)
        table = read_table(
            path,
            text_column=lambda name: name not in _NUMBERS,
            null_words=[""] if is_event_table(column_names(path)) else None,  # some comment n/a
        )
        if table.n_ragged:
            raise BadInputError(
                f"{table.n_ragged:,} lines of '{path.name}' do not have as many fields as its "
                "header",
                todo="Nothing was imported; correct them first",
            )
        frame, notes = table.frame, list(table.notes)
    if not len(frame):
        raise BadInputError(f"'{path.name}' holds no labels")
    return frame, notes


def _unreadable(path: Path) -> BadInputError:
    return BadInputError(
        f"'{path.name}' is no table of labels",
        expected="CSV, ECSV, VOTable, FITS, Parquet or JSON",
    )


def _read_json(path: Path) -> pd.DataFrame:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInputError(f"There is no table '{path.name}'") from None
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"'{path.name}' cannot be read", given=str(error)) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInputError(f"'{path.name}' holds no labels", expected="a list of objects")
    return pd.DataFrame.from_records(rows).astype(object)


def _own_events(
    frame: pd.DataFrame, path: Path, workspace: Workspace, dataset: Dataset
) -> list[LabelEvent]:
    quoted = path.name.lower().removesuffix(".gz").endswith(".csv")
    events = []
    for number, row in enumerate(frame.to_dict("records"), 2):
        if quoted:
            row = {k: unguarded(v) if isinstance(v, str) else v for k, v in row.items()}  # noqa: PLW2901
        try:
            events.append(from_record({**row, "dataset": dataset_key(dataset)}))
        except (BadInputError, ValueError) as error:
            raise BadInputError(
                f"Row {number - 1:,} of '{path.name}' is no label event",
                given=str(error),
                todo="Nothing was imported",
            ) from None
    words = Vocabulary(dataset.taxonomy)
    sets = {e.taxonomy: _class_names(workspace, dataset, e.taxonomy) for e in events}
    named = [e for e in events if e.class_name and e.class_name not in sets[e.taxonomy]]
    unknown = [e.class_name for e in named if words.find(e.class_name) is None]
    refuse_unknown(unknown, words, dataset)
    return events


def _class_names(workspace: Workspace, dataset: Dataset, name: str) -> set[str]:
    """Classes of all versions of a set; none where it is not here."""
    versions = taxonomy_versions(workspace, dataset, name) if name else ()
    found = [review_taxonomy(workspace, dataset, name, version) for version in versions]
    return {class_name for taxonomy in found for class_name in taxonomy.class_names}


def _columns(frame: pd.DataFrame, path: Path, *, reviewer: str) -> dict[str, str]:
    """Which column of the file plays which role."""
    known = {plain(str(name)): str(name) for name in reversed(frame.columns)}
    roles = recognise(map(str, frame.columns))
    found = {
        role: next((known[a] for a in aliases if a in known), None)
        for role, aliases in _ALIASES.items()
    }
    found |= {"object_id": roles.object_id, "label": roles.label}
    needed = ("object_id", "label") if reviewer else ("object_id", "label", "reviewer")
    missing = [role for role in needed if found[role] is None]
    if missing:
        raise BadInputError(
            f"'{path.name}' has no column " + " and no column ".join(missing),
            expected="object_id, label, reviewer, and perhaps at and comment",
            given=", ".join(map(str, frame.columns)),
            todo="Name who gave the labels with --reviewer" if missing == ["reviewer"] else "",
        )
    return {role: column for role, column in found.items() if column is not None}


def _plain_events(
    frame: pd.DataFrame, path: Path, dataset: Dataset, words: Vocabulary, reviewer: str
) -> tuple[list[LabelEvent], int]:
    columns = _columns(frame, path, reviewer=reviewer)
    table = {role: [_text(v) for v in frame[column]] for role, column in columns.items()}
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    labelled = [row for row in rows if row["label"]]
    nobody = [
        n for n, r in enumerate(rows, 1) if r["label"] and not (r.get("reviewer") or reviewer)
    ]
    if nobody:
        raise BadInputError(
            f"{len(nobody):,} rows of '{path.name}' have no reviewer",
            given=f"the first is row {nobody[0]:,}",
            todo="Name who gave them with --reviewer",
        )
    said = {text: words.find(text) for text in {row["label"] for row in labelled}}
    refuse_unknown([r["label"] for r in labelled if said[r["label"]] is None], words, dataset)
    now = utc_text(datetime.now(UTC))  # one for all, so that a row that comes twice is one label
    events = [
        _plain_event(row, vars(said[row["label"]]), dataset, words.taxonomy, (reviewer, now))
        for row in labelled
    ]
    return events, len(rows) - len(labelled)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value).strip()


def _plain_event(
    row: Mapping[str, str],
    said: Mapping[str, str],
    dataset: Dataset,
    taxonomy: Taxonomy,
    otherwise: tuple[str, str],
) -> LabelEvent:
    reviewer, now = otherwise
    key, who, at = dataset_key(dataset), row.get("reviewer") or reviewer, row.get("at", "")
    return LabelEvent(
        event_id=made_id(
            key, row["object_id"], said["class_name"], who, at, row.get("comment", "")
        ),
        dataset=key,
        object_id=row["object_id"],
        reviewer=who,
        comment=row.get("comment", ""),
        taxonomy=taxonomy.name,
        taxonomy_version=taxonomy.version,
        fingerprint=dataset.fingerprint,
        at=at or now,
        **said,
    )
