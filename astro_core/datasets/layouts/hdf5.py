"""Images in one HDF5 file, row by row: the layout of Galaxy10.

A file is read only where its data lie in it: links, external storage and virtual datasets can
name any file of the machine, and are not followed.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts.base import LAYOUTS, LayoutSpec, Row, inside
from astro_core.datasets.layouts.picture import GREY, MAX_PIXELS, stretch_to_bytes
from astro_core.domain import ImagePart, Pixels
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    import h5py

SIGNATURE = b"\x89HDF\r\n\x1a\n"
IMAGES = "images"
MAX_ROWS = 10_000_000
MAX_CHUNK_BYTES = 256_000_000
MAX_PACKING = 1100  # deflate cannot do better than 1032 to 1
_CACHE_BYTES = 96_000_000  # a slab of Galaxy10's chunks, which hold many rows
_CACHE_SLOTS = 100_003
_OPEN_FILES = 4
_BROKEN = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError)


def is_hdf5(path: Path) -> bool:
    """Whether a file starts as HDF5 does."""
    try:
        with path.open("rb") as stream:
            return stream.read(8) == SIGNATURE
    except OSError:
        return False


def open_hdf5(path: Path, file: str) -> h5py.File:
    """Open a file for reading.

    Raises
    ------
    BadInputError
        If it is missing, damaged or something else.
    """
    import h5py

    if not path.is_file():
        raise BadInputError(f"'{file}' is missing", todo="Put the file back or drop the object")
    try:
        return h5py.File(path, "r", rdcc_nbytes=_CACHE_BYTES, rdcc_nslots=_CACHE_SLOTS)
    except _BROKEN as error:
        raise BadInputError(
            f"'{file}' is not an HDF5 file that can be read", given=str(error)
        ) from None


def _refuse(name: str, file: str, reason: str) -> BadInputError:
    return BadInputError(
        f"The dataset '{name}' in '{file}' {reason}", todo="Copy the data into the file itself"
    )


def own_dataset(opened: h5py.File, name: str, file: str) -> h5py.Dataset:
    """Return a dataset whose data lie in this very file and can be as large as it says.

    Raises
    ------
    BadInputError
        For a link, external or virtual storage, objects, a missing dataset or an absurd shape.
    """
    import h5py

    try:
        link = opened.get(name, getlink=True)
        if link is None:
            raise BadInputError(f"There is no dataset '{name}' in '{file}'")
        if not isinstance(link, h5py.HardLink):
            raise _refuse(name, file, "is a link to somewhere else; it was not followed")
        dataset = opened[name]
        if not isinstance(dataset, h5py.Dataset):
            raise BadInputError(f"'{name}' in '{file}' is not a dataset")
        if dataset.external is not None or dataset.is_virtual:
            raise _refuse(name, file, "keeps its data in other files; they were not opened")
        _check_size(dataset, name, file)
    except _BROKEN as error:
        raise BadInputError(f"'{file}' is damaged", given=str(error)) from None
    return dataset


def _check_size(dataset: h5py.Dataset, name: str, file: str) -> None:
    import h5py

    text = h5py.check_string_dtype(dataset.dtype) is not None
    if dataset.dtype.kind not in "uifbS" and not text:
        raise BadInputError(
            f"The dataset '{name}' in '{file}' holds {dataset.dtype}", expected="numbers"
        )
    itemsize = dataset.dtype.itemsize
    chunk = int(np.prod(dataset.chunks or (1,), dtype=object)) * itemsize
    size = int(np.prod(dataset.shape, dtype=object)) * itemsize
    stored = Path(dataset.file.filename).stat().st_size
    rows = dataset.shape[0] if dataset.shape else 0
    if chunk > MAX_CHUNK_BYTES or rows > MAX_ROWS or size > MAX_PACKING * stored:
        raise BadInputError(
            f"The dataset '{name}' in '{file}' declares more than the file can hold",
            given=" x ".join(f"{n:,}" for n in dataset.shape) + f" of {dataset.dtype}",
        )


def image_size(shape: Sequence[int], file: str) -> tuple[int, int, int]:
    """Height, width and number of colours of the images of a dataset of this shape.

    Raises
    ------
    BadInputError
        If it is no stack of pictures.
    """
    colours = shape[3] if len(shape) == 4 else 1
    if len(shape) not in (3, 4) or colours not in (1, 3) or 0 in shape:
        raise BadInputError(
            f"'{IMAGES}' in '{file}' is not a stack of pictures",
            expected="shape (n, height, width, 3) or (n, height, width)",
            given=" x ".join(map(str, shape)),
        )
    if shape[1] * shape[2] > MAX_PIXELS:
        raise BadInputError(
            f"The images in '{file}' are too large to be opened safely",
            expected=f"at most {MAX_PIXELS:,} pixels",
            given=f"{shape[2]:,} x {shape[1]:,}",
        )
    return shape[1], shape[2], colours


class _Handles:
    """Open files of this process; a file that changed is opened again."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[Any, ...], h5py.Dataset] = OrderedDict()
        self._lock = threading.Lock()

    def images(self, path: Path, file: str) -> h5py.Dataset:
        """The images of a file, opened at most once."""
        if not path.is_file():
            raise BadInputError(f"'{file}' is missing", todo="Put the file back")
        stat = path.stat()
        key = (os.getpid(), str(path), stat.st_ino, stat.st_mtime_ns, stat.st_size)
        with self._lock:
            if key not in self._open:
                opened = open_hdf5(path, file)
                dataset = own_dataset(opened, IMAGES, file)
                image_size(dataset.shape, file)
                self._open[key] = dataset
                while len(self._open) > _OPEN_FILES:
                    self._open.popitem(last=False)  # closes once nobody reads it any more
            self._open.move_to_end(key)
            return self._open[key]


_HANDLES = _Handles()


def _planes(values: NDArray[Any], grey: bool) -> NDArray[np.uint8]:
    bytes_ = values if values.dtype == np.uint8 else stretch_to_bytes(values)
    planes = bytes_[None] if bytes_.ndim == 2 else np.moveaxis(bytes_, -1, 0)
    if len(planes) == 1 and not grey:
        planes = np.repeat(planes, 3, axis=0)
    return np.ascontiguousarray(planes)


def _read(root: Path, part: ImagePart, row: Row) -> Pixels:
    """Read one image; what is not 8-bit is scaled to 8 bit by its own range."""
    file, index = str(row["file"]), int(row["row"])
    images = _HANDLES.images(inside(root, file), file)
    if not 0 <= index < images.shape[0]:
        raise BadInputError(
            f"'{file}' has no image {index:,}", expected=f"0 to {images.shape[0] - 1:,}"
        )
    try:
        values = images[index]
    except _BROKEN as error:
        raise BadInputError(f"Image {index:,} in '{file}' is damaged", given=str(error)) from None
    return Pixels(
        object_id=str(row["object_id"]),
        bands=part.bands,
        values=_planes(np.asarray(values), part.bands == GREY),
        display=True,
        pixel_scale_arcsec=_scale(row),
    )


def _scale(row: Row) -> float | None:
    value = row.get("pixel_scale_arcsec")
    if isinstance(value, (int, float)) and np.isfinite(value) and value > 0:
        return float(value)
    return None


def _files(_part: ImagePart, row: Row) -> tuple[str, ...]:
    return (str(row["file"]),)


HDF5 = LAYOUTS.add(
    LayoutSpec(name="hdf5", label="Images in one HDF5 file", read=_read, files=_files)
)
