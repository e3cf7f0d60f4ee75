"""A box around a galaxy in a picture, and what people did with the boxes of one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from astro_core.domain.label import new_event_id, one_line, utc_now
from astro_core.errors import BadInputError

MOST_BOXES = 2_000
SMALLEST_PX = 1.0


@dataclass(frozen=True, kw_only=True)
class MarkedBox:
    """A box, and who says that there is a galaxy in it.

    Attributes
    ----------
    x0, y0, x1, y1 : float
        Edges in pixels, x to the right and y down from the top left corner.
    by : {"person", "model"}
        A box that a person drew or moved is a person's.
    score : float or None
        How sure the model was of it.

    Raises
    ------
    BadInputError
        If it has no area, or its edges are no numbers.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    by: Literal["person", "model"] = "person"
    score: float | None = None

    def __post_init__(self) -> None:
        if self.by not in ("person", "model"):
            raise BadInputError("A box is a person's or a model's", given=f"'{self.by}'")
        if not all(map(math.isfinite, self.corners)):
            raise BadInputError("The edges of a box are no numbers", given=f"{self.corners}")
        if min(self.x1 - self.x0, self.y1 - self.y0) < SMALLEST_PX:
            raise BadInputError(
                "This box is too small", expected=f"{SMALLEST_PX:g} px or more on each side"
            )

    @classmethod
    def around(
        cls,
        corners: Sequence[float],
        *,
        by: Literal["person", "model"] = "person",
        score: float | None = None,
    ) -> MarkedBox:
        """Make a box from its edges: x0, y0, x1, y1."""
        x0, y0, x1, y1 = map(float, corners)
        return cls(x0=x0, y0=y0, x1=x1, y1=y1, by=by, score=score)

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """The edges: x0, y0, x1, y1."""
        return self.x0, self.y0, self.x1, self.y1

    def within(self, width: int, height: int) -> MarkedBox:
        """The part of it inside a picture of that size, to a tenth of a pixel."""

        def inside(value: float, most: int) -> float:
            return round(min(max(value, 0.0), float(most)), 1)

        return replace(
            self,
            x0=inside(self.x0, width), y0=inside(self.y0, height),
            x1=inside(self.x1, width), y1=inside(self.y1, height),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BoxEvent:
    """One change of the boxes of a picture by one person; never edited, only followed by more.

    Attributes
    ----------
    picture : str
        SHA-256 of the file: the same picture uploaded again has its boxes.
    name : str
        What the file was called.
    finder : str
        What found the boxes that nobody drew.
    before, after : tuple of MarkedBox
        All boxes of the picture.
    event_id : str
        Made where the person acts, so that sending it twice stores it once.
    at : str
        When, ISO 8601 in UTC with microseconds.
    undoes : str
        Id of the event that this one takes back; empty for any other.
    """

    picture: str
    name: str
    reviewer: str
    finder: str = ""
    before: tuple[MarkedBox, ...]
    after: tuple[MarkedBox, ...]
    event_id: str = field(default_factory=new_event_id)
    at: str = field(default_factory=utc_now)
    undoes: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name))
        if len(self.after) > MOST_BOXES:
            raise BadInputError(
                "These are too many boxes for one picture",
                expected=f"at most {MOST_BOXES:,}",
                given=f"{len(self.after):,}",
            )


def boxes_to_json(boxes: Sequence[MarkedBox]) -> list[dict[str, Any]]:
    """Return plain JSON values."""
    return [asdict(box) for box in boxes]


def boxes_from_json(values: Sequence[Mapping[str, Any]]) -> tuple[MarkedBox, ...]:
    """Read what `boxes_to_json` wrote."""
    return tuple(MarkedBox(**value) for value in values)
