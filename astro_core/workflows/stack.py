"""Pixels once: a dataset under a recipe as one memory-mapped array that everything reuses.

A stack is a folder ``<dataset fingerprint>-<recipe key>`` with ``pixels.npy``, uint8 (n, size,
size, 3) in the catalogue's order, ``objects.parquet`` with the ids, whether each could be
rendered and why not. It is made in scratch and moved into place when it is whole, so that whoever
finds one can use it.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging.objects import try_object_image
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.object_rows import (
    PLAN_DATASET,
    PLAN_ROWS,
    ObjectTable,
    object_table,
    read_plan,
    write_plan,
)
from astro_core.workspace import Workspace

_PIXELS = "pixels.npy"
_CHUNK_ROWS = 64
_THREADS = 4
_DISK_RESERVE = 1.05


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
        status = (path / _PIXELS).stat()
    except FileNotFoundError:
        return None
    return _open(path, status.st_mtime_ns, status.st_ino)


@functools.lru_cache(maxsize=4)
def _open(path: Path, _modified_ns: int, _inode: int) -> Stack:
    pixels = np.load(path / _PIXELS, mmap_mode="r", allow_pickle=False)
    return Stack(objects=ObjectTable(pd.read_parquet(path / PLAN_ROWS)), pixels=pixels)


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


def render_rows(folder: str, recipe: dict[str, Any], start: int, stop: int) -> list[list[Any]]:
    """Render some rows of a planned stack into its file; returns [row, reason] of bad ones."""
    place = Path(folder)
    how = RenderRecipe.from_json(recipe)
    dataset, table = read_plan(place)
    block = np.zeros((stop - start, how.size_px, how.size_px, 3), dtype=np.uint8)
    bad: list[list[Any]] = []
    for i, row in enumerate(table.rows(slice(start, stop))):
        block[i], reason = try_object_image(dataset, row, how)
        if reason:
            bad.append([start + i, reason])
    row_bytes = block[0].nbytes
    with (place / _PIXELS).open("r+b") as stream:  # not mapped, so that memory stays small
        header = stream.seek(0, os.SEEK_END) - len(table.frame) * row_bytes
        stream.seek(header + start * row_bytes)
        stream.write(block.tobytes())
    return bad


def chunks(n: int) -> list[dict[str, int]]:
    """Split `n` rows into pieces that a worker does in a second or so: start, stop."""
    starts = range(0, n, _CHUNK_ROWS)
    return [{"start": start, "stop": min(start + _CHUNK_ROWS, n)} for start in starts]


def _reserve(folder: Path, n_objects: int, size_px: int) -> int:
    """Make the empty pixel file and return its size in bytes."""
    shape = (n_objects, size_px, size_px, 3)
    needed = n_objects * size_px * size_px * 3
    free = shutil.disk_usage(folder).free
    if needed * _DISK_RESERVE > free:
        raise BadInputError(
            "There is not enough room on the disk for the images",
            expected=f"{needed / 1e9:.1f} GB",
            given=f"{free / 1e9:.1f} GB free",
            todo="Choose a smaller image size, or delete datasets or image stacks",
        )
    np.lib.format.open_memmap(folder / _PIXELS, mode="w+", dtype=np.uint8, shape=shape)
    return needed


def build_stack(context: RunContext, dataset: Dataset, recipe: RenderRecipe) -> Path:
    """Make the stack of a dataset under a recipe in parallel, or find it made.

    Raises
    ------
    Cancelled
        If somebody asked the run to stop; nothing is left behind.
    BadInputError
        If the disk has no room for it.
    """
    final = stack_path(context.workspace, dataset, recipe)
    if (final / _PIXELS).exists():
        return final
    made = context.workspace.scratch_folder("pixels")
    try:
        frame = object_table(dataset).frame
        write_plan(made, dataset, frame)
        _reserve(made, len(frame), recipe.size_px)
        reasons = _render_all(context, made, recipe, len(frame))
        frame.assign(ok=[not r for r in reasons], reason=reasons).to_parquet(
            made / PLAN_ROWS, index=False
        )
        (made / PLAN_DATASET).unlink()
        _publish_first(made, final)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return final


def _render_all(context: RunContext, made: Path, recipe: RenderRecipe, n: int) -> list[str]:
    fixed = {"folder": str(made), "recipe": recipe.to_json()}
    parts = chunks(n)
    reasons = [""] * n
    done = 0
    context.progress(0, n, "Rendering images")
    for index, bad in context.map(render_rows, [fixed | part for part in parts]):
        for row, reason in bad:
            reasons[row] = reason
        done += parts[index]["stop"] - parts[index]["start"]
        context.progress(done, n, "Rendering images")
    return reasons


def _publish_first(made: Path, final: Path) -> None:
    """Move a stack into place, unless somebody else made the same one meanwhile."""
    final.parent.mkdir(parents=True, exist_ok=True)
    with (made / _PIXELS).open("rb") as stream:
        os.fsync(stream.fileno())
    try:
        made.rename(final)
    except OSError:
        if not (final / _PIXELS).exists():
            raise


def run_pixels(context: RunContext) -> dict[str, Any]:
    """Run kind "pixels". Params: dataset (name), recipe (JSON; the dataset's own if left out)."""
    dataset = open_dataset(context.workspace, context.params["dataset"])
    given = context.params.get("recipe")
    recipe = RenderRecipe.from_json(given) if given is not None else dataset.recipe
    path = build_stack(context, dataset, recipe)
    stack = open_stack(context.workspace, dataset, recipe)
    assert stack is not None
    return {
        "path": str(path),
        "n_objects": len(stack.object_ids),
        "n_bad": int((~stack.ok).sum()),
        "bytes": stack.pixels.nbytes,
    }


PIXELS = RUN_KINDS.add(
    RunKind(name="pixels", label="Prepare images", function=run_pixels, quick=True)
)
