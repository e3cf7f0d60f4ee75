"""Images of chosen objects: a folder per class, an archive of it, or Galaxy10's HDF5 layout."""

from __future__ import annotations

import csv
import io
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset, Progress, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.workflows.browse import CatalogueView, Rows
from astro_core.workflows.stack import stamps
from astro_core.workspace import Workspace

CHUNK = 256
JPEG_QUALITY = 95
NO_LABEL = "unlabelled"
INDEX = "index.csv"
_REDSHIFT_NAMES = ("redshift", "z_spec", "zspec", "spec_z", "photo_z", "zphot")
Put = Callable[[str, bytes], None]


@dataclass(frozen=True, kw_only=True)
class ImageJob:
    """What is to be exported: these rows of this catalogue under this recipe."""

    workspace: Workspace
    dataset: Dataset
    view: CatalogueView
    rows: Rows
    recipe: RenderRecipe
    progress: Progress

    def chunks(self) -> Iterator[tuple[Rows, NDArray[np.uint8], NDArray[np.bool_]]]:
        """Yield rows, their images and which of them could be read; reports progress."""
        for start in range(0, len(self.rows), CHUNK):
            self.progress(start, len(self.rows), "writing images")
            rows = self.rows[start : start + CHUNK]
            pixels, ok = stamps(self.workspace, self.dataset, self.recipe, self.view.ids(rows))
            yield rows, np.asarray(pixels), np.asarray(ok, dtype=bool)
        self.progress(len(self.rows), len(self.rows), "writing images")

    def labels(self, rows: Rows) -> list[str]:
        """Class of each row; empty for none."""
        codes, names = self.view.codes("label")
        return [names[c] if c >= 0 else "" for c in codes[rows]]


def folder_names(class_names: tuple[str, ...]) -> dict[str, str]:
    """A folder name for each class that every file system takes, no two alike.

    The empty name, for objects without a label, becomes "unlabelled".
    """
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for name in ("", *class_names):
        stem = re.sub(r"[^\w.-]+", "_", name).strip("._") or NO_LABEL
        folder, number = stem, 2
        while folder.lower() in taken:
            folder, number = f"{stem}_{number}", number + 1
        taken.add(folder.lower())
        folders[name] = folder
    return folders


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return stream.getvalue()


def _write_folders(job: ImageJob, put: Put) -> int:
    folders = folder_names(job.view.codes("label")[1])
    counts = dict.fromkeys(folders, 0)
    index = io.StringIO(newline="")
    writer = csv.writer(index)
    writer.writerow(("file", "object_id", "label"))
    for rows, images, ok in job.chunks():
        known = zip(job.view.ids(rows), job.labels(rows), images, ok, strict=True)
        for object_id, label, image, good in known:
            if not good:
                continue
            counts[label] += 1
            file = f"{folders[label]}/{folders[label]}-{counts[label]}.jpg"
            put(file, _jpeg(image))
            writer.writerow((file, object_id, label))
    put(INDEX, index.getvalue().encode())
    return sum(counts.values())


@contextmanager
def _folder(path: Path) -> Iterator[Put]:
    def put(name: str, content: bytes) -> None:
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    path.mkdir(parents=True)
    yield put


@contextmanager
def _tar(path: Path) -> Iterator[Put]:
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:  # JPEG does not shrink further

        def put(name: str, content: bytes) -> None:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))

        yield put


@contextmanager
def _zip(path: Path) -> Iterator[Put]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        yield archive.writestr


_SINKS: dict[str, Callable[[Path], AbstractContextManager[Put]]] = {
    "folder": _folder,
    "tar.gz": _tar,
    "zip": _zip,
}


def write_class_folders(job: ImageJob, path: Path, sink: str) -> int:
    """Write `<class>/<class>-<i>.jpg` and an index with the object ids; returns the number.

    Parameters
    ----------
    sink : str
        "folder", "tar.gz" or "zip".
    """
    with _SINKS[sink](path) as put:
        return _write_folders(job, put)


def pixel_scale(job: ImageJob) -> NDArray[np.float64] | None:
    """Arcsec per pixel of the exported images, shape (n_rows,); None where it is not known."""
    native = job.dataset.pixel_scale_arcsec
    if native is None:
        return None
    sides = np.minimum(job.view.numbers("width_px"), job.view.numbers("height_px"))[job.rows]
    side = np.full(len(job.rows), job.recipe.crop_px) if job.recipe.crop_px else sides
    return np.asarray(native * side / job.recipe.size_px, dtype=np.float64)


def _galaxy10_columns(job: ImageJob) -> dict[str, NDArray[Any]]:
    codes = job.view.codes("label")[0][job.rows]
    columns: dict[str, NDArray[Any]] = {"ans": codes.astype(np.uint8)}
    for name, column in (("ra", "ra_deg"), ("dec", "dec_deg")):
        columns[name] = job.view.numbers(column)[job.rows].astype(np.float64)
    for column in _REDSHIFT_NAMES:
        if column in job.view.numeric_columns:
            columns["redshift"] = job.view.numbers(column)[job.rows].astype(np.float64)
            break
    scale = pixel_scale(job)
    return columns if scale is None else columns | {"pxscale": scale}


def labelled_rows(job: ImageJob) -> Rows:
    """The rows that have a class: Galaxy10's `ans` has no value for "none".

    Raises
    ------
    BadInputError
        If no row has one, or there are more classes than a byte can number.
    """
    codes, names = job.view.codes("label")
    rows = job.rows[codes[job.rows] >= 0]
    if not len(rows) or len(names) > 256:
        raise BadInputError(
            "The Galaxy10 layout needs labelled objects of at most 256 classes",
            given=f"{len(rows)} labelled objects, {len(names)} classes",
            todo="Export a folder per class or a catalogue instead",
        )
    return rows


def write_galaxy10(job: ImageJob, path: Path) -> int:
    """Write Galaxy10's HDF5 layout; returns the number of images.

    Datasets `images` (n, size, size, 3) uint8, `ans` (n,) uint8, `ra`, `dec` in degrees,
    `redshift` and `pxscale` (arcsec per pixel) where known, as astroNN describes Galaxy10
    DECaLS, and beyond it `object_id`. The class behind each number of `ans` is in the
    attribute `class_names`. `job.rows` must all have a label.
    """
    import h5py

    n_rows, size = len(job.rows), job.recipe.size_px
    kept: list[NDArray[np.int64]] = []
    n_written = 0
    with h5py.File(path, "w") as file:
        images = file.create_dataset(
            "images", (n_rows, size, size, 3), "uint8", chunks=(1, size, size, 3),
            maxshape=(n_rows, size, size, 3), compression="gzip", compression_opts=1,
        )  # fmt: skip
        for number, (_, pixels, ok) in enumerate(job.chunks()):
            images[n_written : n_written + ok.sum()] = pixels[ok]
            n_written += int(ok.sum())
            kept.append(np.flatnonzero(ok) + number * CHUNK)
        images.resize(n_written, axis=0)
        where = np.concatenate(kept)
        for name, column in _galaxy10_columns(job).items():
            file.create_dataset(name, data=column[where])
        ids = np.array(job.view.ids(job.rows[where]), dtype=object)
        file.create_dataset("object_id", data=ids, dtype=h5py.string_dtype())
        file.attrs["class_names"] = [str(n) for n in job.view.codes("label")[1]]
    return n_written
