"""Looks at every pixel once: can it be read, how large is it, what does it hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.layouts import LAYOUTS, part_root
from astro_core.domain import ImagePart, Pixels
from astro_core.errors import BadInputError

ROW_COLUMNS = ("object_id", "part", "file", "row", "missing_bands")


def content_hash(pixels: Pixels) -> str:
    """Hash of pixel values, shape and number type; the same picture in two files has one."""
    values = np.moveaxis(pixels.values, 0, -1) if pixels.display else pixels.values
    values = np.ascontiguousarray(values)
    digest = hashlib.blake2b(f"{values.shape}{values.dtype.str}".encode(), digest_size=12)
    digest.update(values.data)
    return digest.hexdigest()


def emptiness(pixels: Pixels, missing: Sequence[str] = ()) -> str:
    """Return why the pixels hold nothing, in words, or "" when they hold something.

    Colours of a picture are judged together, bands of a measurement one by one.
    """
    if 0 in pixels.values.shape:
        return "The image has no pixels"
    if pixels.display:
        return _emptiness(pixels.values, "Every pixel")
    for band, plane in zip(pixels.bands, pixels.values, strict=True):
        if band not in missing and (reason := _emptiness(plane, f"Every pixel of band {band}")):
            return reason
    return ""


def _emptiness(values: np.ndarray[Any, Any], subject: str) -> str:
    first = values.flat[0]
    if np.isfinite(first) and first != 0 and values.flat[-1] != first:
        return ""
    if values.dtype.kind == "f" and not np.isfinite(values).any():
        return f"{subject} is NaN"
    if not np.nan_to_num(values).any():
        return f"{subject} is zero"
    if (values == first).all():
        return f"{subject} has the same value, {first:g}"
    return ""


def check_image(folder: Path, parts: Sequence[ImagePart], row: Mapping[str, Any]) -> dict[str, Any]:
    """Read one object; return reason ("" when it is good), width_px, height_px and content."""
    part = parts[int(row["part"])]
    try:
        pixels = LAYOUTS.get(part.layout).read(part_root(folder, part), part, row)
    except BadInputError as error:
        return {"reason": str(error), "width_px": 0, "height_px": 0, "content": ""}
    missing = str(row.get("missing_bands") or "").split(",")
    height, width = pixels.values.shape[1:]
    return {
        "reason": emptiness(pixels, missing),
        "width_px": int(width),
        "height_px": int(height),
        "content": content_hash(pixels),
    }


def check_images(
    folder: str, parts: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Read objects and say what is in them; plain JSON in and out, for the engine's workers.

    Parameters
    ----------
    folder : str
        What relative roots of the parts are relative to.
    parts : sequence of mapping
        The fields of each `ImagePart`.
    rows : sequence of mapping
        Catalogue rows with `ROW_COLUMNS`.

    Returns
    -------
    list of dict
        As `check_image`, one per row and in their order.
    """
    read = [ImagePart(**{**part, "bands": tuple(part["bands"])}) for part in parts]
    return [check_image(Path(folder), read, row) for row in rows]
