"""What was computed from a dataset: pixel stacks, features, groupings and maps.

They are made by rooms above this one. Names of stacks and features begin with the dataset's
fingerprint, and the ``meta.json`` of groupings and maps names the features. Only paths are
handled here, so that a dataset's deletion and the clearing of caches know what goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astro_core.domain import Dataset
from astro_core.workspace import Workspace, read_json

META = "meta.json"
SAVED = "saved.json"  # what a person said of it: such a thing is no cache


def meta_of(path: Path) -> dict[str, Any]:
    """What a folder says of itself; empty when it says nothing."""
    try:
        found = read_json(path / META)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _folders(place: Path) -> list[Path]:
    return sorted(p for p in place.glob("*") if p.is_dir())


def made_from(workspace: Workspace, dataset: Dataset) -> list[Path]:
    """Features of a dataset as it is now, whole or half done, and their groupings and maps.

    Groupings that were saved of an earlier state of it are among them.
    """
    features = [
        path
        for path in _folders(workspace.features)
        if path.name.lstrip(".").startswith(f"{dataset.fingerprint}-")
    ]
    keys = {path.name for path in features}
    later = _folders(workspace.clusterings) + _folders(workspace.maps)
    return features + [path for path in later if _rests_on(path, keys, dataset)]


def _rests_on(path: Path, features: set[str], dataset: Dataset) -> bool:
    meta = meta_of(path)
    now = meta.get("features") in features or meta.get("fingerprint") == dataset.fingerprint
    return now or meta.get("dataset_folder") == dataset.folder.name


def replaceable(workspace: Workspace) -> list[Path]:
    """Features, groupings and maps that can be computed again.

    Groupings that a person saved or named groups of stay, with the features that they rest on.
    """
    kept = [p for p in _folders(workspace.clusterings) if (p / SAVED).is_file()]
    names = {p.name for p in kept}
    needed = {meta_of(p).get("features") for p in kept}
    features = [p for p in _folders(workspace.features) if p.name not in needed]
    groupings = [p for p in _folders(workspace.clusterings) if p.name not in names]
    return features + groupings + _folders(workspace.maps)
