"""Images of a dataset under a recipe, as PNG files in a folder of one's own."""

from __future__ import annotations

import csv
import io
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import try_object_image
from astro_core.params import digest
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.object_rows import chunks, object_table, read_plan, write_plan
from astro_core.workflows.recipes import check_bands
from astro_core.workflows.stack import open_stack
from astro_core.workspace import Workspace

_LISTED = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]")
_LONGEST = 120


def file_names(object_ids: Sequence[str]) -> list[str]:
    """Return one safe, distinct PNG name for each object, ``<object_id>.png`` where that will do.

    An id with characters that a file system may refuse, or one that another id equals but for
    case, gets a hash at its end.
    """
    seen: set[str] = set()
    names = []
    for object_id in object_ids:
        safe = _UNSAFE.sub("_", object_id)[:_LONGEST].lstrip(".") or "_"
        if safe != object_id or safe.lower() in seen:
            safe = f"{safe}-{digest(object_id, length=8)}"
        seen.add(safe.lower())
        names.append(f"{safe}.png")
    return names


def render_files(
    workspace: str, plan: str, folder: str, recipe: dict[str, Any], start: int, stop: int
) -> list[list[str]]:
    """Write the images of some planned objects; returns [object_id, file, reason] of bad ones."""
    dataset, table = read_plan(Path(plan))
    how = RenderRecipe.from_json(recipe)
    stack = open_stack(Workspace(Path(workspace)), dataset, how)
    bad = []
    for row in table.rows(slice(start, stop)):
        if stack is None:
            image, reason = try_object_image(dataset, row, how)
        else:
            image, reason = stack.image(str(row["object_id"]))
        if reason:
            bad.append([str(row["object_id"]), str(row["file"]), reason])
        else:
            Image.fromarray(image).save(Path(folder) / row["image"], format="PNG", compress_level=3)
    return bad


def _make_folder(out: Path) -> Path:
    """Make the folder and a hidden one inside it, on the same disk, for images in the making."""
    made = out / f".rendering-{uuid.uuid4().hex[:8]}"
    try:
        made.mkdir(parents=True)
    except OSError as error:
        raise BadInputError(
            f"Images cannot be written to '{out}'",
            given=str(error.strerror),
            todo="Choose another folder",
        ) from None
    return made


def _listing(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def render_to_folder(
    context: RunContext, dataset: Dataset, recipe: RenderRecipe, out: Path
) -> dict[str, Any]:
    """Write the image of every object of a dataset under a recipe as ``<object_id>.png``.

    Files of the same name are replaced, each in one step and only after all images are made; other
    files in the folder stay. ``problems.csv`` lists objects that could not be rendered, and
    ``names.csv`` those whose id could not be their file's name; each is there only if it has rows.

    Returns
    -------
    dict
        folder, n_written, n_bad, and the first 100 problems.

    Raises
    ------
    BadInputError
        If the dataset lacks a band of the recipe or the folder cannot be written.
    Cancelled
        If somebody asked the run to stop; the folder is as it was.
    """
    check_bands(dataset, recipe)
    frame = object_table(dataset).frame
    frame = frame.assign(image=file_names([str(i) for i in frame["object_id"]]))
    existed = out.is_dir()
    made, plan = _make_folder(out), context.workspace.scratch_folder("render")
    try:
        write_plan(plan, dataset, frame)
        bad = _render_all(context, plan, made, recipe, len(frame))
        _write_listings(made, frame, bad)
        files = sorted(made.iterdir())
        for file in files:
            file.replace(out / file.name)
    finally:
        shutil.rmtree(plan, ignore_errors=True)
        shutil.rmtree(made, ignore_errors=True)
        if not existed and not any(out.iterdir()):
            out.rmdir()
    problems = [dict(zip(("object_id", "file", "reason"), b, strict=True)) for b in bad]
    return {
        "folder": str(out),
        "n_written": len(frame) - len(bad),
        "n_bad": len(bad),
        "problems": problems[:_LISTED],
    }


def _render_all(
    context: RunContext, plan: Path, made: Path, recipe: RenderRecipe, n: int
) -> list[list[str]]:
    fixed = {
        "workspace": str(context.workspace.root),
        "plan": str(plan),
        "folder": str(made),
        "recipe": recipe.to_json(),
    }
    parts = chunks(n)
    bad: dict[int, list[list[str]]] = {}
    done = 0
    context.progress(0, n, "Writing images")
    for index, found in context.map(render_files, [fixed | part for part in parts]):
        bad[index] = found
        done += parts[index]["stop"] - parts[index]["start"]
        context.progress(done, n, "Writing images")
    return [row for index in sorted(bad) for row in bad[index]]


def _write_listings(made: Path, frame: pd.DataFrame, bad: list[list[str]]) -> None:
    if bad:
        listing = _listing(("object_id", "file", "reason"), bad)
        (made / "problems.csv").write_bytes(listing)
    renamed = frame.loc[frame["image"] != frame["object_id"] + ".png", ["object_id", "image"]]
    if len(renamed):
        listing = _listing(("object_id", "file"), renamed.to_numpy().tolist())
        (made / "names.csv").write_bytes(listing)


def run_render(context: RunContext) -> dict[str, Any]:
    """Run kind "render". Params: dataset (name), recipe (JSON, or its own if left out), out."""
    dataset = open_dataset(context.workspace, context.params["dataset"])
    given = context.params.get("recipe")
    recipe = RenderRecipe.from_json(given) if given is not None else dataset.recipe
    return render_to_folder(context, dataset, recipe, Path(context.params["out"]))


RENDER = RUN_KINDS.add(RunKind(name="render", label="Write images", function=run_render))
