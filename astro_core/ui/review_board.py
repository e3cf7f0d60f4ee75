"""The board: one galaxy large, what can be said of it, and the keys that say it.

The browser is given the next galaxies before it needs them. A key press comes back as one act;
the next galaxy shows when its answer is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.domain import Dataset
from astro_core.ui import cached, review_line
from astro_core.ui.components import component
from astro_core.ui.images import data_uri, jpeg_bytes
from astro_core.ui.review_asked import Asked
from astro_core.ui.review_line import Line
from astro_core.ui.review_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.browse_detail import links_for
from astro_core.workflows.dataset_state import DatasetState
from astro_core.workflows.review import suggestions
from astro_core.workflows.review_facts import facts, measured
from astro_core.workflows.review_pictures import (
    BRIGHTEST,
    MAX_Q,
    Look,
    dials,
    own_Q,
    review_picture,
)

SIDES_PX = (384, 512, 640, 768, 896)  # the browser takes the largest that it has room for
FIRST_SIDE_PX = 512  # fits 1280x720
_QUALITY = 92
_AT_ONCE = 3  # pictures that go to the browser in one answer
_MOST_NEEDED, _REMEMBERED = 20, 100
Act = Callable[[Shown, Line, object], None]
_SIDE = "review:side"
_PARTS = tuple(f"review_board_{part}.js" for part in ("sky", "keys", "side"))


def board(
    shown: Shown, line: Line, asked: Asked, act: Act = review_line.act, *, name: str = "board"
) -> None:
    """Draw the board; what is told from it is acted on before this returns.

    Parameters
    ----------
    asked : Asked
        What is asked of the galaxy.
    act : callable
        Called with what a key press says.
    name : str
        The board's own, where there is more than one.
    """
    key = f"{shown.key}:{name}"
    look = _look(shown.dataset)
    component("review_board", "parts.js", *_PARTS)(
        key=key,
        data={
            **_fixed(shown),
            **asked.data(),
            "token": line["token"],
            "ack": line["ack"],
            "ahead": line["ahead"],
            "behind": line["behind"],
            "ended": line["ended"],
            "look": {"brightness": look.brightness, "Q": _q(shown.dataset, look), "band": look.band,
                     "wide": look.wide, "key": _named(shown.dataset, look)},
            "items": _to_send(shown, line, look),
        },
        on_act_change=lambda: act(shown, line, _told(key, "act")),
        on_more_change=lambda: _more(shown.dataset, line, _told(key, "more")),
    )  # fmt: skip


def fetch_ahead(shown: Shown, line: Line) -> None:
    """Make what the browser will ask for next; nobody waits for this."""
    look = _look(shown.dataset)
    for object_id in line["ahead"]:
        _item(shown.dataset, object_id, look)


def _told(key: str, event: str) -> Any:
    return (st.session_state.get(key) or {}).get(event)


def _fixed(shown: Shown) -> dict[str, Any]:
    """What stays while a queue is worked through."""
    recipe = shown.dataset.recipe
    return {
        "side": _side_px(),
        "sides": list(SIDES_PX),
        "bands": list(shown.dataset.bands) if len(shown.dataset.bands) > 1 else [],
        "dials": dials(recipe) | {"brightest": BRIGHTEST, "max_Q": MAX_Q, "own_Q": own_Q(recipe)},
        "simulated": shown.dataset.source.simulated,
        "name": shown.dataset.name,
    }  # fmt: skip


def _more(dataset: Dataset, line: Line, told: object) -> None:
    """The browser lacks pictures, or wants all to look otherwise."""
    if not isinstance(told, Mapping):
        return
    needed = told.get("need")
    if isinstance(needed, Sequence):
        there = set(review_line.known(line))
        line["need"] = [one for one in needed if one in there][:_MOST_NEEDED]
    if told.get("side") in SIDES_PX:
        st.session_state[_SIDE] = told["side"]
    if isinstance(asked := told.get("look"), Mapping):
        st.session_state[_look_key(dataset)] = _clean(dataset, asked)


def _clean(dataset: Dataset, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A look as the browser asks for it, within its bounds."""
    band, wide = asked.get("band"), asked.get("wide")
    return {
        "brightness": round(_within(asked.get("brightness"), -BRIGHTEST, BRIGHTEST)),
        "Q": round(_within(asked.get("Q"), 0, MAX_Q), 2),
        "band": band if band in dataset.bands else "",
        "wide": wide is True,
    }


def _within(value: object, low: float, high: float) -> float:
    number = float(value) if isinstance(value, int | float) else 0.0
    return min(max(number, low), high) if number == number else 0.0


def _look(dataset: Dataset) -> Look:
    """How this person wants to see galaxies, as far as this dataset can be shown so."""
    kept = st.session_state.get(_look_key(dataset), {})
    q = kept.get("Q")
    return Look(
        brightness=kept.get("brightness", 0),
        Q=None if q is None or q == own_Q(dataset.recipe) else q,
        band=kept.get("band", "") if kept.get("band") in dataset.bands else "",
        wide=bool(kept.get("wide")) and dataset.recipe.crop_px > 0,
    )


def _side_px() -> int:
    side: int = st.session_state.get(_SIDE, FIRST_SIDE_PX)
    return side


def _look_key(dataset: Dataset) -> str:
    return f"review:look:{dataset.folder.name}"


def _q(dataset: Dataset, look: Look) -> float:
    return own_Q(dataset.recipe) if look.Q is None else look.Q


def _to_send(shown: Shown, line: Line, look: Look) -> dict[str, Any]:
    """Pictures and facts that the browser does not have yet, the most urgent first."""
    named = _named(shown.dataset, look)
    sent = {one for one, as_named in line["sent"] if as_named == named}
    missing = [one for one in line["ahead"] if one not in sent]
    wanted = list(dict.fromkeys([*line["need"], *missing]))[:_AT_ONCE]
    line["need"] = []
    given = suggestions(shown.workspace, shown.dataset, shown.queue.queue_id if shown.queue else "")
    items = {}
    for object_id in wanted:
        suggested = given.get(object_id)
        items[object_id] = {
            **_item(shown.dataset, object_id, look),
            "suggested": f"{readable(suggested.class_name)} {suggested.probability:.2f}"
            if suggested
            else "",
        }
    line["sent"] = [*line["sent"], *([one, named] for one in items)][-_REMEMBERED:]
    return items


def _named(dataset: Dataset, look: Look) -> str:
    """Names what is seen: the dataset's recipe, what is changed about it, and how large it is."""
    return f"{dataset.recipe.key}/{look.key}/{_side_px()}"


def _item(dataset: Dataset, object_id: str, look: Look) -> dict[str, Any]:
    state, named = DatasetState(dataset).key, _named(dataset, look)
    return _kept_item(state, object_id, named, dataset, look, _side_px())


@st.cache_resource(max_entries=256, show_spinner=False)
def _kept_item(
    key: tuple[str, str],  # noqa: ARG001 - part of the key
    object_id: str,
    named: str,
    _dataset: Dataset,
    _look: Look,
    _side_px: int,
) -> dict[str, Any]:
    picture = review_picture(_dataset, object_id, _look, side_px=_side_px)
    values = _measured(_dataset, object_id)
    return {
        "look": named,
        "src": _source(picture.image),
        "problem": picture.problem,
        "side_px": picture.side_px,
        "scale": picture.scale_arcsec,
        "north": picture.north,
        "east": picture.east,
        "note": picture.note,
        "facts": facts(values),
        "links": [[link.label, link.address] for link in links_for(_dataset, object_id, values)],
    }


def _source(image: NDArray[np.uint8] | None) -> str:
    return "" if image is None else data_uri(jpeg_bytes(image, quality=_QUALITY))


def _measured(dataset: Dataset, object_id: str) -> dict[str, Any]:
    view = cached.view(dataset)
    row = view.rows_of([object_id])
    columns = ["ra_deg", "dec_deg", *measured(view.columns)]
    return view.frame(row, columns).iloc[0].to_dict() if row[0] >= 0 else {}
