"""COCO: one JSON file for all pictures (Lin et al. 2014, arXiv:1405.0312)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from astro_core.detection.annotations.base import (
    ANNOTATIONS,
    Annotated,
    AnnotationSpec,
    Files,
    SizeOf,
    make_boxes,
    refusal,
)
from astro_core.domain import Boxes

FILE = "annotations.json"
_BROKEN = (AttributeError, KeyError, TypeError, ValueError, RecursionError, OverflowError)


def write(pictures: Sequence[Annotated]) -> dict[str, bytes]:
    """Return one JSON file with the boxes of all pictures."""
    names = sorted({label for picture in pictures for label in picture.labels})
    kinds = {name: i for i, name in enumerate(names, start=1)}
    boxes = [
        {**box, "image_id": i, "category_id": kinds[label]}
        for i, picture in enumerate(pictures, start=1)
        for box, label in zip(_boxes(picture), picture.labels, strict=True)
    ]
    value = {
        "images": [
            {"id": i, "file_name": p.file, "width": p.width_px, "height": p.height_px}
            for i, p in enumerate(pictures, start=1)
        ],
        "categories": [{"id": i, "name": name} for name, i in kinds.items()],
        "annotations": [{"id": i, **box} for i, box in enumerate(boxes, start=1)],
    }
    return {FILE: json.dumps(value).encode()}


def _boxes(picture: Annotated) -> list[dict[str, Any]]:
    boxes = picture.boxes
    rows = zip(boxes.corners.tolist(), boxes.sides.tolist(), boxes.scores.tolist(), strict=True)
    return [
        {
            "bbox": [*corners[:2], *sides],
            "area": sides[0] * sides[1],
            "iscrowd": 0,
            "score": round(score, 6),
        }
        for corners, sides, score in rows
    ]


def read(files: Files, size_of: SizeOf) -> tuple[Annotated, ...]:  # noqa: ARG001 - it says the sizes
    """Read the pictures of all files; boxes of crowds, which hold many objects, are left out."""
    return tuple(picture for name, content in files.items() for picture in _read(name, content))


def _read(name: str, content: bytes) -> list[Annotated]:
    try:
        value = json.loads(content)
        kinds = {kind["id"]: str(kind["name"]) for kind in value["categories"]}
        rows: dict[Any, list[Any]] = {image["id"]: [] for image in value["images"]}
        for row in value["annotations"]:
            if not row.get("iscrowd"):
                rows[row["image_id"]].append(row)
        return [
            Annotated(
                file=str(image["file_name"]),
                width_px=int(image["width"]),
                height_px=int(image["height"]),
                boxes=_read_boxes(name, rows[image["id"]], kinds),
            )
            for image in value["images"]
        ]
    except _BROKEN as error:
        raise refusal(name, error) from None


def _read_boxes(name: str, rows: list[Any], kinds: dict[Any, str]) -> Boxes:
    places = np.array([row["bbox"] for row in rows], dtype=np.float64).reshape(-1, 2, 2)
    corners = np.cumsum(places, axis=1).reshape(-1, 4)  # from x, y, width, height
    labels = [kinds[row["category_id"]] for row in rows]
    return make_boxes(name, corners.tolist(), labels, [row.get("score", 1.0) for row in rows])


ANNOTATIONS.add(
    AnnotationSpec(
        name="coco",
        label="COCO",
        description="One JSON file for all pictures, scores and all.",
        suffix=".json",
        mime="application/json",
        together=True,
        write=write,
        read=read,
    )
)
