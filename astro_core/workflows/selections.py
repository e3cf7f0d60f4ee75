"""Named selections: objects that somebody wants to keep together, with the reason and the source.

A selection is one JSON file in ``selections/<folder of the dataset>``, so it stays with its
dataset when that gets another name, and with its objects when more are added.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from astro_core.domain import Dataset
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.workflows.object_rows import object_table
from astro_core.workspace import Workspace, check_name, read_json, write_json

MAX_REASON = 500
_NAMED_IN_ERRORS = 3


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Objects of a dataset that somebody put together.

    Attributes
    ----------
    dataset : str
        Name of the dataset, as it is called now.
    object_ids : tuple of str
        In the order in which they were chosen.
    reason : str
        Why, in the person's words or the page's.
    source : Mapping
        Where they come from, as plain JSON values:
        ``{"kind": "branch", "clustering": key, "node": 123}``.
    created_at : str
        UTC, ISO 8601.
    """

    name: str
    dataset: str
    object_ids: tuple[str, ...]
    reason: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = ""


def _folder(workspace: Workspace, dataset: Dataset) -> Path:
    return workspace.selections / dataset.folder.name


def _path(workspace: Workspace, dataset: Dataset, name: str) -> Path:
    return _folder(workspace, dataset) / f"{check_name(name, 'selection').lower()}.json"


def _check_ids(dataset: Dataset, ids: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(ids))
    if not chosen:
        raise BadInputError("There is nothing to save", todo="Select some objects first")
    index = object_table(dataset).index
    unknown = [i for i, at in zip(chosen, index.get_indexer(list(chosen)), strict=True) if at < 0]
    if unknown:
        raise BadInputError(
            f"{len(unknown):,} of these objects are not in '{dataset.name}'",
            given=", ".join(unknown[:_NAMED_IN_ERRORS])
            + ("..." if len(unknown) > _NAMED_IN_ERRORS else ""),
        )
    return chosen


def save_selection(
    workspace: Workspace,
    dataset: Dataset,
    name: str,
    ids: Sequence[str],
    *,
    reason: str = "",
    source: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> Selection:
    """Save objects of a dataset under a name.

    Parameters
    ----------
    ids : sequence of str
        Object ids; one that comes twice is kept once.
    source : Mapping, optional
        Where they come from, as plain JSON values.

    Raises
    ------
    BadInputError
        If the name cannot be used, there are no ids, or some are not in the dataset.
    ConflictError
        If there is a selection of that name and `overwrite` is not set.
    """
    path = _path(workspace, dataset, name)
    selection = Selection(
        name=check_name(name, "selection"),
        dataset=dataset.name,
        object_ids=_check_ids(dataset, ids),
        reason=reason.strip()[:MAX_REASON],
        source=dict(source or {}),
        created_at=datetime.now(UTC).isoformat(),
    )
    if path.exists() and not overwrite:
        raise _taken(selection.name)
    _write(path, selection)
    return selection


def _taken(name: str) -> ConflictError:
    return ConflictError(
        f"There is already a selection named '{name}'", todo="Choose another name or replace it"
    )


def _write(path: Path, selection: Selection) -> None:
    write_json(
        path,
        {
            "name": selection.name,
            "dataset": selection.dataset,
            "reason": selection.reason,
            "source": dict(selection.source),
            "created_at": selection.created_at,
            "object_ids": list(selection.object_ids),
        },
    )


def list_selections(workspace: Workspace, dataset: Dataset) -> tuple[Selection, ...]:
    """All selections of a dataset, the newest first; a file that is none is passed over."""
    found = []
    for path in _folder(workspace, dataset).glob("*.json"):
        try:
            found.append(_open(path, dataset.name))
        except (NotFoundError, BadInputError):
            continue
    return tuple(sorted(found, key=lambda s: (s.created_at, s.name), reverse=True))


def open_selection(workspace: Workspace, dataset: Dataset, name: str) -> Selection:
    """Return the selection named `name`; case does not matter.

    Raises
    ------
    NotFoundError
        If there is none; the message lists what there is.
    BadInputError
        If the name cannot be one, or its file cannot be read.
    """
    path = _path(workspace, dataset, name)
    try:
        return _open(path, dataset.name)
    except NotFoundError:
        names = [s.name for s in list_selections(workspace, dataset)]
        raise NotFoundError(
            f"'{dataset.name}' has no selection named '{name}'",
            expected="one of " + ", ".join(names) if names else "",
            todo="" if names else "Select some objects and save them first",
        ) from None


def _open(path: Path, dataset: str) -> Selection:
    try:
        status = path.stat()
        found = _read(path, status.st_mtime_ns, status.st_ino)
    except FileNotFoundError:
        raise NotFoundError(f"There is no selection '{path.stem}'") from None
    return replace(found, dataset=dataset)


@functools.lru_cache(maxsize=64)
def _read(path: Path, _modified_ns: int, _inode: int) -> Selection:
    try:
        value = read_json(path)
        return Selection(
            name=str(value["name"]),
            dataset=str(value["dataset"]),
            object_ids=tuple(map(str, value["object_ids"])),
            reason=str(value["reason"]),
            source=dict(value["source"]),
            created_at=str(value["created_at"]),
        )
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise BadInputError(
            f"The file '{path.name}' holds no selection", todo="Delete it, or save it again"
        ) from None


def delete_selection(workspace: Workspace, dataset: Dataset, name: str) -> None:
    """Delete a selection; its objects stay.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    path = _path(workspace, dataset, name)
    if not path.exists():
        raise NotFoundError(f"'{dataset.name}' has no selection named '{name}'")
    path.unlink(missing_ok=True)


def rename_selection(workspace: Workspace, dataset: Dataset, name: str, new_name: str) -> Selection:
    """Give a selection another name; all else stays.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    ConflictError
        If the new name is taken.
    """
    old, new = (_path(workspace, dataset, n) for n in (name, new_name))
    renamed = replace(
        open_selection(workspace, dataset, name), name=check_name(new_name, "selection")
    )
    if new != old and new.exists():
        raise _taken(renamed.name)
    _write(new, renamed)
    if new != old:
        old.unlink(missing_ok=True)
    return renamed
