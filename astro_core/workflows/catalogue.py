"""Classify a whole survey, shard by shard, as a run that goes on after whatever ends it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from astro_core import runs
from astro_core.classifiers.bundle_info import read_info
from astro_core.datasets.store import check_free, open_dataset
from astro_core.datasets.table_batches import BATCH_ROWS
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError, ConflictError
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.catalogue_dataset import keep_answers, make_dataset
from astro_core.workflows.catalogue_shard import (
    PROBLEMS_SCHEMA,
    ROWS,
    ROWS_SCHEMA,
    SHARDS,
    Job,
    classify_shard,
    problems_path,
    read_job,
    shard_path,
)
from astro_core.workflows.catalogue_source import Survey, SurveyRequest, open_survey, recipe_of
from astro_core.workflows.catalogue_summary import ANSWERS, PROBLEMS, summarise
from astro_core.workflows.models import find_model
from astro_core.workflows.object_rows import write_plan_dataset
from astro_core.workflows.streamed_tables import writer_of
from astro_core.workspace import Workspace, file_for, whole_file

KIND = "catalogue"
_SHARDS = 512  # about so many, so that little is lost and little is kept about each
_SMALLEST, _LARGEST = 128, 8_192


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a model said of a survey.

    Attributes
    ----------
    answers : Path
        Parquet file, one row per galaxy that could be shown to the model.
    problems : Path
        Parquet file of object_id, file and reason of the others.
    """

    run: Run
    answers: Path
    problems: Path


def check_request(workspace: Workspace, request: SurveyRequest) -> None:
    """Refuse before anything is done what cannot work.

    Raises
    ------
    NotFoundError
        If there is no such model, head or dataset.
    BadInputError
        If the catalogue or the first stamps cannot be read.
    ConflictError
        If a dataset of the new name is there already.
    """
    info = read_info(find_model(workspace, request.model))
    request.main_head(info)
    if request.keep_as and request.dataset:
        raise BadInputError("The galaxies are a dataset already", given=request.dataset)
    if request.keep_as:
        check_free(workspace, request.keep_as)
    if request.cone and request.dataset:
        raise BadInputError("A circle is cut out of a catalogue, not of a dataset")
    recipe_of(open_survey(workspace, request), info)


def submit_survey(workspace: Workspace, request: SurveyRequest) -> str:
    """Have a survey classified; returns the run's id.

    The same survey asked of the same model again goes on where an unfinished run stood.

    Raises
    ------
    NotFoundError, BadInputError, ConflictError
        As `check_request`.
    """
    params = request.params(workspace)
    begun = runs.find_same(
        workspace, KIND, params, states=("queued", "running", "failed", "cancelled")
    )
    if begun is None:
        check_request(workspace, request)
        of = request.dataset or Path(request.catalogue).name
        return runs.submit(workspace, KIND, params, title=f"Classifying {of} with {request.model}")
    if begun.finished:
        runs.resume(workspace, begun.run_id)
    return begun.run_id


def open_answers(workspace: Workspace, run_id: str) -> Answered:
    """Return what a finished run of this kind wrote.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no such run, or not done.
    """
    run = runs.get_done(workspace, run_id, {KIND}, "classification of a survey")
    folder = workspace.runs / run_id
    return Answered(run=run, answers=folder / ANSWERS, problems=folder / PROBLEMS)


def save_answers(found: Answered, path: Path) -> None:
    """Write the answers in the format that the file's name says, a piece at a time.

    Raises
    ------
    NotFoundError
        If the suffix names no format.
    BadInputError
        If the place cannot be written to.
    """
    write = writer_of(path, "The answers")
    table = pq.ParquetFile(found.answers)

    def batches() -> Iterator[pa.Table]:
        for batch in table.iter_batches(BATCH_ROWS):
            yield pa.Table.from_batches([batch])

    with file_for(path) as half:
        write(batches, table.schema_arrow, half)


def read_problems(found: Answered, most: int = 100) -> list[dict[str, str]]:
    """The first of the stamps that could not be used: object_id, file, reason."""
    table = pq.ParquetFile(found.problems)
    first: pa.RecordBatch | None = next(table.iter_batches(most), None)
    return [] if first is None else first.to_pylist()


def run_catalogue(context: RunContext) -> dict[str, Any]:
    """Run kind "catalogue". Params: those of `SurveyRequest`, and state."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    request = SurveyRequest.from_params(context.params)
    if request.params(context.workspace)["state"] != context.params["state"]:
        raise ConflictError(
            "The model or the galaxies have changed since this was begun", todo="Start it anew"
        )
    if not (context.folder / ANSWERS).exists():
        job = read_job(context.folder) or _prepare(context, request)
        _classify(context, job)
        _join(context, job)
    shutil.rmtree(context.folder / SHARDS, ignore_errors=True)
    return _result(context, request)


def _prepare(context: RunContext, request: SurveyRequest) -> Job:
    """List the galaxies in shards, and settle how they are shown to the model."""
    info = read_info(find_model(context.workspace, request.model))
    survey = open_survey(context.workspace, request)
    recipe, note = recipe_of(survey, info)
    if note:
        context.log(note)
    job = Job(
        model=request.model,
        head=request.main_head(info).name,
        recipe=recipe.to_json(),
        n_objects=survey.n_objects,
        shard_rows=min(max(survey.n_objects // _SHARDS, _SMALLEST), _LARGEST),
    )
    write_plan_dataset(context.folder, survey.dataset)
    with whole_file(context.folder / ROWS) as half, pq.ParquetWriter(half, ROWS_SCHEMA) as writer:
        for table in _regrouped(survey, job.shard_rows):
            writer.write_table(table, row_group_size=job.shard_rows)
            context.progress(0, job.n_objects, "Reading the catalogue")
    job.write(context.folder)
    return job


def _regrouped(survey: Survey, shard_rows: int) -> Iterator[pa.Table]:
    """Rows of a survey in tables that hold whole shards, but for the last."""
    left = ROWS_SCHEMA.empty_table()
    for frame in survey.batches():
        known = frame.reindex(columns=ROWS_SCHEMA.names)
        left = pa.concat_tables([left, pa.Table.from_pandas(known, ROWS_SCHEMA)])
        whole = left.num_rows - left.num_rows % shard_rows
        if whole:
            yield left.slice(0, whole)
            left = left.slice(whole)
    if left.num_rows:
        yield left


def _classify(context: RunContext, job: Job) -> None:
    """Do the shards that are not done, on all workers at once."""
    folder = context.folder
    todo = [shard for shard in range(job.n_shards) if not shard_path(folder, shard).exists()]
    done = job.n_objects - sum(map(job.rows_in, todo))
    fixed = {"workspace": str(context.workspace.root), "folder": str(folder)}
    items = [fixed | {"shard": shard} for shard in todo]
    context.progress(done, job.n_objects, "Classifying")
    for place, _ in context.map(classify_shard, items, message="Classifying"):
        done += job.rows_in(todo[place])
        context.progress(done, job.n_objects, "Classifying")


def _join(context: RunContext, job: Job) -> None:
    """Write the answers of all shards into one file, and what could not be read into another."""
    folder, shards = context.folder, range(job.n_shards)
    bad = [path for shard in shards if (path := problems_path(folder, shard)).exists()]
    _concatenate(bad, PROBLEMS_SCHEMA, folder / PROBLEMS)
    if pq.read_metadata(folder / PROBLEMS).num_rows == job.n_objects:
        why = pq.read_table(folder / PROBLEMS).slice(0, 1).to_pylist()[0]["reason"]
        shutil.rmtree(folder / SHARDS)
        raise BadInputError(f"None of the {job.n_objects:,} stamps can be used: {why}")
    answers = [shard_path(folder, shard) for shard in shards]
    _concatenate(answers, pq.read_schema(answers[0]), folder / ANSWERS)


def _concatenate(parts: Sequence[Path], schema: pa.Schema, path: Path) -> None:
    with whole_file(path) as half, pq.ParquetWriter(half, schema, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))


def _result(context: RunContext, request: SurveyRequest) -> dict[str, Any]:
    """Say what came of it, and give a dataset of these galaxies the answers."""
    info = read_info(find_model(context.workspace, request.model))
    head = request.main_head(info)
    told: dict[str, Any] = {"model": request.model, "head": head.name}
    told |= {"calibrated": head.name in info.calibration, "dataset": "", "selection": ""}
    dataset = _dataset(context, request)
    if dataset is not None:
        answers = context.folder / ANSWERS
        kept = keep_answers(context.workspace, dataset, context.run_id, request, answers)
        told |= {"dataset": dataset.name, "selection": kept}
    return told | summarise(context.folder, head)


def _dataset(context: RunContext, request: SurveyRequest) -> Dataset | None:
    """The dataset of these galaxies, if there is one or one was asked for."""
    if request.keep_as:
        return make_dataset(context, request)
    return open_dataset(context.workspace, request.dataset) if request.dataset else None


RUN_KINDS.add(RunKind(name=KIND, label="Catalogue", function=run_catalogue, resumes=True))
