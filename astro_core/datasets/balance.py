"""What each way of balancing unequal classes would do, as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.params import param
from astro_core.registry import Registry

Counts = NDArray[np.int64]
Weights = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BalanceParams:
    """How far each strategy goes."""

    limit: int = param(
        300,
        label="Limit",
        minimum=1,
        maximum=1_000_000,
        help="Limit a class: objects kept of each class at most.",
    )
    target: int = param(
        0,
        label="Resample to",
        minimum=0,
        maximum=1_000_000,
        help="Resample all: objects drawn of every class; 0 means as many as the largest has.",
    )
    floor: float = param(
        0.5,
        label="Partial floor",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
        help="Partial resample: small classes are filled up to this share of the largest one.",
    )


@dataclass(frozen=True, kw_only=True)
class BalancePlan:
    """What one strategy makes of a dataset; arrays have shape (n_classes,).

    Attributes
    ----------
    n_objects : array of int
        Objects of each class before.
    n_distinct : array of int
        Different objects of each class that are used.
    n_copies : array of int
        Further draws of the same objects, each to be augmented differently.
    weights : array of float
        Factor on the loss of one draw of each class; 0 for a class without objects.
    """

    strategy: str
    class_names: tuple[str, ...]
    n_objects: Counts
    n_distinct: Counts
    n_copies: Counts
    weights: Weights

    @property
    def n_drawn(self) -> Counts:
        """Draws of each class in one epoch, copies included."""
        return self.n_distinct + self.n_copies

    @property
    def share_of_loss(self) -> Weights:
        """Share of the summed loss that falls to each class if all draws lose alike."""
        weighted: Weights = self.n_drawn * self.weights
        share: Weights = weighted / weighted.sum()
        return share

    @property
    def imbalance(self) -> float:
        """Draws of the largest class over draws of the smallest that has any."""
        drawn = self.n_drawn[self.n_drawn > 0]
        return float(drawn.max() / drawn.min())

    def table(self) -> pd.DataFrame:
        """One row per class, for showing and for download."""
        return pd.DataFrame(
            {
                "class": self.class_names,
                "objects": self.n_objects,
                "used": self.n_distinct,
                "copies": self.n_copies,
                "drawn": self.n_drawn,
                "weight": self.weights,
                "share_of_loss": self.share_of_loss,
            }
        )


Outcome = tuple[Counts, Counts, Weights]


@dataclass(frozen=True, kw_only=True)
class BalanceSpec:
    """One strategy: `plan` maps counts and params to objects used, copies and weights."""

    name: str
    label: str
    description: str
    plan: Callable[[Counts, BalanceParams], Outcome]


BALANCES: Registry[BalanceSpec] = Registry("balance strategy")


def class_weights(counts: Counts) -> Weights:
    """Weights N / (C n_c) that make every class count alike in the loss.

    The inverse-frequency weights of King & Zeng 2001 (Political Analysis 9, 137), which
    scikit-learn calls "balanced".

    Parameters
    ----------
    counts : array of int, shape (n_classes,)
        Objects per class. C counts the classes that have any.

    Returns
    -------
    array of float, shape (n_classes,)
        0 for a class without objects.
    """
    present = counts > 0
    weights = np.zeros(len(counts))
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return weights


def _no_copies(counts: Counts) -> Counts:
    return np.zeros_like(counts)


def _equal(counts: Counts) -> Weights:
    return (counts > 0).astype(np.float64)


def _as_is(counts: Counts, _: BalanceParams) -> Outcome:
    return counts.copy(), _no_copies(counts), _equal(counts)


def _limit(counts: Counts, params: BalanceParams) -> Outcome:
    return np.minimum(counts, params.limit), _no_copies(counts), _equal(counts)


def _resample_all(counts: Counts, params: BalanceParams) -> Outcome:
    target = params.target or int(counts.max())
    distinct = np.minimum(counts, target)
    copies = np.where(counts > 0, target - distinct, 0)
    return distinct, copies, _equal(counts)


def _partial(counts: Counts, params: BalanceParams) -> Outcome:
    floor = int(np.ceil(params.floor * counts.max()))
    copies = np.where(counts > 0, np.maximum(floor - counts, 0), 0)
    return counts.copy(), copies, class_weights(counts + copies)


def _weights(counts: Counts, _: BalanceParams) -> Outcome:
    return counts.copy(), _no_copies(counts), class_weights(counts)


for _spec in (
    BalanceSpec(
        name="none",
        label="As it is",
        description="Every object once per epoch; large classes dominate the loss.",
        plan=_as_is,
    ),
    BalanceSpec(
        name="limit",
        label="Limit a class",
        description="Large classes are cut to a random sample; the rest of them is not used.",
        plan=_limit,
    ),
    BalanceSpec(
        name="resample",
        label="Resample all",
        description="Every class is drawn equally often: small ones are filled with augmented "
        "copies, those above the target are cut.",
        plan=_resample_all,
    ),
    BalanceSpec(
        name="partial",
        label="Partial resample + weights",
        description="Small classes are filled up part of the way, weights do the rest: nearly as "
        "even as resampling all, with less artificial data.",
        plan=_partial,
    ),
    BalanceSpec(
        name="weights",
        label="Class weights",
        description="Every object once; the loss of class c is multiplied by N / (C n_c).",
        plan=_weights,
    ),
):
    BALANCES.add(_spec)


def plan_balance(
    counts: Mapping[str, int], strategy: str, params: BalanceParams | None = None
) -> BalancePlan:
    """Say what a strategy would make of classes of these sizes.

    Parameters
    ----------
    counts : Mapping of str to int
        Objects per class.
    strategy : str
        Name in the registry of balance strategies.

    Raises
    ------
    BadInputError
        If no class has an object.
    NotFoundError
        If there is no such strategy.
    """
    spec = BALANCES.get(strategy)
    before: Any = np.array([int(n) for n in counts.values()], dtype=np.int64)
    if not before.sum():
        raise BadInputError("There is no labelled object to balance", todo="Import labels first")
    distinct, copies, weights = spec.plan(before, params or BalanceParams())
    return BalancePlan(
        strategy=strategy,
        class_names=tuple(counts),
        n_objects=before,
        n_distinct=distinct,
        n_copies=copies,
        weights=weights,
    )
