"""Judge a model by a dataset that it was not trained on: ask it, and put labels beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core import runs
from astro_core.classifiers.bundle_info import BundleInfo, read_info, write_info
from astro_core.classifiers.vote_targets import vote_targets
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.answer_files import ABOUT, JUDGE, UNSEEN
from astro_core.workflows.match_answers import Match, match
from astro_core.workflows.models import find_model, list_models
from astro_core.workflows.predict import ask
from astro_core.workflows.seen import LEARNED, Seen, seen
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workspace import Workspace

_MOST_NAMED = 6


def answers_of(workspace: Workspace, run_or_model: str, dataset: str = "") -> str:
    """Return the run where the answers of a model about a dataset lie, or will lie.

    Parameters
    ----------
    run_or_model : str
        Id of a training or a judgement, or name of a model.
    dataset : str
        Empty for the one that it was trained on, or is judged by.

    Raises
    ------
    NotFoundError
        If there is no such run or model, or no such dataset.
    BadInputError
        As `submit_judging` does.
    """
    model = run_or_model
    try:
        run = runs.get_run(workspace, run_or_model)
    except (NotFoundError, BadInputError):
        run = None
    if run is not None:
        name = dataset or str(run.params.get("dataset", ""))
        if run.kind == JUDGE:
            if name == run.params["dataset"]:
                return run.run_id
            model = str(run.params["model"])
        elif not dataset or _trained_on(workspace, run.run_id, dataset):
            return run.run_id
    return submit_judging(
        workspace, model, dataset or read_info(find_model(workspace, model)).dataset
    )


def _trained_on(workspace: Workspace, run_id: str, dataset: str) -> bool:
    info = read_info(find_model(workspace, run_id))
    return info.fingerprint == open_dataset(workspace, dataset).fingerprint


def judgeable(workspace: Workspace, dataset: Dataset) -> dict[str, str]:
    """List the models that a dataset can judge and that were not trained on it.

    Returns
    -------
    dict
        Name of a model, or id of the run that trained it, to what it is in a line.
    """
    found = {}
    for model in list_models(workspace):
        info = model.info
        if info is None or (info.fingerprint == dataset.fingerprint and model.source == "run"):
            continue
        try:
            match(info, dataset)
        except BadInputError:
            continue
        recipe = str(info.training.get("recipe", ""))
        about = (recipe if model.source == "run" else model.name, f"trained on {info.dataset}")
        when = info.created_at[:16].replace("T", " ")
        found[model.name] = " · ".join(part for part in (*about, when) if part)
    return found


def submit_judging(workspace: Workspace, model: str, dataset: str) -> str:
    """Have a model judged by a dataset; returns the run's id.

    What was judged before, with the same model and the same galaxies, is not judged again.

    Parameters
    ----------
    model : str
        Name of a model, or the id of the run that trained it.

    Raises
    ------
    NotFoundError
        If there is no such model or dataset.
    BadInputError
        If model and dataset have nothing in common, or it cannot be told on which of the
        galaxies the model was trained.
    """
    opened = open_dataset(workspace, dataset)
    info = read_info(find_model(workspace, model))
    match(info, opened)
    _check_seen(seen(workspace, model, info, opened), info, opened)
    params = {
        "model": model, "dataset": opened.name, "fingerprint": opened.fingerprint,
        "weights": info.files.get(info.weights, ""), "recipe": str(info.training.get("recipe", "")),
    }  # fmt: skip
    title = f"Judging {model} by {opened.name}"
    return runs.submit_once(workspace, JUDGE, params, title=title)


def _check_seen(found: Seen, info: BundleInfo, dataset: Dataset) -> None:
    if not found.known and info.fingerprint == dataset.fingerprint:
        raise BadInputError(
            f"It cannot be told on which galaxies of '{dataset.name}' the model was trained",
            todo="Judge it by another dataset",
        )


def run_judging(context: RunContext) -> dict[str, Any]:
    """Run kind "judge". Params: model (name or run id), dataset (name)."""
    workspace, model = context.workspace, context.params["model"]
    dataset = open_dataset(workspace, context.params["dataset"])
    folder = find_model(workspace, model)
    matched = match(read_info(folder), dataset)
    info, stack, answers = ask(context, dataset, folder)
    found = seen(workspace, model, info, dataset)
    catalogue = read_catalogue(dataset)
    table = pd.concat([_asked(catalogue, found), _told(answers, matched, catalogue)], axis=1)
    table[stack.ok].to_parquet(context.folder / PREDICTIONS, index=False)
    about = context.folder / ABOUT
    about.mkdir(exist_ok=True)
    found_for = {head.name for head in matched.heads} & set(info.calibration)
    calibration = {name: info.calibration[name] for name in found_for}
    write_info(about, replace(info, heads=matched.heads, calibration=calibration, files={}))
    told = found.parts[stack.ok]
    return {
        "model": model,
        "dataset": dataset.name,
        "n_objects": int(stack.ok.sum()),
        "n_bad": len(stack.problems),
        "n_seen": int(np.isin(told, LEARNED).sum()),
        "seen_known": found.known,
        "unknown_classes": dict(matched.unknown),
        "unused_classes": list(matched.unused),
    }


def _asked(catalogue: pd.DataFrame, found: Seen) -> pd.DataFrame:
    """object_id, label and part: of the training, or else of the dataset."""
    given = catalogue["split"].to_numpy(dtype=object)
    fresh = np.where(given == "test", "test", UNSEEN) if (given == "test").any() else "test"
    parts: NDArray[Any] = np.where(np.isin(found.parts, LEARNED), found.parts, fresh)
    return catalogue[["object_id", "label"]].assign(part=parts)


def _told(answers: pd.DataFrame, matched: Match, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The answers in the dataset's names, and beside votes what people said."""
    told = answers.rename(columns={f"p_{a}": f"p_{b}" for a, b in matched.renamed.items()})
    for head in matched.heads:
        if head.kind == "votes":
            targets = vote_targets(head, catalogue)
            told[[f"true_{name}" for name in head.outputs]] = targets.told
    return told


def judged_words(result: Mapping[str, Any], part: str) -> list[str]:
    """Say what has to be known of a judgement by another dataset, sentence by sentence.

    Parameters
    ----------
    result : Mapping
        Of the run.
    part : str
        What it is judged by: with "all", galaxies that it learned from are among them.
    """
    said = []
    n, total = result.get("n_seen", 0), result.get("n_objects", 0)
    if not result.get("seen_known", True):
        said.append("It is not known which galaxies it learned from: some may be among these.")
    elif n:
        what = "are among these: the scores flatter" if part == "all" else "are left out"
        said.append(f"{n:,} of {total:,} galaxies were used to train it and {what}.")
    if unknown := result.get("unknown_classes"):
        listed = [f"{name} ({k:,})" for name, k in unknown.items()]
        said.append(f"It does not know {_list(listed, 'and')}: those galaxies are left out.")
    if unused := result.get("unused_classes"):
        said.append(f"No galaxy here is {_list(unused, 'or')}: such an answer counts as wrong.")
    if bad := result.get("n_bad"):
        said.append(f"{bad:,} galaxies could not be shown to it.")
    return said


def _list(names: Sequence[str], word: str) -> str:
    """Names in words, the last after a word, and of many only how many more there are."""
    said = [name.replace("_", " ") for name in names]
    if len(said) > _MOST_NAMED:
        return f"{', '.join(said[:_MOST_NAMED])} {word} {len(said) - _MOST_NAMED:,} more"
    *first, last = said
    return f"{', '.join(first)} {word} {last}" if first else last


RUN_KINDS.add(RunKind(name=JUDGE, label="Judge", function=run_judging, holds_worker=True))
