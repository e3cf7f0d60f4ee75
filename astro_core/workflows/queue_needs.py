"""What choosing galaxies takes: a model's answers, several opinions, features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle_info import BundleInfo, read_info
from astro_core.domain import Dataset, Head, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows import predict, queue_members
from astro_core.workflows.answer_files import FOLDS, about, judged_runs
from astro_core.workflows.feature_plan import plan_features
from astro_core.workflows.feature_store import describe_features, list_features
from astro_core.workflows.features import find_features, submit_features
from astro_core.workflows.models import find_model
from astro_core.workflows.queue_members import class_head, member_folders, opinions_params
from astro_core.workflows.stack import open_stack
from astro_core.workflows.train import KIND as TRAIN
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workspace import Workspace

_OF_MODEL = ("probabilities", "members", "set_threshold")
_COMPONENTS = 75
_DIGITS = 16  # of a checksum


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for: fields of a `Pool`, and where they are to come from if that is said."""

    needs: tuple[str, ...]
    model: str = ""
    head: str = ""
    features: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the fields of a `Pool` come from.

    Attributes
    ----------
    model : str
        Empty where no model is asked.
    answers, opinions : str
        Runs with its answers and with several opinions; empty where not needed or not there.
    features : str
        Key; empty where not needed or not there.
    labels : bool
        Whether what people said is needed.
    """

    model: str = ""
    info: BundleInfo | None = None
    head: Head | None = None
    answers: str = ""
    opinions: str = ""
    features: str = ""
    labels: bool = False


def submit_missing(workspace: Workspace, dataset: Dataset, wanted: Wanted) -> tuple[str, ...]:
    """Have made what is not there; returns the runs that are not done yet."""
    source = found(workspace, dataset, wanted)
    missing = []
    if "probabilities" in wanted.needs and not source.answers:
        missing.append(_submit_answers(workspace, dataset, source))
    if "members" in wanted.needs and not source.opinions:
        missing.append(_submit_opinions(workspace, dataset, source))
    if "features" in wanted.needs and not source.features:
        missing.append(_submit_features(workspace, dataset, wanted))
    return tuple(missing)


def found(workspace: Workspace, dataset: Dataset, wanted: Wanted) -> Source:
    """Look for what is there already.

    Raises
    ------
    NotFoundError
        If there is no such model or features, or a model is needed and there is none.
    BadInputError
        If the model answers with vote fractions.
    """
    features = _features(workspace, dataset, wanted) if "features" in wanted.needs else ""
    labels = "labels" in wanted.needs
    if not set(wanted.needs) & set(_OF_MODEL):
        return Source(features=features, labels=labels)
    model = wanted.model or _newest(workspace, dataset, folds="labels" in wanted.needs)
    info = model_info(workspace, model)
    head = class_head(info.heads, wanted.head, model)
    source = Source(model=model, info=info, head=head, features=features, labels=labels)
    answers = opinions = ""
    if "probabilities" in wanted.needs:
        answers = _answers(workspace, dataset, source)
    if "members" in wanted.needs or (_is_folds(workspace, model) and not labels):
        opinions = _done(workspace, queue_members.KIND, _asked(workspace, dataset, source))
    return Source(**(vars(source) | {"answers": answers, "opinions": opinions}))


def model_info(workspace: Workspace, model: str) -> BundleInfo:
    """What a model says of itself; of folds, what all of them say.

    Raises
    ------
    NotFoundError
        If there is no such model or run.
    """
    return (
        about(workspace, model)
        if _is_folds(workspace, model)
        else read_info(find_model(workspace, model))
    )


def _run(workspace: Workspace, name: str) -> Run | None:
    try:
        return runs.get_run(workspace, name)
    except (NotFoundError, BadInputError):
        return None


def _is_folds(workspace: Workspace, model: str) -> bool:
    run = _run(workspace, model)
    return run is not None and run.kind == FOLDS


def _newest(workspace: Workspace, dataset: Dataset, *, folds: bool) -> str:
    """The newest training of the dataset with classes; for doubting labels, folds before it."""
    kinds = (FOLDS, TRAIN) if folds else (TRAIN,)
    done = [run for run in judged_runs(workspace, dataset) if run.kind in kinds]
    for run in sorted(done, key=lambda run: kinds.index(run.kind)):
        if any(head.kind != "votes" for head in about(workspace, run.run_id).heads):
            return run.run_id
    raise NotFoundError(
        f"There is no model of classes that was trained on '{dataset.name}'",
        todo="Name a model, train one, or choose random or kcenter, which need none",
    )


def _answers(workspace: Workspace, dataset: Dataset, source: Source) -> str:
    """The run with the model's answers about all galaxies that are needed; "" if there is none."""
    run = _run(workspace, source.model)
    if run is not None and (source.labels and run.kind == FOLDS):
        return run.run_id
    if run is not None and run.kind == TRAIN and _complete(workspace, dataset, run, source.info):
        return run.run_id
    if run is not None and run.kind == FOLDS:
        return _done(workspace, queue_members.KIND, _asked(workspace, dataset, source))
    return _done(workspace, predict.KIND, _asked(workspace, dataset, source))


def _complete(workspace: Workspace, dataset: Dataset, run: Run, info: BundleInfo | None) -> bool:
    """Whether a training left answers about every galaxy that can be shown to it."""
    assert info is not None
    stack = open_stack(workspace, dataset, info.render)
    if info.fingerprint != dataset.fingerprint or stack is None:
        return False
    table = pd.read_parquet(workspace.runs / run.run_id / PREDICTIONS, columns=["object_id"])
    return bool(stack.object_ids[stack.ok].isin(table["object_id"]).all())


def _asked(workspace: Workspace, dataset: Dataset, source: Source) -> dict[str, Any]:
    """Params of a run that asks the model; the weights tell one model from its successor."""
    assert source.head is not None
    folders = member_folders(workspace, source.model)
    sums = [info.files.get(info.weights, "")[:_DIGITS] for info in map(read_info, folders)]
    return opinions_params(dataset, source.model, "-".join(sums), source.head.name)


def _done(workspace: Workspace, kind: str, params: Mapping[str, Any]) -> str:
    same = runs.find_same(workspace, kind, params, states=("done",))
    return same.run_id if same is not None else ""


def _submit_answers(workspace: Workspace, dataset: Dataset, source: Source) -> str:
    if _is_folds(workspace, source.model):
        return _submit_opinions(workspace, dataset, source)
    title = f"Asking {source.model} about {dataset.name}"
    return runs.submit_once(
        workspace, predict.KIND, _asked(workspace, dataset, source), title=title
    )


def _submit_opinions(workspace: Workspace, dataset: Dataset, source: Source) -> str:
    title = f"Opinions of {source.model} about {dataset.name}"
    return runs.submit_once(
        workspace, queue_members.KIND, _asked(workspace, dataset, source), title=title
    )


def _features(workspace: Workspace, dataset: Dataset, wanted: Wanted) -> str:
    if wanted.features:
        chosen = describe_features(workspace, wanted.features)
        if chosen.fingerprint != dataset.fingerprint:
            raise BadInputError(
                f"The features '{wanted.features}' are not of '{dataset.name}' as it is now"
            )
        return chosen.key
    if wanted.model:
        plan = plan_features(dataset, "embedding", {"model": wanted.model})
        return find_features(workspace, plan) or ""
    sets = [one for one in list_features(workspace, dataset) if one.sample is None]
    return sets[0].key if sets else ""


def _submit_features(workspace: Workspace, dataset: Dataset, wanted: Wanted) -> str:
    if wanted.model:
        run = submit_features(workspace, dataset.name, "embedding", {"model": wanted.model})
    else:
        few = max(1, dataset.n_objects // 2)  # so many that images can be alike or broken
        settings = {"n_components": min(_COMPONENTS, few)}
        run = submit_features(workspace, dataset.name, "pca", settings)
    return run.run_id
