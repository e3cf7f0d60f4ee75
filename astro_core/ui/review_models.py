"""The models that can be asked about a survey's galaxies, each in one line."""

from __future__ import annotations

from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.ui.run_names import short_names
from astro_core.workflows.answer_files import about, judged_runs
from astro_core.workflows.models import list_models
from astro_core.workspace import Workspace


def class_models(workspace: Workspace, dataset: Dataset) -> dict[str, str]:
    """Models that answer with classes: those trained on this survey first, by name or run id."""
    trained = [
        run
        for run in judged_runs(workspace, dataset)
        if run.kind in ("train", "folds") and _usable(workspace, run.run_id)
    ]
    found = short_names(trained)
    for model in list_models(workspace):
        info = model.info
        if info is None or model.name in found or not _classes(info.heads):
            continue
        if set(info.render.bands) <= set(dataset.bands):
            learned = f"learned from {info.dataset}" if info.dataset else ""
            found[model.name] = " · ".join(part for part in (model.name, learned) if part)
    return found


def _usable(workspace: Workspace, run_id: str) -> bool:
    try:
        return _classes(about(workspace, run_id).heads)
    except TuningForkError:  # it is broken: the page of models says how
        return False


def _classes(heads: tuple) -> bool:
    return any(head.kind != "votes" for head in heads)
