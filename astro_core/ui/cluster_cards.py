"""A card per group: mean image, number and name, size, and what classes it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from astro_core.params import digest
from astro_core.ui.components import component
from astro_core.ui.images import data_uri


@dataclass(frozen=True, kw_only=True)
class ClassPart:
    """One class in the bar of a card: how many, its colour and letter, and what it says."""

    n: int
    colour: str
    letter: str
    said: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One group.

    Attributes
    ----------
    group : int
        Its number; -1 is noise.
    image : bytes or None
        PNG or JPEG content.
    size, share : str
        As they are shown: "312", "8.6 %".
    colour : str
        Colour of the group; the number always stands on it.
    """

    group: int
    name: str
    image: bytes | None
    size: str
    share: str
    colour: str
    parts: tuple[ClassPart, ...]

    @property
    def number(self) -> str:
        """What stands in the corner."""
        return "noise" if self.group < 0 else str(self.group)

    @property
    def alt(self) -> str:
        """What is said instead of the card."""
        title = "Noise" if self.group < 0 else f"Group {self.group}"
        named = f" {self.name}" if self.name else ""
        classes = ", ".join(part.said for part in self.parts)
        return f"{title}{named}: {self.size} galaxies, {self.share}" + (
            f"; {classes}" if classes else ""
        )


def _encode(card: Card) -> dict[str, Any]:
    return {
        "group": card.group,
        "number": card.number,
        "name": card.name,
        "src": data_uri(card.image) if card.image is not None else "",
        "missing": "no image",
        "size": card.size,
        "share": card.share,
        "colour": card.colour,
        "bar": [asdict(part) for part in card.parts],
        "alt": card.alt,
    }


def cards(
    groups: Sequence[Card], *, key: str, picked: int | None, on_pick: Any, label: str = "Groups"
) -> None:
    """Show a card per group, of which one can be picked.

    Parameters
    ----------
    picked : int or None
        The group that is picked.
    on_pick : callable
        Called with the group that was picked, or None when a picked one was clicked again,
        before the page runs again.
    """
    encoded = [_encode(card) for card in groups]

    def told() -> None:
        text = (st.session_state.get(key) or {}).get("picked")
        if text is not None:
            on_pick(None if text == "none" else int(text))

    component("cluster_cards", "parts.js")(
        key=key,
        data={
            "cards": encoded,
            "signature": digest([encoded, label]),
            "picked": picked,
            "label": label,
        },
        on_picked_change=told,
    )
