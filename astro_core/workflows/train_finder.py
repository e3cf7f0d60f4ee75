"""Train the detector that finds galaxies, as a run that survives.

It learns from simulated pictures and from those in which people drew boxes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core import runs
from astro_core.datasets.store import open_dataset
from astro_core.detection.finder_bundle import FinderInfo, save_finder
from astro_core.detection.fitting import FinderTraining, fit_finder
from astro_core.detection.galaxy_finder import FINDER
from astro_core.detection.views import Scenes, gather
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.params import from_mapping, to_mapping
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.runs.folder import now, versions
from astro_core.workflows.known_boxes import drawn_by_people, known_boxes
from astro_core.workflows.marked_pictures import marked_pictures
from astro_core.workspace import Workspace, publish, write_json

KIND = "train-finder"
BUNDLE, HISTORY = "finder", "history.json"
_KEPT_ASIDE = 10  # of so many pictures one is looked at only to see how the training goes


def submit_finder_training(
    workspace: Workspace, datasets: Sequence[str], settings: Mapping[str, Any]
) -> str:
    """Have the detector trained on datasets with known boxes; returns the run's id.

    Raises
    ------
    NotFoundError
        If there is no such dataset, or nobody knows where its galaxies are.
    BadInputError
        If none is named, there are too few pictures, a setting is unknown or out of bounds, or the
        architecture needs an extra that is not installed.
    """
    if not datasets:
        raise BadInputError("There is nothing to learn from", expected="one dataset or more")
    n_known = max(len(known_boxes(open_dataset(workspace, name))) for name in datasets)
    if n_known < 2:
        raise BadInputError(
            "There are too few pictures to learn from",
            expected="two or more with known boxes in one dataset, as some are kept aside",
            given=f"{n_known}",
        )
    training = from_mapping(FinderTraining, settings)
    training.network.check()
    params = {"datasets": list(datasets), "settings": to_mapping(training)}
    return runs.submit(workspace, KIND, params, title=f"Training {FINDER}")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """The pictures of a dataset whose galaxies are known, in the catalogue's order."""

    dataset: Dataset
    scenes: Scenes

    def part(self, *, aside: bool) -> Scenes:
        """Return the pictures that are kept aside, or the others."""
        places = range(len(self.scenes.pixels))
        return self.scenes.take(i for i in places if (i % _KEPT_ASIDE == 0) == aside)

    def told(self) -> dict[str, Any]:
        """What a card says of it."""
        return {
            "name": self.dataset.name,
            "fingerprint": self.dataset.fingerprint,
            "n_pictures": len(self.scenes.pixels),
            "n_boxes": sum(map(len, self.scenes.boxes)),
            "drawn": drawn_by_people(self.dataset),
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
        context.checkpoint,
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
    """Show a dataset's pictures, whole and at their own scale, with the boxes as they are now."""
    return Marked(dataset=dataset, scenes=gather(_shown(context, dataset), context.folder))


def _shown(
    context: RunContext, dataset: Dataset
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32]]]:
    for done, picture in enumerate(marked_pictures(dataset)):
        context.progress(done, dataset.n_objects, f"Rendering {dataset.name}")
        # Taught, too, faint galaxies behind make it box the noise of real pictures: see the docs.
        boxes = np.column_stack([picture.boxes.corners, picture.snr])[~picture.behind]
        yield picture.image, boxes.astype(np.float32)


RUN_KINDS.add(
    RunKind(
        name=KIND,
        label="Train the galaxy finder",
        function=run_finder_training,
        holds_worker=True,
        resumes=True,
    )
)
