"""YOLO: a text file for each picture, a line for each box, in shares of the picture's sides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from astro_core.detection.annotations.base import (
    ANNOTATIONS,
    Annotated,
    AnnotationSpec,
    Files,
    SizeOf,
    file_stems,
    make_boxes,
    refusal,
)

CLASSES = "classes.txt"


def write(pictures: Sequence[Annotated]) -> dict[str, bytes]:
    """Return one text file for each picture, and the names of the classes."""
    names = sorted({label for picture in pictures for label in picture.labels})
    each = zip(file_stems(pictures), pictures, strict=True)
    return {
        **{f"{stem}.txt": _lines(picture, names) for stem, picture in each},
        CLASSES: "".join(f"{name}\n" for name in names).encode(),
    }


def _lines(picture: Annotated, names: list[str]) -> bytes:
    ends = picture.boxes.corners.reshape(-1, 2, 2) / (picture.width_px, picture.height_px)
    rows = np.concatenate([ends.mean(axis=1), ends[:, 1] - ends[:, 0]], axis=1)
    lines = [
        " ".join([str(names.index(label)), *(f"{value:.8f}" for value in row)])
        for row, label in zip(rows, picture.labels, strict=True)
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def read(files: Files, size_of: SizeOf) -> tuple[Annotated, ...]:
    """Read one picture from each file but that of the classes, which has their names."""
    named = {PurePath(name).name: content for name, content in files.items()}
    names = named.pop(CLASSES, b"").decode(errors="replace").split("\n")
    return tuple(_read(name, content, names, size_of) for name, content in named.items())


def _read(name: str, content: bytes, names: list[str], size_of: SizeOf) -> Annotated:
    stem = PurePath(name).stem
    try:
        size = size_of(stem)
        if size is None:
            raise ValueError("the picture is not beside it, and its size is needed")
        rows = [line.split() for line in content.decode().splitlines() if line.strip()]
        values = np.array([row[1:5] for row in rows], dtype=np.float64).reshape(-1, 2, 2)
        half = values[:, 1] / 2
        ends = np.stack([values[:, 0] - half, values[:, 0] + half], axis=1) * size
        labels = [_name(int(row[0]), names) for row in rows]
    except (ValueError, IndexError) as error:
        raise refusal(name, error) from None
    boxes = make_boxes(name, ends.reshape(-1, 4).tolist(), labels)
    return Annotated(file=stem, width_px=size[0], height_px=size[1], boxes=boxes)


def _name(number: int, names: list[str]) -> str:
    known = 0 <= number < len(names) and names[number].strip()
    return known or f"class {number}"


ANNOTATIONS.add(
    AnnotationSpec(
        name="yolo",
        label="YOLO",
        description="A text file for each picture and one with the classes. Keeps no scores.",
        suffix=".txt",
        mime="text/plain",
        together=False,
        write=write,
        read=read,
        shared=CLASSES,
    )
)
