"""Train the detector that finds galaxies on simulated pictures, as a run that survives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core import runs
from astro_core.datasets.boxes import read_boxes
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.detection.finder_bundle import FinderInfo, save_finder
from astro_core.detection.galaxy_finder import FINDER
from astro_core.detection.ssd_fitting import FinderTraining, fit_finder
from astro_core.detection.ssd_views import Scenes
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.params import from_mapping, to_mapping
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.runs.folder import now, versions
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.stack import open_stack
from astro_core.workspace import Workspace, publish, write_json

KIND = "train-finder"
BUNDLE, HISTORY = "finder", "history.json"
_KEPT_ASIDE = 10  # of so many pictures one is looked at only to see how the training goes


def submit_finder_training(
    workspace: Workspace, datasets: Sequence[str], settings: Mapping[str, Any]
) -> str:
    """Have the detector trained on simulated datasets; returns the run's id.

    Raises
    ------
    NotFoundError
        If there is no such dataset, or it has no true boxes.
    BadInputError
        If none is named, or a setting is unknown or out of bounds.
    """
    if not datasets:
        raise BadInputError("There is nothing to learn from", expected="one dataset or more")
    for name in datasets:
        read_boxes(open_dataset(workspace, name))
    training = from_mapping(FinderTraining, settings)
    params = {"datasets": list(datasets), "settings": to_mapping(training)}
    return runs.submit(workspace, KIND, params, title=f"Training {FINDER}")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """The pictures of a dataset that could be rendered, in the catalogue's order."""

    dataset: Dataset
    scenes: Scenes

    def part(self, *, aside: bool) -> Scenes:
        """Return the pictures that are kept aside, or the others."""
        places = np.arange(len(self.scenes.pixels))
        taken = np.flatnonzero((places % _KEPT_ASIDE == 0) == aside)
        return Scenes(
            pixels=self.scenes.pixels[taken], boxes=tuple(self.scenes.boxes[i] for i in taken)
        )

    def told(self) -> dict[str, Any]:
        """What a card says of it."""
        return {
            "name": self.dataset.name,
            "fingerprint": self.dataset.fingerprint,
            "n_pictures": len(self.scenes.pixels),
            "n_boxes": sum(map(len, self.scenes.boxes)),
        }


def run_finder_training(context: RunContext) -> dict[str, Any]:
    """Run kind "train-finder". Params: datasets (names), settings (mapping)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    params = from_mapping(FinderTraining, context.params["settings"])
    named = [open_dataset(context.workspace, name) for name in context.params["datasets"]]
    marked = [_marked(context, dataset) for dataset in named]
    told = [one.told() for one in marked]
    dealt = ", ".join(f"{t['n_boxes']:,} galaxies of '{t['name']}'" for t in told)
    context.log(f"Learning from {dealt}")
    fitted = fit_finder(
        tuple(one.part(aside=False) for one in marked),
        tuple(one.part(aside=True) for one in marked),
        params,
        context.folder / "checkpoint",
        context.progress,
        lambda history: write_json(context.folder / HISTORY, history),
    )
    info = FinderInfo(
        name=FINDER,
        size_px=params.size_px,
        training=to_mapping(params),
        datasets=tuple(told),
        created_at=now(),
        versions=versions(),
    )
    save_finder(context.folder / BUNDLE, fitted.model, info)
    return {
        "folder": str(context.folder / BUNDLE),
        "epochs": len(fitted.history),
        "parameters": int(fitted.model.count_params()),
        "validation_loss": fitted.history[-1]["val_loss"],
        "seconds": float(sum(epoch["seconds"] for epoch in fitted.history)),
    }


def copy_finder(workspace: Workspace, run_id: str, folder: Path) -> None:
    """Copy what a training made to a folder, replacing what is there."""
    made = folder.with_name(f"{folder.name}-half")
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(workspace.runs / run_id / BUNDLE, made)
    publish(made, folder)


def _marked(context: RunContext, dataset: Dataset) -> Marked:
    """Render a dataset's pictures, whole and the first stored row below, with the true boxes."""
    recipe = replace(dataset.recipe, crop_px=0, origin="lower")
    build_stack(context, dataset, recipe)
    stack = open_stack(context.workspace, dataset, recipe)
    assert stack is not None
    heights = read_catalogue(dataset, ["object_id", "height_px"]).set_index("object_id")
    by_picture = dict(tuple(read_boxes(dataset).groupby("field")))
    boxes = tuple(
        _on_picture(by_picture.get(name), int(heights.at[name, "height_px"]), recipe.size_px)
        for name in stack.object_ids[stack.ok]
    )
    return Marked(dataset=dataset, scenes=Scenes(pixels=stack.pixels[stack.ok], boxes=boxes))


def _on_picture(rows: Any, height_px: int, size_px: int) -> NDArray[np.float32]:
    """Boxes x0, y0, x1, y1 in px of the rendered picture, y down, and the signal to noise."""
    if rows is None:
        return np.empty((0, 5), dtype=np.float32)
    scale = size_px / height_px
    sides = (rows.x0, height_px - rows.y1, rows.x1, height_px - rows.y0)
    return np.stack([*(side * scale for side in sides), rows.snr], axis=1).astype(np.float32)


RUN_KINDS.add(
    RunKind(
        name=KIND,
        label="Train the galaxy finder",
        function=run_finder_training,
        holds_worker=True,
        resumes=True,
    )
)
