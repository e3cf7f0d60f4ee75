"""Several opinions on every galaxy: of the models of folds, of an ensemble, or of one model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core import runs
from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.classifiers.bundle_info import member_folder
from astro_core.classifiers.opinions import dropout_answers, has_dropout, turned_answers
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.evaluation.calibration import at_temperature
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.answer_files import FOLDS
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.folds import fold_of
from astro_core.workflows.models import BUNDLE, find_model
from astro_core.workflows.stack import Stack, open_stack
from astro_core.workspace import Workspace, read_json, whole_file

KIND = "opinions"
MEMBERS, OBJECTS = "members.npy", "objects.parquet"


@dataclass(frozen=True, kw_only=True, eq=False)
class Opinions:
    """What several models, or one model several times, said of every galaxy.

    Attributes
    ----------
    object_ids : Index
        Galaxies that could be shown to all.
    answers : array of float32, shape (n_members, n, n_outputs)
        Probabilities, calibrated where a model knows how.
    how : str
        Whose opinions these are, in words.
    """

    object_ids: pd.Index
    answers: NDArray[np.float32]
    how: str


def member_folders(workspace: Workspace, model: str) -> tuple[Path, ...]:
    """Return the folders of the models that answer together; of a single model, its own.

    Raises
    ------
    NotFoundError
        If there is no such run or model.
    BadInputError
        If the run of folds is not done.
    """
    try:
        run = runs.get_run(workspace, model)
    except (NotFoundError, BadInputError):
        run = None
    if run is not None and run.kind == FOLDS:
        if run.state != "done":
            raise BadInputError(f"Run '{model}' is not done", given=run.state)
        folder = workspace.runs / run.run_id
        return tuple(fold_of(folder, fold) / BUNDLE for fold in range(int(run.params["folds"])))
    folder = find_model(workspace, model)
    info = read_info(folder)
    if info.kind != "ensemble":
        return (folder,)
    n_members = len(read_json(folder / info.weights)["shares"])
    return tuple(folder / member_folder(place) for place in range(n_members))


def class_head(heads: tuple[Head, ...], name: str, model: str) -> Head:
    """Return the head of that name, or the first that answers with classes.

    Raises
    ------
    BadInputError
        If it answers with vote fractions, which are no probabilities, or there is none.
    """
    named = [head for head in heads if head.name == name or not name]
    fitting = [head for head in named if head.kind != "votes"]
    if not named:
        raise BadInputError(
            f"The model '{model}' has no head '{name}'",
            expected="one of " + ", ".join(head.name for head in heads),
        )
    if not fitting:
        raise BadInputError(
            f"The model '{model}' predicts vote fractions, which are no probabilities of classes",
            todo="Choose a model of classes, or a strategy that needs no model",
        )
    return fitting[0]


def opinions_params(dataset: Dataset, model: str, weights: str, head: str) -> dict[str, Any]:
    """What a run of this kind is asked; the same again is found by it."""
    return {
        "model": model, "dataset": dataset.name, "fingerprint": dataset.fingerprint,
        "weights": weights, "head": head,
    }  # fmt: skip


def open_opinions(workspace: Workspace, run_id: str) -> Opinions:
    """Return what a finished run of this kind wrote."""
    folder = workspace.runs / run_id
    return Opinions(
        object_ids=pd.Index(pd.read_parquet(folder / OBJECTS)["object_id"]),
        answers=np.load(folder / MEMBERS, allow_pickle=False),
        how=str(runs.get_run(workspace, run_id).result["how"]),
    )


def run_opinions(context: RunContext) -> dict[str, Any]:
    """Run kind "opinions". Params: model (name or run id), dataset (name), head (name)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    workspace, model = context.workspace, context.params["model"]
    dataset = open_dataset(workspace, context.params["dataset"])
    folders = member_folders(workspace, model)
    parts, ok, ids = [], np.ones(dataset.n_objects, dtype=bool), None
    for place, folder in enumerate(folders):
        inner = context.inside(f"member-{place}", place, len(folders))
        stack, values, how = _ask(inner, dataset, folder, alone=len(folders) == 1)
        parts.append(values)
        ok &= stack.ok
        ids = stack.object_ids
    assert ids is not None
    values = np.concatenate(parts)[:, ok]
    _write(context.folder, values, ids[ok])
    return {
        "model": model,
        "dataset": dataset.name,
        "n_objects": int(ok.sum()),
        "n_members": len(values),
        "how": how if len(folders) == 1 else f"{len(folders)} models that were trained apart",
    }


def _ask(
    context: RunContext, dataset: Dataset, folder: Path, *, alone: bool
) -> tuple[Stack, NDArray[np.float32], str]:
    """The answers of one model, shape (n_members, n, n_outputs), and how they came about."""
    bundle = load_bundle(folder)
    info = bundle.info
    head = class_head(info.heads, context.params["head"], info.name)
    build_stack(context, dataset, info.render)
    stack = open_stack(context.workspace, dataset, info.render)
    assert stack is not None
    if not alone:
        values = bundle.predict(stack.pixels, progress=context.progress)[head.name][None]
        how = ""
    elif has_dropout(bundle.model):
        values = dropout_answers(bundle, stack.pixels, head, progress=context.progress)
        how = f"one network asked {len(values)} times with other units dropped (MC dropout)"
    else:
        values = turned_answers(bundle, stack.pixels, head, progress=context.progress)
        how = f"one model shown {len(values)} turned and mirrored views; it has no dropout"
    found = info.calibration.get(head.name, {})
    if "temperature" in found:
        values = np.stack([at_temperature(one, found["temperature"]) for one in values])
    return stack, values.astype(np.float32), how


def _write(folder: Path, values: NDArray[np.float32], ids: pd.Index) -> None:
    with whole_file(folder / MEMBERS) as half, half.open("wb") as stream:
        np.save(stream, values)
    pd.DataFrame({"object_id": ids}).to_parquet(folder / OBJECTS, index=False)


RUN_KINDS.add(RunKind(name=KIND, label="Opinions", function=run_opinions, holds_worker=True))
