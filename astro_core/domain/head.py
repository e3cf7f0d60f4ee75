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
    reached_by : tuple of tuple of int
        For fractions of everybody, which are multiplied down the tree: the outputs that lead to
        each question, none for one that everybody is asked. Empty for fractions of those asked.
    concentrations : bool
        Whether the network gives the concentrations of a Dirichlet distribution for each
        question instead of fractions.
    """

    name: str
    kind: HeadKind
    outputs: tuple[str, ...]
    mirror: tuple[int, ...] = ()
    questions: tuple[tuple[int, ...], ...] = ()
    reached_by: tuple[tuple[int, ...], ...] = ()
    concentrations: bool = False

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

    def in_order(self) -> tuple[int, ...]:
        """Questions by number, each after those whose answers lead to it.

        Raises
        ------
        BadInputError
            If questions lead to each other in a circle.
        """
        asked_in = {place: q for q, places in enumerate(self.questions) for place in places}
        before = [{asked_in[place] for place in leads} for leads in self.reached_by]
        left = list(range(len(self.questions)))
        done: list[int] = []
        while before and left:
            ready = [q for q in left if before[q] <= set(done)]
            if not ready:
                raise BadInputError(f"Questions of head '{self.name}' lead to each other")
            done += ready
            left = [q for q in left if q not in ready]
        return tuple(done) or tuple(left)
