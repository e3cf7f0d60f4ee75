"""Reads the classification export of a Zooniverse project.

One row per classification, with `annotations` (answers by task), `subject_data` (what was
uploaded with each subject) and `metadata` as JSON; see help.zooniverse.org, "Data exports".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from astro_core.domain import Dataset, LabelEvent
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.workflows.label_classes import Vocabulary, refuse_unknown, some_of
from astro_core.workflows.object_rows import object_table

_NEEDED = {"classification_id", "user_name", "annotations", "subject_data", "created_at"}
_IMAGE = re.compile(r"!?\[[^\]]*\]\([^)]*\)")


def is_zooniverse(names: Sequence[str]) -> bool:
    """Whether a table with these columns is a classification export."""
    return set(names) >= _NEEDED


def read_classifications(
    frame: pd.DataFrame, dataset: Dataset, words: Vocabulary
) -> tuple[list[LabelEvent], int]:
    """Read a classification export.

    A subject is the object whose id, or whose file name without suffix, is among its metadata.
    Tasks without an answer in words, such as drawings and texts, are passed over.

    Returns
    -------
    tuple
        The events, and the number of tasks that were passed over.

    Raises
    ------
    BadInputError
        If subjects are not in the dataset, or answers are none of its classes and answers.
    """
    ids = set(object_table(dataset).frame["object_id"])
    events: list[LabelEvent] = []
    strangers: list[str] = []
    unknown: list[str] = []
    passed_over = 0
    for row in frame.to_dict("records"):
        subject, metadata = _subject(row)
        object_id = _object_of(subject, metadata, ids)
        if object_id is None:
            strangers.append(subject)
            continue
        for task in _json(row, "annotations"):
            if not isinstance(task.get("value"), str):
                passed_over += 1
                continue
            text = _IMAGE.sub("", task["value"]).strip()
            said = words.find(text, str(task.get("task_label") or ""))
            if said is None:
                unknown.append(text)
            else:
                events.append(_event(row, task, object_id, dataset, vars(said) | _set(words)))
    _refuse_strangers(strangers, dataset)
    refuse_unknown(unknown, words, dataset)
    return events, passed_over


def _json(row: Mapping[Any, Any], name: str) -> Any:
    try:
        return json.loads(row[name])
    except (TypeError, ValueError):
        raise BadInputError(
            f"Classification {row['classification_id']} cannot be read",
            expected=f"JSON in the column {name}",
            given=str(row[name])[:60],
        ) from None


def _subject(row: Mapping[Any, Any]) -> tuple[str, Mapping[str, Any]]:
    data = _json(row, "subject_data")
    if not isinstance(data, dict) or not data:
        raise BadInputError(f"Classification {row['classification_id']} names no subject")
    subject, metadata = next(iter(data.items()))
    return str(subject), metadata if isinstance(metadata, dict) else {}


def _object_of(subject: str, metadata: Mapping[str, Any], ids: set[str]) -> str | None:
    return next((text for text in _candidates(subject, metadata) if text in ids), None)


def _candidates(subject: str, metadata: Mapping[str, Any]) -> Iterator[str]:
    texts = [str(v).strip() for k, v in metadata.items() if k != "retired" and v is not None]
    yield from texts
    yield from (PurePosixPath(text).stem for text in texts)
    yield subject


def _set(words: Vocabulary) -> dict[str, Any]:
    return {"taxonomy": words.taxonomy.name, "taxonomy_version": words.taxonomy.version}


def _event(
    row: Mapping[Any, Any],
    task: Mapping[str, Any],
    object_id: str,
    dataset: Dataset,
    said: Mapping[str, Any],
) -> LabelEvent:
    return LabelEvent(
        event_id=f"zooniverse-{row['classification_id']}-{task.get('task', '')}",
        dataset=dataset_key(dataset),
        object_id=object_id,
        reviewer=row["user_name"] if isinstance(row["user_name"], str) else "not logged in",
        at=str(row["created_at"]).replace(" UTC", "+00:00"),
        fingerprint=dataset.fingerprint,
        **said,
    )


def _refuse_strangers(subjects: Sequence[str], dataset: Dataset) -> None:
    if subjects:
        names = list(dict.fromkeys(subjects))
        raise BadInputError(
            f"{len(names):,} subjects are not in '{dataset.name}'",
            expected="subjects whose metadata hold an object_id or file name of the dataset",
            given="subject " + some_of(names),
            todo="Nothing was imported",
        )
