"""Looks into models on disk: one ``.npz`` file each, arrays and JSON, never a pickle."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import NotFoundError
from astro_core.explain.results import (
    Activations,
    Cams,
    Filters,
    Integrated,
    Maps,
    Occlusion,
    Rotation,
)
from astro_core.params import digest
from astro_core.workspace import Workspace, check_name, whole_file

Result = Cams | Occlusion | Integrated | Rotation | Activations | Filters
_META = "meta"
_LIMIT_BYTES = 500_000_000  # of all that is kept


@dataclass(frozen=True, kw_only=True, eq=False)
class Explanation:
    """One look into a model.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    model, dataset, object_id : str
        The last two are empty for filters, which no galaxy was needed for.
    head : str
    outputs : tuple of str
        Classes or vote answers of the head.
    answers : array of float32, shape (n_outputs,)
        What the model says of the galaxy, as `predict` does.
    calibrated : bool
        Whether those are calibrated probabilities.
    image : array of uint8, shape (size, size, 3)
        The galaxy as the model saw it.
    result : Result
        By the method: "cam" `Cams`, "occlusion" `Occlusion`, "integrated" `Integrated`,
        "rotation" `Rotation`, "activations" `Activations`, "filters" `Filters`.
    """

    method: str
    model: str
    dataset: str
    object_id: str
    head: str
    outputs: tuple[str, ...]
    answers: NDArray[np.float32]
    calibrated: bool
    image: NDArray[np.uint8]
    result: Result

    @property
    def top(self) -> str:
        """The answer with the largest value."""
        return self.outputs[int(self.answers.argmax())]


@dataclass(frozen=True, kw_only=True, eq=False)
class MeanMaps:
    """Where a model looks for one class, on the mean over galaxies it got right and wrong.

    Attributes
    ----------
    output : str
        The class; all maps are maps of it.
    groups : tuple of str
        "right" (is one, was said to be), "missed" (is one, something else was said), "taken"
        (is something else, was said to be one).
    n_objects : array of int, shape (3,)
        Galaxies in the sample that belong to each group.
    n_maps : array of int, shape (3,)
        Those whose maps were averaged; each map counts from 0 to 1.
    n_zero : array of int, shape (3,)
        Those of them in which nothing spoke for the class; they count as zeros.
    maps : Maps
        One for each group, zeros for one without galaxies.
    images : array of uint8, shape (3, size, size, 3)
        Mean images of the same galaxies.
    object_ids : tuple of tuple of str
        Galaxies of each group that were averaged.
    part : str
        Part of the dataset they were drawn from; "all" where the model was not trained on it.
    n_asked : int
        Labelled galaxies that the model was asked about.
    """

    model: str
    dataset: str
    head: str
    output: str
    part: str
    n_asked: int
    layer: str
    groups: tuple[str, ...]
    n_objects: NDArray[np.int64]
    n_maps: NDArray[np.int64]
    n_zero: NDArray[np.int64]
    maps: Maps
    images: NDArray[np.uint8]
    object_ids: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """Images of galaxies that are in no dataset, as a model takes them.

    Attributes
    ----------
    images : array of uint8, shape (n, size, size, 3)
    """

    images: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """What a model says of such images.

    Attributes
    ----------
    answers : array of float32, shape (n, n_outputs of all heads)
        One head after the other, not calibrated.
    vectors : array of float32, shape (n, width)
        What stands for each galaxy; no columns where the model has no such vector.
    """

    answers: NDArray[np.float32]
    vectors: NDArray[np.float32]


Stored = Explanation | MeanMaps | Shown | Said
_KNOWN = (
    Explanation, MeanMaps, Shown, Said,
    Maps, Cams, Occlusion, Integrated, Rotation, Activations, Filters,
)  # fmt: skip
_TYPES = {kind.__name__: kind for kind in _KNOWN}


def path_of(workspace: Workspace, key: str) -> Path:
    """File of a look, whether it is there or not."""
    return workspace.explanations / f"{check_name(key, 'explanation')}.npz"


def keep_image(workspace: Workspace, image: NDArray[np.uint8]) -> str:
    """Keep an image that is in no dataset, and return the id by which it can be asked about.

    Parameters
    ----------
    image : array of uint8, shape (size, size, 3)
        A galaxy as a model takes it.
    """
    return keep_images(workspace, image[None])


def keep_images(workspace: Workspace, images: NDArray[np.uint8]) -> str:
    """Keep images, shape (n, size, size, 3), under a name that is made of their pixels."""
    told = hashlib.sha256(np.ascontiguousarray(images)).hexdigest()
    key = f"images-{digest([images.shape, told])}"
    if not path_of(workspace, key).is_file():
        write_stored(workspace, key, Shown(images=images))
    return key


def kept_images(workspace: Workspace, key: str) -> NDArray[np.uint8]:
    """Return what `keep_images` kept.

    Raises
    ------
    NotFoundError
        If they are no longer there.
    """
    found = read_stored(workspace, key)
    assert isinstance(found, Shown)
    return found.images


def write_stored(workspace: Workspace, key: str, found: Stored) -> None:
    """Write a look, whole or not at all."""
    path = path_of(workspace, key)
    arrays: dict[str, Any] = {}
    told = json.dumps(_pack(found, "", arrays)).encode()
    with whole_file(path) as half, half.open("wb") as stream:
        np.savez(stream, **{_META: np.frombuffer(told, np.uint8)}, **arrays)


def read_stored(workspace: Workspace, key: str) -> Stored:
    """Read a look; kept in memory while it is in use.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    path = path_of(workspace, key)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise NotFoundError(
            f"There is no explanation '{key}' any more", todo="Ask for it again"
        ) from None


@functools.lru_cache(maxsize=64)
def _read(path: Path, _modified_ns: int) -> Stored:
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for array in arrays.values():
        array.flags.writeable = False
    found: Stored = _unpack(json.loads(bytes(arrays.pop(_META))), arrays)
    return found


def _pack(value: Any, place: str, arrays: dict[str, Any]) -> Any:
    """Write a result as JSON values; its arrays go into `arrays`, by their place in it."""
    if isinstance(value, np.ndarray):
        arrays[place] = value
        return {"array": place}
    if is_dataclass(value):
        inner = {f.name: _pack(getattr(value, f.name), f"{place}.{f.name}", arrays)
                 for f in fields(value)}  # fmt: skip
        return {"type": type(value).__name__, "fields": inner}
    return value


def _unpack(value: Any, arrays: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(inner, arrays) for inner in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    inner = {name: _unpack(v, arrays) for name, v in value["fields"].items()}
    return _TYPES[value["type"]](**inner)


def sweep(workspace: Workspace, limit_bytes: int = _LIMIT_BYTES) -> None:
    """Remove the looks that were used longest ago, while they take more than `limit_bytes`."""
    if not workspace.explanations.is_dir():
        return
    found = [(path, path.stat()) for path in workspace.explanations.glob("*.npz")]
    total = sum(status.st_size for _, status in found)
    for path, status in sorted(found, key=lambda item: item[1].st_mtime):
        if total <= limit_bytes:
            return
        path.unlink(missing_ok=True)
        total -= status.st_size
