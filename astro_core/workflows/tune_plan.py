"""What a search for settings is to do: a recipe, the ranges, and how it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from astro_core.classifiers.registry import MODELS
from astro_core.classifiers.tuning.params import (
    TuningParams,
    judged_head,
    natural_objective,
)
from astro_core.classifiers.tuning.presets import PRESETS, first_preset
from astro_core.classifiers.tuning.space import (
    Dimension,
    Setting,
    Value,
    as_settings,
    parse,
    settings_of,
)
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.params import from_mapping, to_mapping
from astro_core.workflows.training_plan import TrainingPlan, plan_training

_CLASS_ONLY = ("label_smoothing", "balance", "balance_to")
_VOTE_ONLY = ("vote_loss", "vote_weight")
_IDLE = {  # settings that change nothing of what a recipe learns
    "votes": (*_CLASS_ONLY, "vote_weight"), "classes": _VOTE_ONLY, "binary": _VOTE_ONLY,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TuningPlan:
    """A search with the values that were chosen.

    Attributes
    ----------
    fixed : Mapping
        Settings that are not the recipe's own in any trial.
    base : TrainingPlan
        The recipe with those.
    known : Mapping
        What could be searched, by name.
    dimensions : tuple of Dimension
        What is searched.
    """

    fixed: Mapping[str, Any]
    base: TrainingPlan
    known: Mapping[str, Setting]
    dimensions: tuple[Dimension, ...]
    tuning: TuningParams

    @property
    def space(self) -> list[str]:
        """The ranges as text."""
        return [dimension.text for dimension in self.dimensions]

    @property
    def own(self) -> dict[str, Value]:
        """The recipe's own values, or those of the ranges that are nearest to them."""
        return {d.name: d.nearest(self.known[d.name].value) for d in self.dimensions}

    @property
    def own_is_exact(self) -> bool:
        """Whether the recipe's own values lie in the ranges."""
        return all(self.known[name].value == value for name, value in self.own.items())

    def settings(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the settings of a trial that are not the recipe's own, for a training."""
        return {**self.fixed, **as_settings(values, self.base.training, self.base.network)}

    def trial(self, values: Mapping[str, Value]) -> TrainingPlan:
        """Return what a trial trains."""
        return plan_training(self.base.recipe.name, self.settings(values))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; "searched" tells of each range all that a reader needs."""
        searched = [
            asdict(dimension)
            | {"label": setting.label, "unit": setting.info.unit, "own": setting.value}
            for dimension in self.dimensions
            for setting in (self.known[dimension.name],)
        ]
        tuning = to_mapping(self.tuning)
        return self.base.to_json() | {"searched": searched, "tuning": tuning}


def searchable(base: TrainingPlan) -> dict[str, Setting]:
    """List the settings of a recipe that can be searched, by name."""
    obeys = MODELS.get(base.recipe.model).obeys
    found = settings_of(base.training, base.network, obeys)
    idle = _IDLE.get(base.recipe.target, ())
    return {name: setting for name, setting in found.items() if name not in idle}


def unsearchable(base: TrainingPlan) -> str:
    """Say why the settings of a recipe cannot be searched; empty where they can."""
    ensemble = MODELS.get(base.recipe.model).kind == "ensemble"
    return f"'{base.recipe.name}' is made of other recipes" if ensemble else ""


def plan_tuning(
    recipe: str,
    settings: Mapping[str, Any],
    space: Sequence[str],
    tuning: Mapping[str, Any],
    heads: tuple[Head, ...],
) -> TuningPlan:
    """Read what a search is asked to do.

    Parameters
    ----------
    settings : Mapping
        The same in every trial.
    space : sequence of str
        Ranges, names of settings (for which a range is suggested) and names of presets; without
        any, the preset that suits the recipe.
    tuning : Mapping
        How it goes on; without an aim, balanced accuracy, or RMSE where only votes are learned.
    heads : tuple of Head
        What the dataset teaches the recipe.

    Raises
    ------
    NotFoundError
        If there is no such recipe.
    BadInputError
        For a setting or range that makes no sense, or an aim that the recipe does not have.
    """
    base = plan_training(recipe, settings)
    if said := unsearchable(base):
        raise BadInputError(said, todo="Search the settings of one of its members")
    known = searchable(base)
    params = from_mapping(TuningParams, {"objective": natural_objective(heads)} | dict(tuning))
    judged_head(heads, params.objective)
    dimensions = _dimensions(space or [first_preset(known, recipe)], known)
    _check(dimensions, settings)
    now = to_mapping(base.training) | to_mapping(base.network)
    fixed = {name: now[name] for name in settings}
    return TuningPlan(fixed=fixed, base=base, known=known, dimensions=dimensions, tuning=params)


def _dimensions(space: Sequence[str], known: Mapping[str, Setting]) -> tuple[Dimension, ...]:
    found: dict[str, Dimension] = {}
    for text in space:
        if text in PRESETS:
            its = PRESETS.get(text).dimensions(known)
            if not its:
                raise BadInputError(f"The preset '{text}' has no setting that this recipe has")
        else:
            its = (parse(text, known),)
        found |= {dimension.name: dimension for dimension in its}  # the later one counts
    return tuple(found.values())


def _check(dimensions: Sequence[Dimension], settings: Mapping[str, Any]) -> None:
    both = [d.name for d in dimensions if d.name in settings]
    if both:
        raise BadInputError(
            f"'{both[0]}' is to be searched and to stay as it is",
            todo="Leave it out of the ranges, or out of the settings",
        )
    free = [d for d in dimensions if len(d.choices) > 1 or d.low < d.high]
    if not free:
        raise BadInputError("There is nothing to search: every range has a single value")
