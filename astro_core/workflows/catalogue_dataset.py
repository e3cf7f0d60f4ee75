"""A classified survey as a dataset: its galaxies in Browse, the answers as columns beside them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from astro_core.classifiers.bundle_info import read_info
from astro_core.datasets.assemble import assemble
from astro_core.datasets.classmap import with_classes
from astro_core.datasets.readers import Scan
from astro_core.datasets.store import list_datasets, open_dataset, publish_dataset, write_state
from astro_core.domain import Dataset, Person, Problem, Run, Taxonomy, require
from astro_core.evaluation.calibration import UNDEFINED_BELOW
from astro_core.runs import RunContext
from astro_core.workflows.catalogue_shard import ROWS
from astro_core.workflows.catalogue_source import SurveyRequest
from astro_core.workflows.catalogue_stamps import why_unusable
from astro_core.workflows.check_scan import check_scan
from astro_core.workflows.crossmatch import save_columns
from astro_core.workflows.import_dataset import new_dataset
from astro_core.workflows.models import find_model
from astro_core.workflows.object_rows import object_table, read_plan_dataset
from astro_core.workflows.predict import column_names
from astro_core.workflows.review_queues import start_review
from astro_core.workflows.selections import open_selection, save_selection
from astro_core.workspace import Workspace

READER = "catalogue"


def make_dataset(context: RunContext, request: SurveyRequest) -> Dataset:
    """Make a dataset of the galaxies of a run, or find that it has been made.

    The model's classes are those in which people can answer; no galaxy has a label.

    Raises
    ------
    ConflictError
        If another dataset has been given that name meanwhile.
    """
    mark = f"Made of the stamps of run {context.run_id}"
    for dataset in list_datasets(context.workspace):
        if mark in dataset.source.notes:
            return dataset
    name = request.keep_as
    scan = _scan(context, request, mark)
    found = assemble(scan, check_scan(context, scan), name=name)
    made = context.workspace.scratch_folder("catalogue")
    dataset = new_dataset(made, name, request.catalogue, READER, found)
    write_state(made, dataset, found.catalogue, list(found.problems))
    return publish_dataset(context.workspace, made, name)


def _scan(context: RunContext, request: SurveyRequest, mark: str) -> Scan:
    rows = pd.read_parquet(context.folder / ROWS).drop(columns="missing_bands")
    unusable = pd.Series(map(why_unusable, rows["object_id"], rows["file"]), index=rows.index)
    again = rows["object_id"].duplicated() & (unusable == "")
    unusable[again] = "Another row of the catalogue has this identifier"
    left = unusable != ""
    info = read_info(find_model(context.workspace, request.model))
    head = request.main_head(info)
    taxonomy = Taxonomy(name=request.keep_as)
    return Scan(
        parts=read_plan_dataset(context.folder).parts,
        catalogue=rows[~left].reset_index(drop=True),
        taxonomy=taxonomy if head.kind == "votes" else with_classes(taxonomy, head.outputs),
        problems=tuple(
            Problem(object_id=object_id, file=file, reason=reason)
            for object_id, file, reason in zip(
                rows["object_id"][left], rows["file"][left], unusable[left], strict=True
            )
        ),
        notes=(mark,),
    )


def keep_answers(
    workspace: Workspace, dataset: Dataset, run_id: str, request: SurveyRequest, answers: Path
) -> str:
    """Keep what a model said with a dataset: columns for Browse, and a selection for Review.

    Parameters
    ----------
    answers : Path
        As the run wrote them.

    Returns
    -------
    str
        Name of the selection of the undefined ones, the least sure first; empty if there is none.
    """
    info = read_info(find_model(workspace, request.model))
    of_run = (workspace.runs / request.model).is_dir()
    name = str(info.training.get("recipe", request.model)) if of_run else request.model
    left = {"ra_deg", "dec_deg", "file", "model", "calibrated"}
    frame = pd.read_parquet(answers).drop_duplicates("object_id")
    save_columns(dataset, name, frame[[c for c in frame.columns if c not in left]])
    if "undefined" not in frame:
        return ""
    sure = frame[list(column_names(request.main_head(info)))].max(axis=1)
    order = sure[frame["undefined"]].sort_values(kind="stable").index
    ids = frame.loc[order, "object_id"]
    chosen = ids[ids.isin(object_table(dataset).index)].tolist()
    if not chosen:
        return ""
    selection = save_selection(
        workspace, dataset, f"undefined by {name}", chosen, overwrite=True,
        reason=f"No class has a probability of {UNDEFINED_BELOW:g} or more.",
        source={"kind": "catalogue", "run": run_id},
    )  # fmt: skip
    return selection.name


def review_undefined(workspace: Workspace, run: Run, person: Person) -> str:
    """Start a review of the galaxies that a run left undefined; returns the queue's id.

    Raises
    ------
    NotFoundError
        If there are none, or their dataset is gone.
    ForbiddenError
        For a viewer.
    """
    require(person, "reviewer", "start a review")
    dataset = open_dataset(workspace, run.result["dataset"])
    chosen = open_selection(workspace, dataset, run.result["selection"])
    return start_review(
        workspace, dataset, chosen.object_ids, made_by=person, name=chosen.name.capitalize()
    )
