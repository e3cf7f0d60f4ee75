"""Uploaded files read in a process of its own, whatever they hold, and kept beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.domain import Pixels, Problem, Progress, RenderRecipe, no_progress
from astro_core.domain.box_event import boxes_from_json, boxes_to_json
from astro_core.errors import BadInputError
from astro_core.imaging import render_full
from astro_core.runs.apart import Bounds, prepare_apart, run_apart
from astro_core.workflows.pictures import UNPACKED, Picture, each_picture, show, sort_out
from astro_core.workflows.uploads import CLASSIFY_LIMITS, PictureLimits
from astro_core.workspace import read_json, write_json

KEPT = ".read"
_ENDED = "ended.json"
_HERE = "astro_core.workflows.read_upload"
_OF_PICTURE = ("name", "how", "digest", "ra_deg", "dec_deg", "files")
_OF_PIXELS = ("object_id", "bands", "display", "unit", "pixel_scale_arcsec")


def get_ready() -> None:
    """Start the process that reads, so that the first upload finds it ready; does not wait."""
    prepare_apart(f"{_HERE}:load")


def load() -> None:
    """Load what reading and rendering need; called in the process that reads."""
    noise = np.random.default_rng(0).normal(size=(3, 64, 64)).astype(np.float32)
    show(Pixels(object_id="", bands=("g", "r", "i"), values=noise, display=False))


def read_upload(
    folder: Path, *, limits: PictureLimits = CLASSIFY_LIMITS, progress: Progress = no_progress
) -> tuple[tuple[Picture, ...], tuple[Problem, ...]]:
    """Read every picture of an upload as `each_picture` does, however hostile the files are.

    Time and memory are bounded; a file that breaks the bounds ends the reading, and what was
    read before it stays. The pixels are kept in the folder and mapped, not held in memory; asked
    again, nothing is read again.

    Parameters
    ----------
    folder : Path
        An upload's own folder.

    Raises
    ------
    BadInputError
        If there is nothing that could be a picture.
    """
    kept = folder / KEPT
    if not (kept / _ENDED).is_file():
        kept.mkdir(exist_ok=True)
        params = {"folder": str(folder), "kept": str(kept), "limits": asdict(limits)}
        bounds = Bounds(seconds=limits.max_seconds, memory_bytes=limits.max_memory)
        try:
            stopped = run_apart(f"{_HERE}:keep", params, bounds, progress)
        finally:
            for left in kept.glob(f"{UNPACKED}*"):  # a process that was killed leaves it
                shutil.rmtree(left, ignore_errors=True)
        write_json(kept / _ENDED, {"stopped": stopped})
    return sort_out(_load(kept))


def keep(params: Mapping[str, Any], progress: Progress) -> None:
    """Read an upload and keep what it held; called in the process that reads."""
    given = params["limits"]
    limits = PictureLimits(**{**given, "suffixes": tuple(given["suffixes"])})
    kept = Path(params["kept"])
    n_pictures = n_values = 0
    every = each_picture(Path(params["folder"]), limits=limits, scratch=kept, progress=progress)
    for number, read in enumerate(every):
        if isinstance(read, Picture):
            n_pictures += 1
            n_values += read.pixels.values.size
        if n_pictures > limits.max_files or n_values > limits.max_values:
            _store(kept / f"{number:05d}", _too_much(n_pictures - 1, limits))
            return
        _store(kept / f"{number:05d}", read)


def _too_much(n_read: int, limits: PictureLimits) -> Problem:
    error = BadInputError(
        f"Only the first {n_read:,} pictures were read",
        expected=f"at most {limits.max_files:,} pictures with {limits.max_values / 3e6:,.0f} "
        "million colour pixels together",
        todo="Bring the others later",
    )
    return Problem(object_id="", file="", reason=str(error))


def _store(path: Path, read: Picture | Problem) -> None:
    """Write what was read; the JSON file comes last, so what it names is whole."""
    if isinstance(read, Problem):
        write_json(_said(path), {"problem": asdict(read)})
        return
    pixels = read.pixels
    np.save(_values(path), pixels.values, allow_pickle=False)
    if not np.may_share_memory(read.image, pixels.values):
        np.save(_image(path), read.image, allow_pickle=False)
    about = {name: getattr(pixels, name) for name in _OF_PIXELS} | {"wcs": dict(pixels.wcs)}
    told = {name: getattr(read, name) for name in _OF_PICTURE} | {"recipe": read.recipe.to_json()}
    if read.boxes is not None:
        told["boxes"] = boxes_to_json(read.boxes)
    write_json(_said(path), {"picture": told, "pixels": about})


def _load(kept: Path) -> Iterator[Picture | Problem]:
    for said in sorted(kept.glob("[0-9]*.json")):
        told = read_json(said)
        path = said.with_suffix("")
        yield Problem(**told["problem"]) if "problem" in told else _picture(path, told)
    stopped = read_json(kept / _ENDED)["stopped"]
    if stopped:
        reason = (
            f"{stopped}; what came after it was not read. Bring fewer or smaller files at once."
        )
        yield Problem(object_id="", file="", reason=reason)


def _picture(path: Path, told: Mapping[str, Any]) -> Picture:
    about = told["pixels"]
    values = np.load(_values(path), mmap_mode="r", allow_pickle=False)
    pixels = Pixels(**{**about, "bands": tuple(about["bands"]), "values": values})
    recipe = RenderRecipe.from_json(told["picture"]["recipe"])
    if _image(path).is_file():
        image = np.load(_image(path), mmap_mode="r", allow_pickle=False)
    else:
        image = render_full(pixels, recipe, whole=True)
    more = told["picture"] | {"files": tuple(told["picture"]["files"]), "recipe": recipe}
    if "boxes" in more:
        more["boxes"] = boxes_from_json(more["boxes"])
    return Picture(pixels=pixels, image=image, **more)


def _said(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _values(path: Path) -> Path:
    return path.with_name(f"{path.name}.npy")


def _image(path: Path) -> Path:
    return path.with_name(f"{path.name}-image.npy")
