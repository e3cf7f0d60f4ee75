"""Several trained models that answer as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.pretrained import told
from astro_core.domain import Head

MOST_MEMBERS = 20


@dataclass(frozen=True, kw_only=True)
class Member:
    """One trained model of an ensemble.

    Attributes
    ----------
    model : keras.Model or Forest
    kind : "keras" or "forest"
    grey : bool
        Whether it takes the mean of the colours.
    embedding : str
        Layer whose output stands for a galaxy; empty where there is none.
    training : Mapping
        Recipe and settings that made it, as plain JSON values.
    weights_from : str
        What its first weights were.
    """

    model: Any
    kind: str
    grey: bool
    embedding: str
    training: Mapping[str, Any]
    weights_from: str


@dataclass(frozen=True)
class Ensemble:
    """Trained models that answer as one.

    Attributes
    ----------
    members : tuple of Member
    shares : tuple of float
        What the answer of each counts; in sum one.
    head : Head
    found : Mapping
        On how many galaxies the shares were found, and the log loss there, of each member and
        of all together.
    """

    members: tuple[Member, ...]
    shares: tuple[float, ...]
    head: Head
    found: Mapping[str, Any]

    @property
    def weights_from(self) -> str:
        """What the first weights of its members were."""
        return told(member.weights_from for member in self.members)

    def told(self) -> list[dict[str, Any]]:
        """Recipe and share of each member, as plain JSON values."""
        pairs = zip(self.members, self.shares, strict=True)
        return [{"recipe": m.training["recipe"], "share": share} for m, share in pairs]

    def count_params(self) -> int | None:
        """Numbers that were learned; None where a member is no network."""
        counts = [getattr(member.model, "count_params", None) for member in self.members]
        return sum(int(count()) for count in counts) if all(counts) else None

    def predict_on_batch(self, images: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        """Return the mean of the members' answers, shape (n, n_units), by the head's name.

        Parameters
        ----------
        images : array of float32, shape (n, size, size, 3)
            Pixels from 0 to 255, in colour.
        """
        total: Any = 0.0
        for member, share in zip(self.members, self.shares, strict=True):
            seen = images.mean(axis=-1, keepdims=True) if member.grey else images
            total = total + share * np.asarray(member.model.predict_on_batch(seen)[self.head.name])
        return {self.head.name: total}
