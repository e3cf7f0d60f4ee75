"""One shard of a survey: its stamps are read, shown to the model, and its answers written."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from astro_core.classifiers.bundle import Bundle, load_bundle
from astro_core.domain import Dataset, Head, RenderRecipe
from astro_core.evaluation.calibration import undefined
from astro_core.imaging.objects import try_object_image
from astro_core.workflows.catalogue_stamps import why_unusable
from astro_core.workflows.classify import prediction_set
from astro_core.workflows.classify_model import Opened, open_classifier
from astro_core.workflows.models import find_model
from astro_core.workflows.object_rows import read_plan_dataset
from astro_core.workflows.predict import calibrated, column_names
from astro_core.workspace import Workspace, read_json, whole_file, write_json

ROWS, JOB = "survey.parquet", "job.json"
SHARDS = "shards"
BATCH = 64  # stamps in memory at once
ROWS_SCHEMA = pa.schema(
    {
        "object_id": pa.string(), "part": pa.int64(), "file": pa.string(), "row": pa.int64(),
        "missing_bands": pa.string(), "ra_deg": pa.float64(), "dec_deg": pa.float64(),
    }
)  # fmt: skip
PROBLEMS_SCHEMA = pa.schema([(name, pa.string()) for name in ("object_id", "file", "reason")])
_SEPARATOR = "|"  # between the classes of a prediction set


@dataclass(frozen=True, kw_only=True)
class Job:
    """What all shards of a survey have in common.

    Attributes
    ----------
    model : str
    head : str
        The answers that name the galaxies.
    recipe : Mapping
        How stamps are shown to the model, as JSON.
    n_objects : int
    shard_rows : int
        Galaxies in each shard but the last.
    """

    model: str
    head: str
    recipe: Mapping[str, Any]
    n_objects: int
    shard_rows: int

    @property
    def n_shards(self) -> int:
        """How many shards there are."""
        return -(-self.n_objects // self.shard_rows)

    def rows_in(self, shard: int) -> int:
        """How many galaxies a shard has."""
        return min(self.shard_rows, self.n_objects - shard * self.shard_rows)

    def write(self, folder: Path) -> None:
        """Keep it; from then on shards can be done."""
        write_json(folder / JOB, asdict(self))


def read_job(folder: Path) -> Job | None:
    """What `Job.write` kept; None where a survey has not been prepared."""
    try:
        return Job(**read_json(folder / JOB))
    except FileNotFoundError:
        return None


def shard_path(folder: Path, shard: int) -> Path:
    """Where the answers of a shard are; a shard whose file is there is done."""
    return folder / SHARDS / f"{shard:06d}.parquet"


def problems_path(folder: Path, shard: int) -> Path:
    """Where the stamps of a shard that could not be read are listed; no file where all could."""
    return folder / SHARDS / f"{shard:06d}-problems.parquet"


def answers_schema(model: Opened, main: str) -> pa.Schema:
    """Columns of the answers, the same in every shard.

    Parameters
    ----------
    main : str
        Head that names the galaxies.
    """
    info, head = model.info, model.info.head(main)
    places = [("object_id", pa.string()), ("ra_deg", pa.float64()), ("dec_deg", pa.float64())]
    verdicts: list[tuple[str, pa.DataType]] = []
    for one in sorted(info.heads, key=lambda h: h != head):
        if one.kind != "votes":
            label, unclear, possible = _verdict_names(one, head)
            verdicts += [(label, pa.string()), (unclear, pa.bool_()), (possible, pa.string())]
    numbers = [(name, pa.float32()) for one in info.heads for name in column_names(one)]
    compares = model.quick is not None and model.reference is not None
    far = [("strangeness", pa.float32())] if compares else []
    said = [("calibrated", pa.bool_()), ("model", pa.string()), ("file", pa.string())]
    return pa.schema([*places, *verdicts, *numbers, *far, *said])


def _verdict_names(head: Head, main: Head) -> tuple[str, str, str]:
    """Names of the columns that say the class; those of other heads carry the head's name."""
    after = "" if head == main else f"_{head.name}"
    return f"label{after}", f"undefined{after}", f"prediction_set{after}"


def classify_shard(workspace: str, folder: str, shard: int) -> int:
    """Classify the galaxies of one shard and write its answers, whole or not at all.

    Returns
    -------
    int
        Galaxies whose stamp could not be read.
    """
    place, space = Path(folder), Workspace(Path(workspace))
    job = read_job(place)
    assert job is not None
    model = open_classifier(space, job.model)
    schema = answers_schema(model, job.head)
    rows = _rows(place).read_row_group(shard).to_pandas()
    dataset, recipe = read_plan_dataset(place), RenderRecipe.from_json(job.recipe)
    tables, bad = [schema.empty_table()], []
    for start in range(0, len(rows), BATCH):
        some = rows.iloc[start : start + BATCH]
        images, reasons = images_of(dataset, recipe, some)
        good = np.array([not reason for reason in reasons], dtype=bool)
        if good.any():
            told = answers_of(space, model, job.head, images[good])
            known = {name: some[name][good].to_numpy() for name in schema.names if name in some}
            tables.append(pa.Table.from_pandas(told.assign(**known), schema, preserve_index=False))
        bad += _problems(some, reasons)
    _write(place, shard, pa.concat_tables(tables), bad)
    return len(bad)


def _write(folder: Path, shard: int, answers: pa.Table, bad: list[dict[str, str]]) -> None:
    """Write a shard; its answers last, as they say that it is done."""
    problems = problems_path(folder, shard)
    problems.unlink(missing_ok=True)  # of a try that was killed before its answers were written
    if bad:
        with whole_file(problems) as half:
            pq.write_table(pa.Table.from_pylist(bad, PROBLEMS_SCHEMA), half)
    with whole_file(shard_path(folder, shard)) as half:
        pq.write_table(answers, half, compression="zstd")


def _rows(folder: Path) -> pq.ParquetFile:
    path = folder / ROWS
    return _opened(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _opened(path: Path, _modified_ns: int) -> pq.ParquetFile:
    return pq.ParquetFile(path)


def images_of(
    dataset: Dataset, recipe: RenderRecipe, rows: pd.DataFrame
) -> tuple[NDArray[np.uint8], list[str]]:
    """Read and render the stamps of some rows.

    Returns
    -------
    images : array of uint8, shape (n, size_px, size_px, 3)
        Zeros where a stamp cannot be used.
    reasons : list of str
        Why not; empty for the others.
    """
    images = np.zeros((len(rows), recipe.size_px, recipe.size_px, 3), dtype=np.uint8)
    reasons = []
    for place, row in enumerate(rows.to_dict("records")):
        plain = {str(name): value for name, value in row.items()}
        reason = why_unusable(plain["object_id"], plain["file"])
        if not reason:
            images[place], reason = try_object_image(dataset, plain, recipe)
        reasons.append(reason)
    return images, reasons


def _problems(rows: pd.DataFrame, reasons: Sequence[str]) -> list[dict[str, str]]:
    told = zip(rows["object_id"], rows["file"], reasons, strict=True)
    return [{"object_id": i, "file": f, "reason": reason} for i, f, reason in told if reason]


def answers_of(
    workspace: Workspace, model: Opened, main: str, images: NDArray[np.uint8]
) -> pd.DataFrame:
    """Return what a model says of images, calibrated, one row each in columns of the schema.

    Parameters
    ----------
    main : str
        Head that names the galaxies.
    """
    info, vectors, head = model.info, None, model.info.head(main)
    if model.quick is not None:
        raw, vectors = model.quick.answer(images)
    else:
        raw = _network(find_model(workspace, model.name)).predict(images)
    is_calibrated = "temperature" in info.calibration.get(head.name, {})
    columns: dict[str, Any] = {
        "model": model.name,
        "calibrated": np.full(len(images), is_calibrated),
    }
    for one in info.heads:
        told = calibrated(one, raw[one.name], info.calibration)
        columns |= dict(zip(column_names(one), told.T, strict=True))
        if one.kind != "votes":
            label, unclear, possible = _verdict_names(one, head)
            columns[label] = np.array(one.outputs, dtype=object)[told.argmax(axis=1)]
            columns[unclear] = undefined(told)
            sets = [prediction_set(info, one, row) for row in told]
            columns[possible] = [_SEPARATOR.join(classes) for classes in sets]
    if model.reference is not None and vectors is not None:
        columns["strangeness"] = model.reference.strangeness(vectors)
    return pd.DataFrame(columns)


@functools.lru_cache(maxsize=1)
def _network(folder: Path) -> Bundle:
    """A model that has no quick form; it stays loaded from one shard to the next."""
    return load_bundle(folder)
