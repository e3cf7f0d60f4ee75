"""What is about to be imported, before anything is written: classes, name, settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from astro_core.datasets.classmap import parse_class_map
from astro_core.datasets.store import list_datasets
from astro_core.errors import BadInputError
from astro_core.workspace import Workspace

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._ -]+")
_PACKED = (".gz", ".bz2", ".xz", ".zip", ".tar", ".tgz", ".fits", ".fit", ".h5", ".hdf5", ".csv")
_MAP_SIGNS = ("=", "+", ",")


def class_table(classes: Mapping[str, int]) -> pd.DataFrame:
    """Return an editable table of classes: keep, class, objects, becomes."""
    names = list(classes)
    return pd.DataFrame(
        {
            "keep": [True] * len(names),
            "class": names,
            "objects": [int(classes[name]) for name in names],
            "becomes": names,
        }
    )


def map_text(table: pd.DataFrame) -> str:
    """Write an edited table of classes as the command line takes it; empty if it keeps all.

    Classes that become the same are merged; what is not kept is left out.

    Raises
    ------
    BadInputError
        If nothing is kept, or a new name holds a sign that the map itself uses.
    """
    members: dict[str, list[str]] = {}
    for row in table.to_dict("records"):
        old = str(row["class"])
        new = row["becomes"].strip() if isinstance(row["becomes"], str) else ""
        if row["keep"]:
            members.setdefault(new or old, []).append(old)
    if all(new == olds[0] and len(olds) == 1 for new, olds in members.items()) and (
        len(members) == len(table)
    ):
        return ""
    if not members:
        raise BadInputError("No class is kept", todo="Keep at least one")
    _check_signs([name for new, olds in members.items() for name in (new, *olds)])
    text = ",".join(
        new if olds == [new] else f"{new}={'+'.join(olds)}" for new, olds in members.items()
    )
    parse_class_map(text)
    return text


def _check_signs(names: Sequence[str]) -> None:
    for name in names:
        if any(sign in name for sign in _MAP_SIGNS):
            raise BadInputError(
                f"The class '{name}' cannot be renamed or merged",
                expected="names without '=', '+' and ','",
            )


def mapped_counts(table: pd.DataFrame) -> dict[str, int]:
    """Objects per class as they will be."""
    kept = table[table["keep"].astype(bool)]
    named = [
        new.strip() if isinstance(new, str) and new.strip() else old
        for new, old in zip(kept["becomes"], kept["class"], strict=True)
    ]
    counts: dict[str, int] = {}
    for name, n in zip(named, kept["objects"], strict=True):
        counts[name] = counts.get(name, 0) + int(n)
    return counts


def suggest_name(workspace: Workspace, place: str) -> str:
    """Propose a free name from a path or address."""
    parts = urlsplit(place)
    last = parts.netloc if parts.scheme in ("http", "https") else Path(place).name
    while last.lower().endswith(_PACKED):
        last = last[: last.rfind(".")]
    stem = _NOT_IN_NAMES.sub("_", last).strip("._- ")[:70] or "survey"
    taken = {d.name.lower() for d in list_datasets(workspace)}
    name, number = stem, 1
    while name.lower() in taken:
        number += 1
        name = f"{stem} {number}"
    return name


def is_scratch(workspace: Workspace, path: str) -> bool:
    """Whether a path lies in scratch, as uploads do: it will be gone, so images are copied."""
    return bool(path) and Path(path).is_relative_to(workspace.scratch)


def import_params(
    workspace: Workspace, looked: Mapping[str, Any], settings: Mapping[str, Any], extend: str = ""
) -> tuple[str, dict[str, Any]]:
    """Return run kind and params for what was looked at.

    Parameters
    ----------
    looked : Mapping
        Params of the run that inspected it: path, reader, labels, keep_incomplete.
    settings : Mapping
        name, classes, train, validation, seed, copy_images.
    extend : str
        Dataset that gets the images; empty makes a new one.
    """
    shared = {
        "path": looked["path"],
        "reader": looked.get("reader", ""),
        "labels": looked.get("labels", ""),
        "keep_incomplete": looked.get("keep_incomplete", False),
        "classes": settings["classes"],
        "seed": settings["seed"],
        "copy_images": settings["copy_images"] or is_scratch(workspace, str(looked["path"])),
    }
    if extend:
        return "extend", {"dataset": extend, **shared}
    own = {name: settings[name] for name in ("name", "train", "validation")}
    return "import", {**own, **shared}
