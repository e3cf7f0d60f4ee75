"""A survey that is to be classified: a catalogue with stamps beside it, or a dataset."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.classifiers.bundle_info import BundleInfo, read_info
from astro_core.datasets.catalogue import catalogue_path
from astro_core.datasets.columns import recognise
from astro_core.datasets.hats import HatsCatalogue, is_address, parse_cone
from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.positions import read_positions
from astro_core.datasets.store import open_dataset
from astro_core.datasets.table_batches import Catalogue
from astro_core.domain import Dataset, Head, Pixels, RenderRecipe, Source, Taxonomy
from astro_core.errors import BadInputError
from astro_core.imaging.render import render
from astro_core.params import digest
from astro_core.runs.folder import now
from astro_core.workflows.catalogue_shard import ROWS_SCHEMA
from astro_core.workflows.catalogue_stamps import Stamps, columns_in, find_stamps, part_of
from astro_core.workflows.first_recipe import recipe_for
from astro_core.workflows.models import find_model
from astro_core.workspace import Workspace

N_SAMPLES = 9  # stamps that are read to see how they are to be shown
LOOKED_AT = 50  # stamps that are tried before a survey is taken for one that cannot be read


@dataclass(frozen=True, kw_only=True)
class SurveyRequest:
    """Which galaxies are to be classified, and by what.

    Attributes
    ----------
    model : str
        Name of a model, or the id of the run that trained it.
    head : str
        Which of its answers names the galaxies; empty takes the first.
    dataset : str
        A dataset of the workspace; then there is neither catalogue nor stamps.
    catalogue : str
        Absolute path of a table, or address of a HATS catalogue.
    cone : str
        Part of a HATS catalogue, see `parse_cone`; empty takes all of it.
    stamps : str
        Folder, or pattern with columns of the catalogue in braces.
    keep_as : str
        What the stamps are to be called as a dataset; empty makes none of them.
    """

    model: str
    head: str = ""
    dataset: str = ""
    catalogue: str = ""
    cone: str = ""
    stamps: str = ""
    keep_as: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> SurveyRequest:
        """Read what a run was asked."""
        return cls(**{name: params[name] for name in cls.__dataclass_fields__ if name in params})

    def main_head(self, info: BundleInfo) -> Head:
        """Return the head that names the galaxies.

        Raises
        ------
        NotFoundError
            If the model has none of that name.
        """
        return info.head(self.head) if self.head else info.heads[0]

    def params(self, workspace: Workspace) -> dict[str, Any]:
        """Everything the answer depends on: the same again goes on where it stood."""
        info = read_info(find_model(workspace, self.model))
        state = digest({"model": dict(info.files), "galaxies": self._state(workspace)})
        return asdict(self) | {"state": state}

    def _state(self, workspace: Workspace) -> list[Any]:
        if self.dataset:
            return [open_dataset(workspace, self.dataset).fingerprint]
        if is_address(self.catalogue):
            return HatsCatalogue(self.catalogue).state
        path = Path(self.catalogue)
        if not path.exists():
            raise BadInputError(f"There is no catalogue '{path}'")
        return [path.stat().st_size, path.stat().st_mtime_ns]


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Galaxies whose images can be read, one after another.

    Attributes
    ----------
    dataset : Dataset
        How they are read; not one of the workspace where they come from a catalogue.
    batches : callable
        Gives the columns of `ROWS_SCHEMA` as far as they are known, a few ten thousand rows at a
        time, as often as it is called.
    """

    dataset: Dataset
    n_objects: int
    batches: Callable[[], Iterator[pd.DataFrame]]

    def first(self, n: int) -> pd.DataFrame:
        """The first rows."""
        return next(self.batches()).head(n)


def open_survey(workspace: Workspace, request: SurveyRequest) -> Survey:
    """Find the galaxies of a request; reads no more than the first of them.

    Raises
    ------
    NotFoundError
        If there is no such dataset.
    BadInputError
        If the catalogue or the stamps cannot be read, or a column is missing.
    """
    if request.dataset:
        dataset = open_dataset(workspace, request.dataset)
        rows = functools.partial(_of_dataset, dataset)
        return Survey(dataset=dataset, n_objects=dataset.n_objects, batches=rows)
    catalogue = _catalogue(request)
    columns = recognise(catalogue.columns)
    stamps = find_stamps(request.stamps, columns)
    wanted = _renamed(catalogue, columns.used, stamps)
    read = [name for name in (*wanted, *stamps.fields) if name in catalogue.columns]

    def batches() -> Iterator[pd.DataFrame]:
        for frame in catalogue.batches(read):
            yield _planned(frame, wanted, stamps)

    first = next(batches(), pd.DataFrame()).head(LOOKED_AT)
    if first.empty:
        raise BadInputError(f"The catalogue '{catalogue.name}' has no rows")
    part = part_of(stamps.root, list(first["file"]))
    dataset = Dataset(
        name=Path(request.catalogue).stem, folder=stamps.root, parts=(part,), bands=part.bands,
        taxonomy=Taxonomy(name=Path(request.catalogue).stem),
        source=Source(reader="catalogue", location=request.catalogue, imported_at=now()),
        fingerprint="", n_objects=0, n_bad=0, class_counts={},
    )  # fmt: skip
    return Survey(dataset=dataset, n_objects=len(catalogue), batches=batches)


def _catalogue(request: SurveyRequest) -> Catalogue | HatsCatalogue:
    as_text = columns_in(request.stamps)
    if request.cone or is_address(request.catalogue):
        cone = parse_cone(request.cone) if request.cone else None
        return HatsCatalogue(request.catalogue, cone, as_text)
    return Catalogue(Path(request.catalogue), as_text)


def _of_dataset(dataset: Dataset) -> Iterator[pd.DataFrame]:
    catalogue = Catalogue(catalogue_path(dataset))
    return catalogue.batches([c for c in ROWS_SCHEMA.names if c in catalogue.columns])


def _renamed(
    catalogue: Catalogue | HatsCatalogue, used: Mapping[str, str], stamps: Stamps
) -> dict[str, str]:
    """Column of the catalogue to what it is called in the plan.

    Raises
    ------
    BadInputError
        If there is no identifier, or a column of the pattern is missing.
    """
    wanted = {used[role]: role for role in ("object_id", "ra_deg", "dec_deg") if role in used}
    known = {*catalogue.columns, *wanted.values()}
    missing = [name for name in ("object_id", *stamps.fields) if name not in known]
    if missing:
        raise BadInputError(
            f"The catalogue '{catalogue.name}' has no column '{missing[0]}'",
            expected="one of " + ", ".join(catalogue.columns[:30]),
            todo="Name another column in the pattern, or add one of identifiers",
        )
    return wanted


def _planned(frame: pd.DataFrame, wanted: Mapping[str, str], stamps: Stamps) -> pd.DataFrame:
    """Rows of a catalogue as they are read: one file each."""
    called = frame.rename(columns=wanted)
    for column, role in wanted.items():
        if column in stamps.fields:
            called[column] = called[role]
    plan, _ = read_positions(called[list(wanted.values())])
    ids = called["object_id"].astype(str).fillna("")
    return plan.assign(object_id=ids, file=stamps.files(called), part=0, row=0)


def recipe_of(survey: Survey, info: BundleInfo) -> tuple[RenderRecipe, str]:
    """Say how the stamps are shown to a model, after a look at the first of them.

    Pictures and bands are shown as the model learned. Where it learned from pictures and these
    are measured values, they are stretched alike, by what some of them show.

    Returns
    -------
    RenderRecipe
    str
        What a person should know about it; empty for the model's own way.

    Raises
    ------
    BadInputError
        If not one of the first stamps can be shown.
    """
    sample = _readable(survey)
    recipe, note = info.render, ""
    if recipe.transform == "picture" and not sample[0].display:
        proposed = recipe_for(sample, survey.dataset.bands)
        recipe = replace(proposed, crop_px=recipe.crop_px, size_px=recipe.size_px)
        note = (
            "The model learned from pictures and these are measured values: they are stretched "
            "automatically, alike for all, by what the first of them show."
        )
    render(sample[0], recipe)
    return recipe, note


def _readable(survey: Survey) -> list[Pixels]:
    """A few stamps from the beginning that can be read."""
    found, why = [], ""
    rows = survey.first(LOOKED_AT)
    for row in rows.to_dict("records"):
        try:
            found.append(read_pixels(survey.dataset, {str(k): v for k, v in row.items()}))
        except BadInputError as error:
            why = str(error)
        if len(found) == N_SAMPLES:
            break
    if not found:
        raise BadInputError(f"None of the first {len(rows):,} stamps can be read: {why}")
    return found
