"""Pixels once: a dataset under a recipe as one memory-mapped array that everything reuses.

A stack is a folder ``<dataset fingerprint>-<recipe key>`` with ``pixels.npy``, uint8 (n, size,
size, 3) in the catalogue's order, ``objects.parquet`` with the ids, whether each could be
rendered and why not. It is made in scratch and moved into place when it is whole, so that whoever
finds one can use it.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.domain import Dataset, RenderRecipe
from astro_core.imaging.objects import try_object_image
from astro_core.workflows.object_rows import ObjectTable, object_table
from astro_core.workspace import Workspace

PIXELS = "pixels.npy"
OBJECTS = "objects.parquet"
_THREADS = 4


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A dataset's images under one recipe.

    Attributes
    ----------
    objects : ObjectTable
        One row per image with object_id, ok, reason.
    pixels : array of uint8, shape (n_objects, size_px, size_px, 3)
        Memory-mapped, read-only; zeros where `ok` is False.
    """

    objects: ObjectTable
    pixels: NDArray[np.uint8]

    @property
    def object_ids(self) -> pd.Index:
        """Ids in the order of the images."""
        return self.objects.index

    @property
    def ok(self) -> NDArray[np.bool_]:
        """Whether each object could be rendered, shape (n_objects,)."""
        good: NDArray[np.bool_] = self.objects.frame["ok"].to_numpy(dtype=np.bool_)
        return good

    @property
    def problems(self) -> pd.DataFrame:
        """Objects that could not be rendered: object_id, file, reason."""
        frame = self.objects.frame
        return frame.loc[~self.ok, ["object_id", "file", "reason"]].reset_index(drop=True)

    def take(self, object_ids: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Return the images of objects in the order asked for, and whether each is good.

        Raises
        ------
        NotFoundError
            For an id that is not in the stack.
        """
        rows = self.objects.positions(object_ids)
        return np.asarray(self.pixels[rows]), self.ok[rows]

    def image(self, object_id: str) -> tuple[NDArray[np.uint8], str]:
        """Return the image of one object, and why it could not be rendered ("" if it could)."""
        row = int(self.objects.positions([object_id])[0])
        return np.asarray(self.pixels[row]), str(self.objects.frame["reason"].iloc[row])


def stack_path(workspace: Workspace, dataset: Dataset, recipe: RenderRecipe) -> Path:
    """Folder of the stack, whether it is there or not."""
    return workspace.stacks / f"{dataset.fingerprint}-{recipe.key}"


def open_stack(workspace: Workspace, dataset: Dataset, recipe: RenderRecipe) -> Stack | None:
    """Open the stack of a dataset under a recipe; None when it has not been made."""
    path = stack_path(workspace, dataset, recipe)
    try:
        status = (path / PIXELS).stat()
    except FileNotFoundError:
        return None
    return _open(path, status.st_mtime_ns, status.st_ino)


@functools.lru_cache(maxsize=4)
def _open(path: Path, _modified_ns: int, _inode: int) -> Stack:
    pixels = np.load(path / PIXELS, mmap_mode="r", allow_pickle=False)
    return Stack(objects=ObjectTable(pd.read_parquet(path / OBJECTS)), pixels=pixels)


def stamps(
    workspace: Workspace, dataset: Dataset, recipe: RenderRecipe, object_ids: Sequence[str]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return images of objects under a recipe: from the stack, or rendered now.

    Parameters
    ----------
    object_ids : sequence of str

    Returns
    -------
    images : array of uint8, shape (n, size_px, size_px, 3)
        In the order asked for; zeros where an object cannot be rendered.
    ok : array of bool, shape (n,)

    Raises
    ------
    NotFoundError
        For an id that the dataset does not have.
    """
    stack = open_stack(workspace, dataset, recipe)
    if stack is not None:
        return stack.take(object_ids)
    images, reasons = render_now(dataset, recipe, object_ids)
    return images, np.array([not reason for reason in reasons], dtype=bool)


def render_now(
    dataset: Dataset, recipe: RenderRecipe, object_ids: Sequence[str]
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Render objects in a few threads, without a stack.

    Returns
    -------
    images : array of uint8, shape (n, size_px, size_px, 3)
    reasons : tuple of str
        Why an object cannot be rendered; empty for the others.
    """
    table = object_table(dataset)
    rows = table.rows(table.positions(object_ids))
    images = np.zeros((len(rows), recipe.size_px, recipe.size_px, 3), dtype=np.uint8)
    reasons = [""] * len(rows)

    def fill(i: int) -> None:
        images[i], reasons[i] = try_object_image(dataset, rows[i], recipe)

    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        list(pool.map(fill, range(len(rows))))
    return images, tuple(reasons)
