"""What a model is asked, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
