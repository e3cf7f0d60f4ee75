"""Train several recipes one after the other, and find what each is worth on validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.classifiers.ensemble import MOST_MEMBERS, Ensemble, Member
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.mixing import log_loss, mixing_shares
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.pretrained import SOURCES, FirstWeights, told
from astro_core.classifiers.registry import MODELS, RECIPES, ModelSpec, RecipeSpec
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.training_any import History, train_model
from astro_core.domain import Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.params import param, to_mapping

_STEPS = 1000  # of progress for each member
_SHARED = ("labels", "taxonomy", "crop_px", "size_px", "epochs", "views", "train_share")


@dataclass(frozen=True, kw_only=True)
class EnsembleParams:
    """Who belongs to it, and where the first weights of those come from that can have some."""

    members: str = param(
        "galaxy10-dropout-bn, galaxy10-vgg16-finetuned", label="Members",
        help="Names of recipes that learn classes, with commas between them. One that is named "
        "twice is trained from two seeds.",
    )  # fmt: skip
    weights: str = param(
        "imagenet", label="First weights", choices=SOURCES,
        help="ImageNet's, fetched once; those in a file; or none: then all learn from scratch.",
    )  # fmt: skip
    weights_path: str = param(
        "", label="Weights file", help="Whole path of a local file without the network's own top."
    )


def members_of(params: EnsembleParams) -> tuple[RecipeSpec, ...]:
    """Return the recipes of an ensemble.

    Raises
    ------
    NotFoundError
        If there is no such recipe.
    BadInputError
        If there are none or too many, or one that learns no classes.
    """
    names = [name.strip() for name in params.members.split(",") if name.strip()]
    if not 1 <= len(names) <= MOST_MEMBERS:
        raise BadInputError(
            f"An ensemble cannot have {len(names)} members", expected=f"1 to {MOST_MEMBERS}"
        )
    found = tuple(RECIPES.get(name) for name in names)
    for recipe in found:
        if recipe.target == "votes" or MODELS.get(recipe.model).kind == "ensemble":
            raise BadInputError(
                f"The recipe '{recipe.name}' cannot be a member of an ensemble",
                expected="recipes that learn classes, no other ensemble",
            )
    return found


def _network(recipe: RecipeSpec, params: EnsembleParams) -> Any:
    """A member's own settings, with the ensemble's first weights where it can have some."""
    names = {field.name for field in fields(recipe.network)}
    if "weights_path" not in names:
        return recipe.network
    return replace(recipe.network, weights=params.weights, weights_path=params.weights_path)


def _first_weights(params: EnsembleParams) -> tuple[FirstWeights, ...]:
    found = []
    for recipe in members_of(params):
        first = MODELS.get(recipe.model).first_weights
        found += first(_network(recipe, params)) if first else ()
    return tuple(found)


def _trainings(recipes: tuple[RecipeSpec, ...], params: TrainingParams) -> list[TrainingParams]:
    """Each recipe's own, with what the ensemble decides for all; another seed for each copy."""
    shared = {name: getattr(params, name) for name in _SHARED}
    before: Counter[str] = Counter()
    found = []
    for recipe in recipes:
        found.append(replace(recipe.training, **shared, seed=params.seed + before[recipe.name]))
        before[recipe.name] += 1
    return found


def fit_ensemble(
    training: TrainingSet,
    validation: TrainingSet,
    params: TrainingParams,
    ensemble: EnsembleParams,
    progress: Progress = no_progress,
    on_step: Callable[[list[dict[str, float]]], None] = lambda _: None,
    *,
    folder: Path,
) -> tuple[Ensemble, History]:
    """Train the members one after the other, then find what each counts.

    Parameters
    ----------
    progress : Progress
        Called after every step of every member; may raise `Cancelled`.
    on_step : callable
        Called after every epoch with the history so far; "member" counts from 0.
    folder : Path
        Where each member's training stands is kept here; the same call goes on after a kill.

    Raises
    ------
    BadInputError
        As a member's training does, naming the member.
    """
    recipes = members_of(ensemble)
    _check_members(recipes, training, ensemble, params)
    history: list[dict[str, float]] = []
    members, asked, before = [], _trainings(recipes, params), 0
    for place, (recipe, its) in enumerate(zip(recipes, asked, strict=True)):
        report = _reporter(progress, place, recipe, len(recipes))
        keep = _keeper(history, place, on_step)
        network = _network(recipe, ensemble)
        spec = MODELS.get(recipe.model)
        model, epochs = train_model(
            spec, network, training, validation, its, folder / f"member-{place}", report, keep
        )
        history[before:] = [dict(epoch) | {"member": float(place)} for epoch in epochs]
        before = len(history)
        members.append(_member(spec, recipe, its, network, model, len(epochs)))
    return _mixed(tuple(members), validation, params.views), history


def _check_members(
    recipes: tuple[RecipeSpec, ...],
    training: TrainingSet,
    ensemble: EnsembleParams,
    params: TrainingParams,
) -> None:
    """Build every network but the first once: what is wrong with one is said before hours pass."""
    heads = tuple(target.head for target in training.targets)
    for recipe in recipes[1:]:
        build = MODELS.get(recipe.model).build
        if build is not None:
            channels = 1 if recipe.training.grey else 3
            shape = (params.size_px, params.size_px, channels)
            try:
                build(shape, heads, _network(recipe, ensemble))
            except BadInputError as error:
                raise BadInputError(
                    f"The member '{recipe.name}' cannot be built: {error.what}",
                    expected=error.expected,
                    given=error.given,
                    todo=error.todo,
                ) from None


def _reporter(progress: Progress, place: int, recipe: RecipeSpec, n: int) -> Progress:
    def report(done: int, total: int, message: str = "") -> None:
        so_far = place * _STEPS + (_STEPS * done // total if total else 0)
        progress(so_far, n * _STEPS, f"{recipe.label}, {place + 1} of {n}: {message}")

    return report


def _keeper(
    before: list[dict[str, float]],
    place: int,
    on_step: Callable[[list[dict[str, float]]], None],
) -> Callable[[list[dict[str, float]]], None]:
    """Give the history of the members before and of this one."""
    done = list(before)

    def keep(history: list[dict[str, float]]) -> None:
        on_step([*done, *({**epoch, "member": float(place)} for epoch in history)])

    return keep


def _member(
    spec: ModelSpec,
    recipe: RecipeSpec,
    params: TrainingParams,
    network: Any,
    model: Any,
    n_epochs: int,
) -> Member:
    first = spec.first_weights(network) if spec.first_weights else ()
    return Member(
        model=model,
        kind=spec.kind,
        grey=params.grey,
        embedding=spec.embedding,
        training={
            "recipe": recipe.name,
            "training": to_mapping(params),
            "network": to_mapping(network),
            "epochs_done": n_epochs,
        },
        weights_from=told(one.told for one in first),
    )


def _mixed(members: tuple[Member, ...], validation: TrainingSet, views: int) -> Ensemble:
    target = validation.targets[0]
    rows = validation.rows[target.known[validation.rows]]
    pixels, truth = validation.pixels[rows], target.truth[rows].argmax(axis=1)
    answers = np.stack(
        [
            predict(m.model, pixels, (target.head,), grey=m.grey, views=views)[target.head.name]
            for m in members
        ]
    )
    shares = mixing_shares(answers, truth)
    together = np.tensordot(shares, answers, axes=1)
    found = {
        "part": "validation",
        "n": len(rows),
        "log_loss": [log_loss(one, truth) for one in answers],
        "log_loss_together": log_loss(together, truth),
    }
    return Ensemble(members, tuple(map(float, shares)), target.head, found)


MODELS.add(
    ModelSpec(
        name="ensemble",
        label="Ensemble",
        params=EnsembleParams,
        fit=fit_ensemble,
        first_weights=_first_weights,
        embedding="",
        last_conv="",
        kind="ensemble",
        obeys=(*_SHARED, "seed"),
    )
)
