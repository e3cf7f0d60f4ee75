"""What Catalogue shows, held in the address: a survey to classify, or one that was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from astro_core import runs
from astro_core.classifiers.bundle_info import QUICK, BundleInfo
from astro_core.domain import Dataset, Head, Run
from astro_core.ui.address import parameter
from astro_core.ui.classify_state import FIRST_MODEL
from astro_core.workflows.catalogue import KIND
from astro_core.workflows.catalogue_source import SurveyRequest
from astro_core.workflows.models import Model, list_models
from astro_core.workspace import Workspace

NEW = "new"
DATASET, FILE = "dataset", "file"
SOURCES = {DATASET: "Open dataset", FILE: "Catalogue file"}
CATALOGUE, STAMPS, KEEP_AS = "catalogue:file", "catalogue:stamps", "catalogue:keep_as"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page.

    Attributes
    ----------
    dataset : Dataset or None
        The one that is open.
    models : tuple of Model
        Those whose description can be read.
    model : Model
        The one that is asked.
    source : str
        Where the galaxies come from, see `SOURCES`.
    done : tuple of Run
        Surveys that were classified or are being, the newest first.
    run : Run or None
        The one that is looked at; None while a new one is prepared.
    problems : tuple of str
        What in the address could not be used.
    """

    workspace: Workspace
    dataset: Dataset | None
    models: tuple[Model, ...]
    model: Model
    source: str
    done: tuple[Run, ...]
    run: Run | None
    problems: tuple[str, ...]

    @property
    def info(self) -> BundleInfo:
        """What the model says of itself."""
        assert self.model.info is not None
        return self.model.info

    @property
    def head(self) -> Head:
        """The answers that name the galaxies."""
        heads = {head.name: head for head in self.info.heads}
        return heads[parameter("head", heads, self.info.heads[0].name)]

    @property
    def request(self) -> SurveyRequest | None:
        """What is asked for; None while something of it is missing."""
        if self.source == DATASET:
            return None if self.dataset is None else self._asked(dataset=self.dataset.name)
        names = (CATALOGUE, STAMPS, KEEP_AS)
        table, stamps, name = (st.session_state.get(key, "").strip() for key in names)
        if not (table and stamps):
            return None
        return self._asked(catalogue=table, stamps=stamps, keep_as=name)

    def _asked(self, **galaxies: str) -> SurveyRequest:
        return SurveyRequest(model=self.model.name, head=self.head.name, **galaxies)


def read(workspace: Workspace, dataset: Dataset | None) -> Shown | None:
    """Read the address; None without any model."""
    models = tuple(model for model in list_models(workspace) if model.info is not None)
    if not models:
        return None
    problems: list[str] = []
    done = tuple(run for run in runs.list_runs(workspace) if run.kind == KIND)
    first = DATASET if dataset is not None else FILE
    return Shown(
        workspace=workspace,
        dataset=dataset,
        models=models,
        model=_model(models, dataset, problems),
        source=parameter("of", SOURCES, first) if dataset is not None else FILE,
        done=done,
        run=_run(done, problems),
        problems=tuple(problems),
    )


def _model(models: Sequence[Model], dataset: Dataset | None, problems: list[str]) -> Model:
    """The one in the address, else a quick one: of the dataset's own galaxies, or the general."""
    by_name = {model.name: model for model in models}
    asked = st.query_params.get("model", "")
    if asked in by_name:
        return by_name[asked]
    if asked:
        problems.append(f"There is no model '{asked}'.")
    quick = [m for m in models if m.info is not None and QUICK in m.info.files]
    for model in quick:
        if dataset is not None and model.info is not None and model.info.dataset == dataset.name:
            return model
    return by_name.get(FIRST_MODEL, (quick or models)[0])


def _run(done: Sequence[Run], problems: list[str]) -> Run | None:
    """The run in the address, else one that is going on."""
    asked = st.query_params.get("run", "")
    by_id = {run.run_id: run for run in done}
    if asked == NEW or asked in by_id:
        return by_id.get(asked)
    if asked:
        problems.append("The run that the address names is not there any more.")
    return next((run for run in done if not run.finished), None)
