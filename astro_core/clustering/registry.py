"""What a clustering method is, and the list of those there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Progress
from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """What a method found, before ids are joined to it.

    Attributes
    ----------
    labels : array of int, shape (n,)
        Group of each row from 0 on, the largest first (see `groups.by_size`); -1 is noise.
    n_clusters : int
        Groups there are; some may be empty.
    strengths : array of float, shape (n,), or None
        How much each row belongs to its group, from 0 to 1. None asks for the general answer:
        see `groups.closeness`.
    details : Mapping
        Arrays that only this method has.
    notes : tuple of str
        What a reader of the result needs to know, in sentences.
    """

    labels: NDArray[Any]
    n_clusters: int
    strengths: NDArray[Any] | None = None
    details: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Fit = Callable[[NDArray[np.float32], Any, Progress], Grouping]


@dataclass(frozen=True, kw_only=True)
class ClustererSpec:
    """One way to form groups.

    Attributes
    ----------
    name, label, description : str
        What a person types, what a page shows, and one sentence on when it serves.
    params : type
        Its settings; every one of them has a `seed`.
    fit : callable
        ``fit(values, params, progress) -> Grouping``. The values are finite, read-only, of shape
        (n, n_features) with n > 1, and not all the same.
    uses_clusters : bool
        Whether a person says how many groups there are, as the setting `n_clusters`.
    strength_meaning : str
        What 1 and 0 mean for the strength of a membership, in one sentence.
    reference : str
        The paper.
    """

    name: str
    label: str
    description: str
    params: type
    fit: Fit
    uses_clusters: bool
    strength_meaning: str
    reference: str


CLUSTERERS: Registry[ClustererSpec] = Registry("clustering method")

BETWEEN_CENTRES = (
    "1 at the centre of its group, 0 halfway to the centre of the next nearest group or beyond."
)
