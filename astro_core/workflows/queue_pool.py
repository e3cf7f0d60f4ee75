"""Put together, by object_id, what is known of the galaxies to choose from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core import runs
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.labels.acquisition import NO_LABEL, Pool
from astro_core.workflows.answer_files import FOLDS
from astro_core.workflows.feature_store import open_features
from astro_core.workflows.match_answers import match
from astro_core.workflows.queue_labels import given_labels
from astro_core.workflows.queue_members import KIND as OPINIONS
from astro_core.workflows.queue_members import open_opinions
from astro_core.workflows.queue_needs import Source
from astro_core.workflows.seen import LEARNED, seen
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workspace import Workspace


@dataclass(frozen=True, eq=False)
class _Column:
    """Something that is known of some galaxies: values with a row for each id on an axis."""

    ids: pd.Index
    values: NDArray[Any]
    axis: int = 0

    def of(self, ids: pd.Index) -> NDArray[Any]:
        rows = self.ids.get_indexer(ids)
        return np.take(self.values, rows, axis=self.axis)


def make_pool(
    workspace: Workspace,
    dataset: Dataset,
    ids: pd.Index,
    source: Source,
    *,
    labelled: pd.Index,
    like: tuple[str, ...],
    taxonomy: str,
) -> tuple[Pool, tuple[str, ...]]:
    """Return the galaxies of which all is known that is needed.

    Parameters
    ----------
    ids : Index
        Galaxies that may be chosen.
    labelled : Index
        Galaxies that were looked at enough: diverse galaxies are unlike these too.
    like : tuple of str
        Galaxies to be like; they are not chosen themselves.
    taxonomy : str
        Name of the classes in which people answered; the dataset's own when empty.

    Returns
    -------
    pool : Pool
    notes : tuple of str
        What was left out and where answers come from, in sentences.
    """
    columns, notes = _columns(workspace, source)
    ids = ids[~ids.isin(like)]
    known = np.ones(len(ids), dtype=bool)
    for name, column in columns.items():
        known &= _usable(column, ids, what=name)
    if not known.all():
        left = "images or features that cannot be used"
        notes = (*notes, f"{int((~known).sum()):,} galaxies have {left} and are left out.")
    ids = ids[known]
    fields = {name: column.of(ids) for name, column in columns.items()}
    if source.features:
        vectors = columns["features"]
        fields["covered"] = _vectors(vectors, labelled)
        fields["likes"] = _vectors(vectors, pd.Index(like, dtype=object)) if like else None
        if like and len(fields["likes"]) < len(like):
            raise BadInputError("A galaxy to be like has no features", given=", ".join(like))
    if source.labels:
        fields |= _labels(workspace, dataset, ids, source, taxonomy)
    pool = Pool(object_ids=tuple(ids), **fields)
    return dataclasses.replace(pool, set_threshold=_threshold(source)), notes


def _columns(workspace: Workspace, source: Source) -> tuple[dict[str, _Column], tuple[str, ...]]:
    """Arrays by field of the pool, and who the answers are from."""
    columns, notes = {}, ()
    if source.opinions:
        told = open_opinions(workspace, source.opinions)
        columns["members"] = _Column(told.object_ids, told.answers, axis=1)
        notes = (f"Opinions: {told.how}.",)
    if source.answers:
        columns["probabilities"] = _probabilities(workspace, source)
    if source.features:
        features = open_features(workspace, source.features)
        columns["features"] = _Column(pd.Index(features.object_ids), features.values)
    return columns, notes


def _probabilities(workspace: Workspace, source: Source) -> _Column:
    assert source.head is not None
    if runs.get_run(workspace, source.answers).kind == OPINIONS:  # of folds: what they say on mean
        told = open_opinions(workspace, source.answers)
        return _Column(told.object_ids, told.answers.mean(axis=0))
    names = [f"p_{name}" for name in source.head.outputs]
    path = workspace.runs / source.answers / PREDICTIONS
    table = pd.read_parquet(path, columns=["object_id", *names])
    return _Column(pd.Index(table["object_id"]), table[names].to_numpy(dtype=float))


def class_probabilities(
    workspace: Workspace, dataset: Dataset, source: Source
) -> tuple[pd.Index, tuple[str, ...], NDArray[Any]]:
    """A model's answers about each galaxy.

    Returns
    -------
    ids : Index
    names : tuple of str
        Its classes, in the dataset's own names.
    values : array, shape (n, n_classes)
    """
    column = _probabilities(workspace, source)
    return column.ids, _class_names(dataset, source), column.of(column.ids)


def _class_names(dataset: Dataset, source: Source) -> tuple[str, ...]:
    assert source.info is not None
    assert source.head is not None
    names = source.head.outputs
    if source.info.fingerprint == dataset.fingerprint:
        return names
    renamed = match(source.info, dataset).renamed
    return tuple(renamed.get(name, name) for name in names)


def _usable(column: _Column, ids: pd.Index, *, what: str) -> NDArray[np.bool_]:
    """Which galaxies have an entry whose numbers are all finite."""
    rows = column.ids.get_indexer(ids)
    values = np.moveaxis(column.values, column.axis, 0).reshape(len(column.ids), -1)
    whole = np.isfinite(values).all(axis=1)
    if not whole.any():
        raise BadInputError(f"No galaxy has {what} that can be used")
    usable: NDArray[np.bool_] = (rows >= 0) & whole[rows]
    return usable


def _vectors(column: _Column, ids: pd.Index) -> NDArray[Any]:
    """Features of those of some galaxies that have any."""
    there = ids[ids.isin(column.ids)]
    vectors = column.of(there)
    finite: NDArray[Any] = vectors[np.isfinite(vectors).all(axis=1)]
    return finite


def _threshold(source: Source) -> float | None:
    if source.info is None or source.head is None:
        return None
    found = source.info.calibration.get(source.head.name, {}).get("set_threshold")
    return None if found is None else float(found)


def _labels(
    workspace: Workspace, dataset: Dataset, ids: pd.Index, source: Source, taxonomy: str
) -> dict[str, NDArray[Any]]:
    """What people said, as class numbers of the model, and what the model learned from."""
    assert source.info is not None
    given = given_labels(workspace, dataset, taxonomy).reindex(ids)
    numbers = pd.Index(_class_names(dataset, source)).get_indexer(pd.Index(given, dtype=object))
    learned = np.zeros(len(ids), dtype=bool)
    if runs.get_run(workspace, source.answers).kind != FOLDS:
        parts = seen(workspace, source.model, source.info, dataset).parts
        learned = _in_catalogue(dataset, ids, np.isin(parts, LEARNED))
    return {"labels": np.where(numbers < 0, NO_LABEL, numbers), "learned": learned}


def _in_catalogue(dataset: Dataset, ids: pd.Index, values: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Values in the order of the catalogue, for some galaxies."""
    from astro_core.workflows.object_rows import object_table

    found: NDArray[np.bool_] = values[object_table(dataset).positions(list(ids))]
    return found
