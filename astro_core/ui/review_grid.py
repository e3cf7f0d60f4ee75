"""Many galaxies at once: "all these are ...", and the exceptions are clicked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from astro_core.errors import BadInputError, TuningForkError
from astro_core.figures.theme import class_colours
from astro_core.ui import cached, frame, review_begin, review_guide, review_progress
from astro_core.ui import review_state as state
from astro_core.ui.address import keep, parameter
from astro_core.ui.components import component
from astro_core.ui.images import data_uri
from astro_core.ui.review_line import EVENT_ID, seconds_of
from astro_core.ui.review_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.review import answer, is_stored, suggestions, undo
from astro_core.workflows.review_queues import next_for, release

SIZES = {"S": (104, 24), "M": (154, 12), "L": (212, 6)}  # side in CSS pixels, galaxies at once
_FIRST_SIZE = "M"

Page = dict[str, Any]


def panel(shown: Shown) -> None:
    """Show some galaxies of the queue, and let one press label them all."""
    if review_begin.ready(shown, shown.taxonomy.classes, "classes"):
        _work(shown)


def _work(shown: Shown) -> None:
    page = _page_of(shown)
    tile_px, n = SIZES[parameter("stamps", SIZES, _FIRST_SIZE)]
    with frame.in_words():
        give(shown, page, n)
    _controls(shown, page)
    component("review_grid", "parts.js", "review_board.css", "review_board_keys.js")(
        key=f"{shown.key}:grid",
        data=_data(shown, page, tile_px),
        on_act_change=lambda: act(shown, page, st.session_state[f"{shown.key}:grid"].get("act")),
    )  # fmt: skip
    _tiles(shown, page["ahead"], tile_px)  # what comes next; nobody waits for it


def _page_of(shown: Shown) -> Page:
    """The galaxies that lie before this person, as plain values in the session.

    Keys are token (names this session to the browser), here and next ids (`ahead`), aside (ids
    that were exceptions), went (the exceptions of each act), and ack (the last act and
    what came of it).
    """
    fresh: Page = {
        "token": uuid.uuid4().hex[:8], "here": [], "ahead": [], "aside": [], "went": {},
        "ack": None,
    }  # fmt: skip
    return cast("Page", st.session_state.setdefault(f"{shown.key}:page", fresh))


def give(shown: Shown, page: Page, n: int) -> None:
    """Take the next galaxies of the queue; exceptions stay with the person, for one by one."""
    assert shown.queue is not None
    wanted = len(page["aside"]) + 2 * n
    given = next_for(shown.workspace, shown.queue.queue_id, shown.person.name, wanted)
    page["aside"] = [one for one in page["aside"] if one in given]
    left = [one for one in given if one not in page["aside"]]
    page["here"], page["ahead"] = left[:n], left[n : 2 * n]


def _controls(shown: Shown, page: Page) -> None:
    how, far = st.columns([1, 1], vertical_alignment="center")
    with far:
        review_progress.strip(shown)
    with how.container(horizontal=True, vertical_alignment="center", gap="small"):
        key = f"{shown.key}:stamps"
        st.session_state[key] = parameter("stamps", SIZES, _FIRST_SIZE)
        st.segmented_control(
            "Size of the stamps", list(SIZES), key=key, required=True,
            label_visibility="collapsed",
            on_change=lambda: keep("stamps", st.session_state[key], _FIRST_SIZE),
        )  # fmt: skip
        review_guide.popover(shown)
        n = len(page["aside"])
        if n and st.button(f"{n} set aside: one by one", icon=":material/arrow_forward:"):
            assert shown.queue is not None
            state.go(shown.queue.queue_id)
            st.rerun()


def _data(shown: Shown, page: Page, tile_px: int) -> dict[str, Any]:
    assert shown.queue is not None
    colours = class_colours(shown.taxonomy)
    tiles = _tiles(shown, page["here"], tile_px)
    given = suggestions(shown.workspace, shown.dataset, shown.queue.queue_id)
    return {
        "token": page["token"],
        "ack": page["ack"],
        "tile_px": tile_px,
        "classes": [
            {"name": c.name, "label": readable(c.name), "key": c.key, "help": c.description,
             "colour": colours[c.name]}
            for c in shown.taxonomy.classes
        ],
        "items": [
            {"id": one, "src": data_uri(content) if (content := tiles[one]) else "",
             "suggested": f"{readable(given[one].class_name)} {given[one].probability:.2f}"
             if one in given else ""}
            for one in page["here"]
        ],
    }  # fmt: skip


def _tiles(shown: Shown, ids: list[str], tile_px: int) -> dict[str, bytes | None]:
    return cached.tiles(shown.workspace, shown.dataset, shown.dataset.recipe, ids, tile_px)


def act(shown: Shown, page: Page, told: object) -> None:
    """Store what the browser tells, and write down what came of it; nothing of it is believed."""
    if not isinstance(told, Mapping) or not EVENT_ID.fullmatch(str(told.get("event_id"))):
        return
    event_id = str(told["event_id"])
    if (page["ack"] or {}).get("event_id") == event_id and not page["ack"]["problem"]:
        return  # sent again because the answer was late
    ack = {"event_id": event_id, "problem": "", "words": ""}
    try:
        ack["words"] = _DOES.get(str(told.get("kind")), _label)(shown, page, told)
    except (TuningForkError, OSError) as error:
        ack["problem"] = str(error)
    page["ack"] = ack


def _label(shown: Shown, page: Page, told: Mapping[str, Any]) -> str:
    batch = str(told["event_id"])
    if is_stored(shown.workspace, shown.dataset, f"{batch}-0"):  # before the app was started anew
        return "Stored before"
    ids, aside = _ids(page, told, "ids"), _ids(page, told, "aside")
    name = str(told.get("class_name") or "")
    if not name or not ids:
        raise BadInputError("No class was chosen" if ids else "All of these are exceptions")
    assert shown.queue is not None
    answer(
        shown.workspace, shown.dataset, shown.queue.queue_id, shown.person, ids,
        taxonomy=shown.taxonomy, class_name=name,
        seconds=took / len(ids) if (took := seconds_of(told.get("seconds"))) is not None else None,
        shown=told.get("shown") is True, batch_id=batch,
        event_ids=[f"{batch}-{place}" for place in range(len(ids))],
    )  # fmt: skip
    page["aside"] += aside
    page["went"][batch] = aside
    left = f", {len(aside)} set aside" if aside else ""
    return f"{len(ids)} labelled as {readable(name)}{left}"


def _set_aside(_shown: Shown, page: Page, told: Mapping[str, Any]) -> str:
    aside = _ids(page, told, "aside")
    page["aside"] += aside
    return f"{len(aside)} set aside for one by one"


def _take_back(shown: Shown, page: Page, told: Mapping[str, Any]) -> str:
    """Take the last act back, all of it; its galaxies and its exceptions come again at once."""
    undone = undo(shown.workspace, shown.dataset, shown.person, event_id=str(told["event_id"]))
    if undone is None:
        return "There is nothing to take back."
    went = page["went"].pop(undone.event_ids[0].rpartition("-")[0], [])
    page["aside"] = [one for one in page["aside"] if one not in went]
    assert shown.queue is not None
    release(shown.workspace, shown.queue.queue_id, shown.person.name)
    return f"{undone.words}."


_DOES = {"undo": _take_back, "aside": _set_aside}


def _ids(page: Page, told: Mapping[str, Any], name: str) -> list[str]:
    """Ids that the browser names; only those that were shown."""
    named = told.get(name) or []
    ids = [str(one) for one in named] if isinstance(named, Sequence) else [""]
    if len(set(ids)) != len(ids) or not set(ids) <= set(page["here"]):
        raise BadInputError("These are not the galaxies that are shown", todo="Load the page anew")
    return ids
