"""Make the pixel stack of a dataset: in parallel, in scratch, into place when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Progress, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging.objects import try_object_image
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.object_rows import (
    chunks,
    object_table,
    read_plan,
    remove_plan,
    write_plan,
)
from astro_core.workflows.stack import OBJECTS, PIXELS, open_stack, stack_path
from astro_core.workspace import publish

_DISK_RESERVE = 1.05


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
    with (place / PIXELS).open("r+b") as stream:  # not mapped, so that memory stays small
        header = stream.seek(0, os.SEEK_END) - len(table.frame) * row_bytes
        stream.seek(header + start * row_bytes)
        stream.write(block.data)
    return bad


def _reserve(folder: Path, n_objects: int, size_px: int) -> None:
    """Make the empty pixel file, if the disk has room for it."""
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
    np.lib.format.open_memmap(folder / PIXELS, mode="w+", dtype=np.uint8, shape=shape)


def build_stack(
    context: RunContext,
    dataset: Dataset,
    recipe: RenderRecipe,
    *,
    again: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Make the stack of a dataset under a recipe in parallel, or find it made.

    Parameters
    ----------
    again : bool
        Make it anew even if it is there: images that could not be read may be back.
    progress : Progress, optional
        What to report to where this is one step of several; by default the run's own.

    Raises
    ------
    Cancelled
        If somebody asked the run to stop; nothing is left behind.
    BadInputError
        If the disk has no room for it, or not one object can be rendered.
    NotFoundError
        If the dataset was changed or deleted meanwhile.
    """
    final = stack_path(context.workspace, dataset, recipe)
    if (final / PIXELS).exists() and not again:
        return final
    made = context.workspace.scratch_folder("pixels")
    try:
        frame = object_table(dataset).frame
        write_plan(made, dataset, frame)
        _reserve(made, len(frame), recipe.size_px)
        reasons = _render_all(context, made, recipe, len(frame), progress or context.progress)
        _check_worth(dataset, reasons)
        table = frame.assign(ok=[not reason for reason in reasons], reason=reasons)
        table.to_parquet(made / OBJECTS, index=False)
        remove_plan(made)
        if again:
            publish(made, final)
        else:
            _publish_first(made, final)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return final


def _render_all(
    context: RunContext, made: Path, recipe: RenderRecipe, n: int, progress: Progress
) -> list[str]:
    fixed = {"folder": str(made), "recipe": recipe.to_json()}
    parts = chunks(n)
    reasons = [""] * n
    done = 0
    progress(0, n, "Rendering images")
    for index, bad in context.map(render_rows, [fixed | part for part in parts]):
        for row, reason in bad:
            reasons[row] = reason
        done += parts[index]["stop"] - parts[index]["start"]
        progress(done, n, "Rendering images")
    return reasons


def _check_worth(dataset: Dataset, reasons: Sequence[str]) -> None:
    """Refuse to keep a stack that says nothing, or that belongs to nothing any more."""
    object_table(dataset)
    if reasons and all(reasons):
        raise BadInputError(
            f"Not one of the {len(reasons):,} objects can be shown: {reasons[0]}",
            todo="Choose another recipe, or see whether the images are where they were",
        )


def _publish_first(made: Path, final: Path) -> None:
    """Move a stack into place, unless somebody else made the same one meanwhile."""
    final.parent.mkdir(parents=True, exist_ok=True)
    with (made / PIXELS).open("rb") as stream:
        os.fsync(stream.fileno())
    try:
        made.rename(final)
    except OSError:
        if not (final / PIXELS).exists():
            raise


def run_pixels(context: RunContext) -> dict[str, Any]:
    """Run kind "pixels". Params: dataset (name), recipe (JSON, or its own), again (bool)."""
    dataset = open_dataset(context.workspace, context.params["dataset"])
    given = context.params.get("recipe")
    recipe = RenderRecipe.from_json(given) if given is not None else dataset.recipe
    again = bool(context.params.get("again", False))
    path = build_stack(context, dataset, recipe, again=again)
    stack = open_stack(context.workspace, dataset, recipe)
    assert stack is not None
    return {
        "path": str(path),
        "n_objects": len(stack.object_ids),
        "n_bad": int((~stack.ok).sum()),
        "bytes": stack.pixels.nbytes,
    }


RUN_KINDS.add(RunKind(name="pixels", label="Prepare images", function=run_pixels, quick=True))
