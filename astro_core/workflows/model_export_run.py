"""The run that writes a model in another format and measures what that costs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.classifiers.bundle import Bundle, load_bundle
from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.classifiers.export_card import write_export_card
from astro_core.classifiers.export_cost import Judges, measure
from astro_core.classifiers.export_formats import EXPORTS, ExportSpec
from astro_core.classifiers.feeding import as_input
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.label_training import read_taught
from astro_core.workflows.models import find_model
from astro_core.workflows.stack import Stack, open_stack
from astro_core.workflows.training_plan import TrainingData, plan_of, training_data
from astro_core.workspace import Workspace, publish, write_json

KIND = "export-model"
FOLDER = "export"  # in the run's folder
FACTS, CARD = "export.json", "card.md"
PARTS = "parts.parquet"  # beside the bundle of a training
_SAMPLE = 200  # training galaxies that ranges are found on
_JUDGES = 2000  # galaxies of the validation part that both forms are asked about, at most


def check_kind(info: BundleInfo) -> None:
    """Refuse a model that is no single network.

    Raises
    ------
    BadInputError
    """
    if info.kind != "keras":
        raise BadInputError(
            f"The model '{info.name}' can only be exported as zip",
            expected="a single network",
            given=f"a model of kind {info.kind}",
            todo="Use the format zip, or export a network",
        )


def weights_of(info: BundleInfo) -> str:
    """Checksum of the weights, by which an export is known to be of a model."""
    return info.files[info.weights]


def run_export(context: RunContext) -> dict[str, Any]:
    """Run kind "export-model". Params: model (name or run id), format (name)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    spec = EXPORTS.get(context.params["format"])
    folder = find_model(context.workspace, context.params["model"])
    bundle = load_bundle(folder)
    check_kind(bundle.info)
    try:
        learnt: _Learnt | None = _learnt(context, bundle.info, folder.parent / PARTS)
        missing = ""
    except (NotFoundError, BadInputError) as error:
        learnt, missing = None, str(error)
        context.log(f"No galaxies to measure with: {missing}")
    if spec.needs_images and learnt is None:
        raise BadInputError(
            f"{spec.label} needs galaxies of the training part", given=missing,
            todo="Import the dataset that the model learned from, or choose another format",
        )  # fmt: skip
    made = context.workspace.scratch_folder("export")
    file = made / f"model{spec.suffix}"
    _write(context, spec, bundle, learnt, file)
    cost = _cost(context, spec, bundle, learnt, file) | {"why_not": missing}
    cost["keras_bytes"] = (folder / bundle.info.weights).stat().st_size
    _tell(made, file, spec, bundle.info, cost)
    publish(made, context.folder / FOLDER)
    size, before = cost["size_bytes"] / 1e3, cost["keras_bytes"] / 1e3
    context.progress(1, 1, f"{size:,.0f} kB instead of {before:,.0f} kB")
    return {"file": file.name, "format": spec.name, "weights": weights_of(bundle.info), **cost}


@dataclass(frozen=True)
class _Learnt:
    """The galaxies that a model learned from, dealt as they were then."""

    stack: Stack
    data: TrainingData

    def rows(self, part: str, most: int) -> NDArray[np.intp]:
        """Some rows of a part, drawn evenly and always alike, in order."""
        rows = self.data.rows(part)
        if len(rows) > most:
            rows = np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
        return rows


def _learnt(context: RunContext, info: BundleInfo, parts: Path) -> _Learnt:
    """Find the galaxies again; `parts` is how the training dealt them, where that is kept."""
    dataset = _dataset(context.workspace, info)
    build_stack(context, dataset, info.render)
    stack = open_stack(context.workspace, dataset, info.render)
    assert stack is not None
    data = training_data(dataset, plan_of(info), stack.ok, read_taught(parts.parent))
    if _asked(data.heads) != _asked(info.heads):
        raise BadInputError(f"The dataset '{dataset.name}' asks other questions than the model")
    if parts.is_file():
        dealt = pd.read_parquet(parts).set_index("object_id")["part"]
        now = data.table["object_id"].map(dealt).fillna("")
        data = replace(data, table=data.table.assign(part=now))
    return _Learnt(stack, data)


def _asked(heads: tuple[Head, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(head.name, head.kind, head.outputs) for head in heads]


def _dataset(workspace: Workspace, info: BundleInfo) -> Dataset:
    """The dataset that a model learned from, as it was then.

    Raises
    ------
    NotFoundError
        If it is not there.
    BadInputError
        If it was changed since.
    """
    dataset = open_dataset(workspace, info.dataset)
    if dataset.fingerprint != info.fingerprint:
        raise BadInputError(
            f"The dataset '{dataset.name}' is not what the model learned from any more"
        )
    return dataset


def _write(
    context: RunContext, spec: ExportSpec, bundle: Bundle, learnt: _Learnt | None, file: Path
) -> None:
    context.progress(0, 1, f"Writing {spec.label}")
    images = np.zeros((0,), dtype=np.float32)
    if spec.needs_images and learnt is not None:
        rows = learnt.rows("train", _SAMPLE)
        images = as_input(np.asarray(learnt.stack.pixels[rows]), grey=bundle.info.grey)
        context.log(f"Ranges are found on {len(rows)} galaxies of the training part")
    spec.write(bundle.model, file, images)


def _cost(
    context: RunContext, spec: ExportSpec, bundle: Bundle, learnt: _Learnt | None, file: Path
) -> dict[str, Any]:
    size = bundle.info.render.size_px
    pixels, targets = np.zeros((0, size, size, 3), np.uint8), ()
    if learnt is not None:
        rows = learnt.rows("validation", _JUDGES)
        pixels = np.asarray(learnt.stack.pixels[rows])
        targets = tuple(target.of(rows) for target in learnt.data.targets)
    judges = Judges(part="validation", pixels=pixels, targets=targets)
    heads, grey = bundle.info.heads, bundle.info.grey
    return measure(spec, file, bundle.model, heads, judges, grey=grey, progress=context.progress)


def _tell(
    folder: Path, file: Path, spec: ExportSpec, info: BundleInfo, cost: Mapping[str, Any]
) -> None:
    write_export_card(folder / CARD, file.name, spec, info, cost)
    told = info.to_json()
    kept = ("name", "heads", "render", "grey", "views", "calibration", "weights_from", "dataset")
    facts = {name: told[name] for name in (*kept, "fingerprint")}
    facts |= {
        "format": spec.name,
        "file": file.name,
        "weights": weights_of(info),
        "cost": dict(cost),
    }
    write_json(folder / FACTS, facts)


RUN_KINDS.add(RunKind(name=KIND, label="Export model", function=run_export))
