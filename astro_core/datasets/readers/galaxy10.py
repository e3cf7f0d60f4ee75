"""Galaxy10 in both editions, and anything else in its HDF5 layout.

Galaxy10 was compiled by Leung & Bovy (2019, MNRAS 483, 3255) from Galaxy Zoo votes: the SDSS
edition (21,785 images 69 x 69) and the DECaLS edition (17,736 images 256 x 256).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.layouts.hdf5 import (
    IMAGES,
    image_size,
    is_hdf5,
    open_hdf5,
    own_dataset,
)
from astro_core.datasets.layouts.picture import COLOUR, GREY
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.pictures import entries
from astro_core.domain import GalaxyClass, ImagePart, Progress, Taxonomy
from astro_core.domain.taxonomy import KEYS
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    import h5py

ANSWERS = "ans"
# Published names, without the commas of "Smooth, Cigar shaped": a choice of classes is a list.
CLASSES: dict[str, tuple[str, ...]] = {
    "decals": (
        "Disturbed",
        "Merging",
        "Round Smooth",
        "In-between Round Smooth",
        "Cigar Shaped Smooth",
        "Barred Spiral",
        "Unbarred Tight Spiral",
        "Unbarred Loose Spiral",
        "Edge-on without Bulge",
        "Edge-on with Bulge",
    ),
    "sdss": (
        "Disk Face-on No Spiral",
        "Smooth Completely round",
        "Smooth in-between round",
        "Smooth Cigar shaped",
        "Disk Edge-on Rounded Bulge",
        "Disk Edge-on Boxy Bulge",
        "Disk Edge-on No Bulge",
        "Disk Face-on Tight Spiral",
        "Disk Face-on Medium Spiral",
        "Disk Face-on Loose Spiral",
    ),
}
_SIDES = {256: "decals", 69: "sdss"}
_COLUMNS = {"ra": "ra_deg", "dec": "dec_deg", "pxscale": "pixel_scale_arcsec"}
_MAX_COLUMNS = 64
_MAX_CLASSES = 256


def _find(path: Path) -> Path | None:
    """The HDF5 file at a path: itself, or the only one directly in a folder."""
    if path.is_file():
        return path if is_hdf5(path) else None
    names = [e.path for e in entries(path) if e.name.lower().endswith((".h5", ".hdf5"))]
    return Path(names[0]) if len(names) == 1 and is_hdf5(Path(names[0])) else None


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    with open_hdf5(path, path.name) as file:
        yield file


def _sniff(path: Path) -> Match | None:
    found = _find(path)
    if found is None:
        return None
    try:
        with _opened(found) as file:
            shape = own_dataset(file, IMAGES, found.name).shape
            height, width, _ = image_size(shape, found.name)
            labelled = ANSWERS in file
    except BadInputError:
        return Match(score=0.2, reason="An HDF5 file, but not in the layout of Galaxy10")
    seen = f"HDF5 with {shape[0]:,} images of {width} x {height} pixels"
    return Match(score=0.97 if labelled else 0.6, reason=f"{seen}{' and labels' * labelled}")


def _class_names(file: h5py.File, side: int, highest: int) -> tuple[str, ...]:
    """Class of each number: as the file says, as published for its edition, or numbered."""
    own = file.attrs.get("class_names")
    if own is not None and np.ndim(own) == 1 and highest < len(own) <= _MAX_CLASSES:
        names = [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in own]
        if len(set(names)) == len(names):
            return tuple(names)
    edition = _SIDES.get(side, "")
    if highest < len(CLASSES.get(edition, ())):
        return CLASSES[edition]
    return tuple(f"class {i}" for i in range(highest + 1))


def _answers(file: h5py.File, n_images: int, name: str) -> np.ndarray[Any, Any] | None:
    if ANSWERS not in file:
        return None
    dataset = own_dataset(file, ANSWERS, name)
    if dataset.shape != (n_images,) or dataset.dtype.kind not in "ui":
        raise BadInputError(
            f"The labels in '{name}' do not fit the images",
            expected=f"'{ANSWERS}' with {n_images:,} whole numbers",
            given=f"shape {dataset.shape} of {dataset.dtype}",
        )
    return np.asarray(dataset[()], dtype=np.int64)


def _label(
    file: h5py.File, frame: pd.DataFrame, side: int, name: str
) -> tuple[Taxonomy | None, list[str]]:
    """Add the label column; return the classes and what was odd."""
    answers = _answers(file, len(frame), name)
    if answers is None:
        return None, ["There is no dataset 'ans': the images come without labels."]
    good = (answers >= 0) & (answers < _MAX_CLASSES)
    names = _class_names(file, side, int(answers[good].max(initial=-1)))
    frame["label"] = pd.Series(answers).where(good).map(dict(enumerate(names))).astype("str")
    classes = tuple(
        GalaxyClass(name=n, key=KEYS[i] if i < len(KEYS) else "") for i, n in enumerate(names)
    )
    bad = int((~good).sum())
    notes = [f"{bad:,} labels are no class numbers and were left empty."] if bad else []
    return Taxonomy(name=f"galaxy10_{_SIDES.get(side, 'like')}", classes=classes), notes


def _add_columns(file: h5py.File, frame: pd.DataFrame, name: str) -> list[str]:
    """Add every other dataset that has one number per image."""
    notes = []
    others = [k for k in list(file)[: _MAX_COLUMNS * 2] if k not in (IMAGES, ANSWERS, "object_id")]
    for key in others[:_MAX_COLUMNS]:
        try:
            dataset = own_dataset(file, key, name)
        except BadInputError as error:
            notes.append(f"{error}")
            continue
        if dataset.shape == (len(frame),) and dataset.dtype.kind in "uifb":
            column = _COLUMNS.get(key, f"{key}_given" if key in REQUIRED_COLUMNS else key)
            frame[column] = np.asarray(dataset[()])
    return notes


def _object_ids(file: h5py.File, n_images: int, side: int, name: str) -> list[str]:
    if "object_id" in file:
        dataset = own_dataset(file, "object_id", name)
        if dataset.shape == (n_images,):
            ids = [
                v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v)
                for v in dataset[()]
            ]
            if len(set(ids)) == len(ids):
                return ids
    stem = _SIDES.get(side, "image")
    return [f"{stem}-{i:05d}" for i in range(n_images)]


def _scan(path: Path, _options: ScanOptions, progress: Progress) -> Scan:
    progress(0, 0, "Reading labels")
    found = _find(path)
    if found is None:
        raise BadInputError(
            f"'{path.name}' is not one HDF5 file", expected="a file such as Galaxy10_DECals.h5"
        )
    with _opened(found) as file:
        shape = own_dataset(file, IMAGES, found.name).shape
        height, width, colours = image_size(shape, found.name)
        side = width if width == height else 0
        ids = _object_ids(file, shape[0], side, found.name)
        frame = pd.DataFrame(
            {"object_id": ids, "part": 0, "file": found.name, "row": np.arange(shape[0])}
        )
        taxonomy, notes = _label(file, frame, side, found.name)
        notes.extend(_add_columns(file, frame, found.name))
    part = ImagePart(
        layout="hdf5", root=str(found.parent.resolve()), bands=COLOUR if colours == 3 else GREY
    )
    return Scan(
        parts=(part,),
        catalogue=frame,
        taxonomy=taxonomy,
        notes=tuple(notes),
        pixel_scale_arcsec=_common_scale(frame),
    )


def _common_scale(frame: pd.DataFrame) -> float | None:
    if "pixel_scale_arcsec" not in frame:
        return None
    scales = frame["pixel_scale_arcsec"].unique()
    return float(scales[0]) if len(scales) == 1 and np.isfinite(scales[0]) else None


READERS.add(
    ReaderSpec(
        name="galaxy10",
        label="Galaxy10 HDF5",
        description="One HDF5 file with the datasets images and ans, as Galaxy10 DECaLS and "
        "Galaxy10 SDSS are published; ra, dec, redshift and pxscale come in where they are.",
        sniff=_sniff,
        scan=_scan,
    )
)
