"""What a model is to answer for each galaxy, and how much each answer counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.domain import Head, Taxonomy
from astro_core.errors import BadInputError

LABEL = "label"


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Answers of one head for every galaxy.

    Attributes
    ----------
    truth : array of float32, shape (n_objects, n_outputs)
        One-hot classes, or vote fractions; zeros where nothing is known.
    known : array of bool, shape (n_objects,)
    asked : array of float32, shape (n_objects, n_outputs) or None
        For votes, people who were asked the question of each output: -1 where the fraction is
        not known, and 1 where it is but their number is not. None: every fraction is known.
    """

    head: Head
    truth: NDArray[np.float32]
    known: NDArray[np.bool_]
    asked: NDArray[np.float32] | None = None

    @property
    def told(self) -> NDArray[np.float32]:
        """What people said, NaN where nothing is known."""
        seen = self.known[:, None] if self.asked is None else self.asked >= 0
        found: NDArray[np.float32] = np.where(seen, self.truth, np.float32(np.nan))
        return found

    def of(self, rows: NDArray[np.intp]) -> Targets:
        """Answers of some galaxies alone, in that order."""
        asked = None if self.asked is None else self.asked[rows]
        return replace(self, truth=self.truth[rows], known=self.known[rows], asked=asked)

    @property
    def width(self) -> int:
        """Columns of what `drawn` gives."""
        return self.head.n_units * (2 if self.head.kind == "votes" else 1)

    def drawn(self, rows: NDArray[np.intp], mirrored: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Answers of some galaxies as the head's loss takes them, shape (n, width).

        Parameters
        ----------
        mirrored : array of bool
            Galaxies that are shown mirrored: their answers change places.

        Returns
        -------
        array of float32
            For two classes the second alone; for votes the fractions, then the people asked.
        """
        parts = [self.truth[rows]]
        if self.head.kind == "votes":
            parts.append(np.ones_like(parts[0]) if self.asked is None else self.asked[rows])
        for values in parts:
            values[mirrored] = values[mirrored][:, list(self.head.mirror)]
        return parts[0][:, 1:] if self.head.kind == "binary" else np.hstack(parts)


def class_head(taxonomy: Taxonomy, present: Sequence[str], *, binary: bool = False) -> Head:
    """Return the head for the classes of a taxonomy that have galaxies.

    Raises
    ------
    BadInputError
        If there are not at least two, or not exactly two for a binary head, or if a class lacks
        its mirror image.
    """
    names = tuple(name for name in taxonomy.class_names if name in set(present))
    if len(names) < 2:
        raise BadInputError(
            "A classifier needs at least two classes with galaxies",
            given=", ".join(names) or "no labelled galaxy",
            todo="Label some galaxies of another class, or import with other classes",
        )
    if binary and len(names) != 2:
        raise BadInputError(
            "This recipe tells two classes apart",
            expected="two classes",
            given=", ".join(names),
            todo="Import the survey with a class map of two classes",
        )
    mirror = _mirror(names, taxonomy.mirror)
    return Head(name=LABEL, kind="binary" if binary else "classes", outputs=names, mirror=mirror)


def _mirror(names: tuple[str, ...], mirror: Mapping[str, str]) -> tuple[int, ...]:
    """Place of what each class becomes in a mirror."""
    images = [mirror.get(name, name) for name in names]
    for name, image in zip(names, images, strict=True):
        if image not in names:
            raise BadInputError(
                f"'{name}' has no galaxy of its mirror image, '{image}', to learn from",
                todo=f"Label some galaxies as '{image}'",
            )
    return tuple(map(names.index, images))


def class_targets(head: Head, labels: Sequence[str | None]) -> Targets:
    """Write labels as one column for each class; other labels count as unknown."""
    place = pd.Index(head.outputs).get_indexer(pd.Index(pd.Series(labels, dtype=object)))
    values = np.zeros((len(place), len(head.outputs)), dtype=np.float32)
    known = place >= 0
    values[np.flatnonzero(known), place[known]] = 1.0
    return Targets(head=head, truth=values, known=known)
