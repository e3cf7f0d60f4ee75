"""What a model says of each galaxy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError

HeadKind = Literal["classes", "binary", "votes"]


@dataclass(frozen=True, kw_only=True)
class Head:
    """One question that a model answers.

    Attributes
    ----------
    kind : "classes", "binary" or "votes"
        Probabilities of exclusive classes; the probability of the second of two classes; or
        fractions of people, which are no probabilities.
    outputs : tuple of str
        Classes or vote answers. A binary head has two, though its network gives one number.
    mirror : tuple of int
        Where each output goes when the image is flipped: a clockwise spiral becomes the other.
    questions : tuple of tuple of int
        For votes, the outputs that belong to one question.
    """

    name: str
    kind: HeadKind
    outputs: tuple[str, ...]
    mirror: tuple[int, ...] = ()
    questions: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        places = self.mirror or tuple(range(len(self.outputs)))
        if sorted(places) != list(range(len(self.outputs))):
            raise BadInputError(
                f"The mirror of head '{self.name}' is not an order of its outputs",
                expected=f"each of 0 to {len(self.outputs) - 1} once",
                given=", ".join(map(str, places)),
            )
        object.__setattr__(self, "mirror", tuple(places))

    @property
    def n_units(self) -> int:
        """Numbers that the network gives."""
        return 1 if self.kind == "binary" else len(self.outputs)


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """One head's output, with the ids of the galaxies.

    Attributes
    ----------
    object_ids : tuple of str
    head : Head
    values : array of float32, shape (n_objects, n_outputs)
        Copied in and read-only.
    model : str
        Which model said so.
    calibrated : bool
        Whether the values were calibrated on galaxies kept aside for it.
    """

    object_ids: tuple[str, ...]
    head: Head
    values: NDArray[np.float32]
    model: str = ""
    calibrated: bool = field(default=False)

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float32)
        expected = (len(self.object_ids), len(self.head.outputs))
        if values.shape != expected:
            raise BadInputError(
                "Predictions do not belong to these objects and outputs",
                expected=f"an array of shape {expected}",
                given=f"an array of shape {values.shape}",
            )
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    @property
    def best(self) -> NDArray[np.intp]:
        """Position of the largest output of each object, shape (n_objects,)."""
        return np.argmax(self.values, axis=1)
