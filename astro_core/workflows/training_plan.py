"""What a training is to do: a recipe, its settings, and the galaxies it is given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.classifiers.parts import keep_share, make_parts
from astro_core.classifiers.registry import MODELS, RECIPES, RecipeSpec
from astro_core.classifiers.settings import CATALOGUE, TrainingParams
from astro_core.classifiers.targets import Targets, class_head, class_targets
from astro_core.classifiers.vote_targets import vote_head, vote_targets
from astro_core.datasets.catalogue import catalogue_path, read_catalogue
from astro_core.domain import Dataset, Head, RenderRecipe, Taxonomy
from astro_core.errors import BadInputError
from astro_core.params import ParamInfo, describe, from_mapping, to_mapping
from astro_core.workflows.label_training import Taught, teach

_ALIKE = 0.8  # share of the images that have one size, for it to be that of all


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """A recipe with the values that were chosen."""

    recipe: RecipeSpec
    training: TrainingParams
    network: Any

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "recipe": self.recipe.name,
            "training": to_mapping(self.training),
            "network": to_mapping(self.network),
        }


def plan_training(recipe: str, settings: Mapping[str, Any]) -> TrainingPlan:
    """Take a recipe and change some of its settings, the training's or the network's.

    Raises
    ------
    NotFoundError
        If there is no such recipe.
    BadInputError
        For a setting that neither has, or a value out of bounds.
    """
    spec = RECIPES.get(recipe)
    ours = {info.name for info in training_settings(spec)}
    its = {info.name for info in describe(spec.network)}
    unknown = [name for name in settings if name not in ours | its]
    if unknown:
        raise BadInputError(
            f"The recipe '{recipe}' has no setting named '{unknown[0]}'",
            expected="one of " + ", ".join(sorted(ours | its)),
        )
    return TrainingPlan(
        recipe=spec,
        training=_changed(spec.training, {k: v for k, v in settings.items() if k in ours}),
        network=_changed(spec.network, {k: v for k, v in settings.items() if k in its}),
    )


def plan_of(info: BundleInfo) -> TrainingPlan:
    """Return the plan of the training that made a model, as far as its settings still exist.

    Raises
    ------
    NotFoundError
        If there is no such recipe any more.
    """
    recipe = RECIPES.get(str(info.training.get("recipe")))
    chosen = []
    for own, told in ((recipe.training, "training"), (recipe.network, "network")):
        known = {setting.name for setting in describe(own)}
        values = {k: v for k, v in info.training.get(told, {}).items() if k in known}
        chosen.append(_changed(own, values))
    return TrainingPlan(recipe=recipe, training=chosen[0], network=chosen[1])


def training_settings(spec: RecipeSpec) -> tuple[ParamInfo, ...]:
    """List the settings of a training that mean something for the recipe's model."""
    obeys = MODELS.get(spec.model).obeys
    return tuple(i for i in describe(spec.training) if not obeys or i.name in obeys)


def _changed(params: Any, values: Mapping[str, Any]) -> Any:
    return from_mapping(type(params), to_mapping(params) | dict(values))


def render_recipe(dataset: Dataset, training: TrainingParams) -> RenderRecipe:
    """Return how the dataset is shown to the network: its own recipe at another crop and size.

    The crop is no larger than most of the images are: a recipe made for wide stamps would show
    smaller ones on black.
    """
    crop = training.crop_px
    if crop:
        crop = min(crop, _sides(catalogue_path(dataset))[0])
    return replace(dataset.recipe, crop_px=crop, size_px=training.size_px)


@lru_cache(maxsize=8)
def _sides(catalogue: Path) -> tuple[int, float]:
    """Median of the images' shorter sides in px, and how large a share of the images has it.

    A catalogue never changes under its name.
    """
    sides = pd.read_parquet(catalogue, columns=["width_px", "height_px"]).min(axis=1)
    usual = int(sides.median())
    return usual, float((sides == usual).mean())


def side_arcsec(datasets: Iterable[Dataset], recipe: RenderRecipe) -> float | None:
    """Return how much sky an image is across under a recipe; None where images differ in that.

    Stamps that were cut as large as their galaxy differ, and so do images without a scale.
    """
    sides = {_side_arcsec(dataset, recipe) for dataset in datasets}
    return sides.pop() if len(sides) == 1 else None


def _side_arcsec(dataset: Dataset, recipe: RenderRecipe) -> float | None:
    if dataset.pixel_scale_arcsec is None:
        return None
    if recipe.crop_px:
        return recipe.crop_px * dataset.pixel_scale_arcsec
    side, share = _sides(catalogue_path(dataset))
    return side * dataset.pixel_scale_arcsec if share >= _ALIKE else None


@dataclass(frozen=True, kw_only=True)
class TrainingData:
    """The galaxies of a training, in the catalogue's order.

    Attributes
    ----------
    table : DataFrame
        object_id, label and part of each.
    targets : tuple of Targets
        One for each head; classes come before votes.
    taught : Taught or None
        What people said, where that is learned.
    """

    table: pd.DataFrame
    targets: tuple[Targets, ...]
    taught: Taught | None = None

    @property
    def heads(self) -> tuple[Head, ...]:
        """What is learned."""
        return tuple(target.head for target in self.targets)

    @property
    def known(self) -> np.ndarray:
        """Galaxies with an answer for some head."""
        return np.any([target.known for target in self.targets], axis=0)

    def rows(self, part: str, target: Targets | None = None) -> np.ndarray:
        """Rows of a part whose answer is known, for one head or for any."""
        known = self.known if target is None else target.known
        return np.flatnonzero((self.table["part"] == part).to_numpy() & known)


def training_data(
    dataset: Dataset, plan: TrainingPlan, ok: np.ndarray, taught: Taught | None = None
) -> TrainingData:
    """Read the answers of a dataset and deal its galaxies into parts.

    Who is in which part does not depend on what people said: a galaxy to test on stays one,
    whoever labels it.

    Parameters
    ----------
    ok : array of bool, shape (n_objects,)
        Galaxies that can be shown, in the catalogue's order; the others are in no part.
    taught : Taught, optional
        What people said, as a run has frozen it; without it, what they say now, if the plan
        wants that.

    Raises
    ------
    BadInputError
        If the dataset lacks what the recipe learns, nobody has labelled it though people's labels
        are wanted, a part that is needed has no galaxy with an answer, or there is but one class
        to learn from.
    """
    catalogue, taught = read_catalogue(dataset), taught or teach(dataset, plan.training)
    groups, given = catalogue["group"].astype(str).tolist(), _texts(catalogue["split"])
    parts = make_parts(_texts(catalogue["label"]), groups, given, seed=plan.training.seed)
    labels = _texts(catalogue["label"] if taught is None else taught.labels(catalogue))
    parts = less_to_learn(parts, labels, groups, plan)
    taxonomy, present = dataset.taxonomy, {label for label in labels if label}
    if taught is not None:  # few galaxies may have a label, and none of those of a class be learned
        taxonomy = taught.taxonomy
        learned = ok & (parts == "train")
        present = {label for label, there in zip(labels, learned, strict=True) if label and there}
    targets = _targets(plan, taxonomy, labels, catalogue, present)
    table = pd.DataFrame(
        {"object_id": catalogue["object_id"], "label": labels, "part": np.where(ok, parts, "")}
    )
    data = TrainingData(table=table, targets=targets, taught=taught)
    _check(data)
    return data


def _texts(column: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column]


def _check(data: TrainingData) -> None:
    for part in ("train", "validation"):
        if not len(data.rows(part)):
            raise BadInputError(
                f"There is no galaxy with an answer in the {part} part",
                todo="Give the dataset another split, or label more galaxies",
            )
    for target in data.targets:
        rows = data.rows("train", target)
        places = np.unique(target.truth[rows].argmax(axis=1))
        if target.head.kind != "votes" and len(places) < 2:
            raise BadInputError(
                "The galaxies to learn from are not of two classes",
                given=", ".join(target.head.outputs[p] for p in places) or "no labelled galaxy",
                todo="Give the dataset another split, or label more galaxies",
            )


def less_to_learn(
    parts: np.ndarray, labels: Sequence[str | None], groups: Sequence[str], plan: TrainingPlan
) -> np.ndarray:
    """Leave out what the plan does not want to learn from; the other parts stay as they are."""
    share, seed = plan.training.train_share, plan.training.seed
    return parts if share >= 1 else keep_share(parts, labels, groups, share, seed=seed)


def _targets(
    plan: TrainingPlan,
    taxonomy: Taxonomy,
    labels: Sequence[str | None],
    catalogue: pd.DataFrame,
    present: Collection[str],
) -> tuple[Targets, ...]:
    """Answers for each head; for "both", for whichever heads the dataset can teach.

    Parameters
    ----------
    present : collection of str
        Labels that make a class of a head; others count as unknown.
    """
    wanted = plan.recipe.target
    if wanted == "votes" and plan.training.labels != CATALOGUE:
        raise BadInputError(
            "This recipe learns vote fractions, which come with the catalogue",
            given=f"labels={plan.training.labels}",
            todo="Leave labels at catalogue, or choose a recipe that learns classes",
        )

    def classes() -> Targets:
        return class_targets(
            class_head(taxonomy, tuple(present), binary=wanted == "binary"), labels
        )

    def votes() -> Targets:
        counted = plan.training.vote_loss == "dirichlet-multinomial"
        head = vote_head(taxonomy, catalogue, concentrations=counted)
        return vote_targets(head, catalogue, taxonomy, counted=counted)

    if wanted != "both":
        return (votes(),) if wanted == "votes" else (classes(),)
    voted = _has_votes(taxonomy, catalogue)
    if not voted or len(set(taxonomy.class_names) & set(present)) > 1:
        return (classes(), votes()) if voted else (classes(),)
    return (votes(),)


def _has_votes(taxonomy: Taxonomy, catalogue: pd.DataFrame) -> bool:
    columns = list(taxonomy.vote_columns)
    there = bool(columns) and set(columns) <= set(catalogue.columns)
    return there and bool(catalogue[columns].notna().any(axis=None))
