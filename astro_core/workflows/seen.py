"""Which galaxies of a dataset a model learned from, so that it is not judged by them unawares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.classifiers.bundle_info import SEPARATOR, BundleInfo
from astro_core.classifiers.reference import read_reference
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.workflows.models import find_model
from astro_core.workflows.training_plan import plan_training, training_data
from astro_core.workspace import Workspace

LEARNED = ("train", "validation", "calibration")  # the parts of a training that made the model
_SAME_PLACE_DEG = 1 / 3600
_SURVEY_ID = r"(?:\d\D*){6}"
_COLUMNS = ["object_id", "content", "ra_deg", "dec_deg"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What a model knows of a dataset.

    Attributes
    ----------
    parts : array of str, shape (n_objects,)
        The part of its training each galaxy was in, in the catalogue's order; "" for a galaxy
        that it was not made with.
    known : bool
        Whether that could be found out at all.
    """

    parts: NDArray[Any]
    known: bool


def seen(workspace: Workspace, model: str, info: BundleInfo, dataset: Dataset) -> Seen:
    """Find the galaxies of a dataset that a model was made with.

    In the same dataset they are known by their ids. In another one a galaxy is the same if its
    picture is, or its id and its position. Without positions an id is enough if it looks like
    that of a survey, with six digits or more: files called "galaxy-001" are many. Where the
    dataset of the training is gone, every id is.

    Parameters
    ----------
    model : str
        Name of the model, or the id of the run that trained it.
    """
    ours = read_catalogue(dataset, _COLUMNS)
    learned = _learned(workspace, model, info, dataset)
    if learned is None:
        return Seen(parts=np.full(len(ours), "", dtype=object), known=False)
    part_of = learned.set_index("object_id")["part"]
    parts = ours["object_id"].map(part_of)
    if info.fingerprint != dataset.fingerprint:
        theirs = _catalogue(workspace, info)
        if theirs is not None:
            parts = parts.where(_same_place(ours, theirs))
            pictures = theirs.assign(part=theirs["object_id"].map(part_of)).dropna(subset=["part"])
            by_picture = pictures.drop_duplicates("content").set_index("content")["part"]
            parts = parts.fillna(ours["content"].map(by_picture))
    return Seen(parts=parts.fillna("").to_numpy(dtype=object), known=True)


def _learned(
    workspace: Workspace, model: str, info: BundleInfo, dataset: Dataset
) -> pd.DataFrame | None:
    """object_id and part of the galaxies that made a model; None where nobody kept them."""
    for run_id in dict.fromkeys((model, info.name)):
        path = workspace.runs / run_id / "parts.parquet"
        if path.is_file():
            table = pd.read_parquet(path, columns=["object_id", "part"])
            table = _with_own_ids(table[table["part"].isin(LEARNED)], info, dataset)
            return table.drop_duplicates("object_id")
    told = read_reference(find_model(workspace, model))
    if told is not None:
        ids = [*told.object_ids, *told.aside_ids]
        part = ["train"] * len(told.object_ids) + ["validation"] * len(told.aside_ids)
        return pd.DataFrame({"object_id": ids, "part": part}).drop_duplicates("object_id")
    return _dealt_again(workspace, info)


def _with_own_ids(table: pd.DataFrame, info: BundleInfo, dataset: Dataset) -> pd.DataFrame:
    """Ids without their dataset where several taught the model; if this did, its galaxies alone."""
    if len(info.learned_from) == 1:
        return table
    told = table["object_id"].str.split(SEPARATOR, n=1, expand=True)
    own = table.assign(object_id=told[1])
    return own[told[0] == dataset.name] if dataset.name in info.learned_from else own


def _dealt_again(workspace: Workspace, info: BundleInfo) -> pd.DataFrame | None:
    """Deal the galaxies as the training did: the same data and seed give the same parts."""
    seed = info.training.get("training", {}).get("seed", 0)
    try:
        dataset = open_dataset(workspace, info.dataset)
        if dataset.fingerprint != info.fingerprint:
            return None
        plan = plan_training(str(info.training.get("recipe", "")), {"seed": seed})
        table = training_data(dataset, plan, np.ones(dataset.n_objects, dtype=bool)).table
    except TuningForkError:
        return None
    return table[table["part"].isin(LEARNED)]


def _catalogue(workspace: Workspace, info: BundleInfo) -> pd.DataFrame | None:
    """The catalogue that a model was trained on, if it is still here."""
    try:
        return read_catalogue(open_dataset(workspace, info.dataset), _COLUMNS)
    except TuningForkError:
        return None


def _same_place(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Series:
    """Whether galaxies with the same id are one, for each of ours."""
    there = theirs.drop_duplicates("object_id").set_index("object_id")
    other = there.reindex(ours["object_id"]).set_axis(ours.index)
    east = (ours["ra_deg"] - other["ra_deg"] + 180) % 360 - 180
    east = east * np.cos(np.deg2rad(ours["dec_deg"]))
    apart = np.hypot(east, ours["dec_deg"] - other["dec_deg"])
    unknown = apart.isna() & ours["object_id"].str.contains(_SURVEY_ID)
    same: pd.Series = (apart < _SAME_PLACE_DEG) | unknown
    return same
