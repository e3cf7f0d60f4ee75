"""The galaxies that lie before a person: given by the queue, in order, and what they said.

All of it is plain values in the session. A key press is acted on when the browser tells of it;
only then is it told that the answer is on the disk.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

import streamlit as st

from astro_core.errors import BadInputError, TuningForkError
from astro_core.ui.review_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.review import Undone, answer, is_stored, undo
from astro_core.workflows.review_queues import next_for

AHEAD = 8  # galaxies that are given at once, and fetched before they are wanted
_LOW = 6  # from here on more are asked for
_BEHIND = 200  # answers of this visit that one can go back to
_LONGEST_S = 24 * 3600.0
EVENT_ID = re.compile(r"[0-9a-f]{32}")
_KINDS = ("label", "skip", "flag")

Line = dict[str, Any]
Does = Callable[[Shown, Line, Mapping[str, Any], dict[str, str]], None]


def line_of(shown: Shown, name: str = "line") -> Line:
    """Return the line of this queue, as the session keeps it under a name.

    Keys are token (names this session to the browser), ahead (ids), behind (ids, each with what
    was said in words and the class), ended (nothing more is given now), ack (the last key press
    and what came of it), sent and need (pictures that the browser has, and those it lacks).
    """
    fresh: Line = {
        "token": uuid.uuid4().hex[:8], "ahead": [], "behind": [], "ended": False, "ack": None,
        "sent": [], "need": [],
    }  # fmt: skip
    return cast("Line", st.session_state.setdefault(f"{shown.key}:{name}", fresh))


def top_up(shown: Shown, line: Line) -> None:
    """Ask the queue for more galaxies if few are left.

    Raises
    ------
    LabelStoreError, NotFoundError
        As `next_for`.
    """
    if len(line["ahead"]) < _LOW:
        _ask_for(shown, line, AHEAD)


def _ask_for(shown: Shown, line: Line, k: int) -> None:
    """Be given `k` galaxies, those from before among them; they keep their order."""
    assert shown.queue is not None
    given = next_for(shown.workspace, shown.queue.queue_id, shown.person.name, k)
    kept = [one for one in line["ahead"] if one in given]
    line["ahead"] = [*kept, *(one for one in given if one not in kept)]
    line["ended"] = not given


def go_back_to(line: Line, object_id: str) -> None:
    """Show one galaxy that was answered before, whoever asks for it by its id."""
    if object_id not in known(line):
        line["behind"].append([object_id, "", ""])
    line["ack"] = {"event_id": uuid.uuid4().hex, "problem": "", "words": "", "go": object_id}


def act(shown: Shown, line: Line, told: object) -> None:
    """Store what a key press says, and write down what came of it.

    Parameters
    ----------
    told : object
        As the browser sends it: event_id, kind (label, skip, flag or undo), object_id,
        class_name, comment, seconds, shown. Nothing of it is believed.
    """
    acknowledge(shown, line, told, _answer, _take_back)


def acknowledge(shown: Shown, line: Line, told: object, answers: Does, takes_back: Does) -> None:
    """Do what a key press says, and write down in the line what came of it.

    Parameters
    ----------
    answers, takes_back : callable
        Called with `shown`, `line`, `told` and what is to be written down.
    """
    if not isinstance(told, Mapping) or not EVENT_ID.fullmatch(str(told.get("event_id"))):
        return
    ack = {"event_id": told["event_id"], "problem": "", "words": "", "go": ""}
    try:
        (takes_back if told.get("kind") == "undo" else answers)(shown, line, told, ack)
    except (TuningForkError, OSError) as error:
        ack["problem"] = str(error)
    line["ack"] = ack


def _answer(shown: Shown, line: Line, told: Mapping[str, Any], ack: dict[str, str]) -> None:
    kind, object_id = told.get("kind"), told.get("object_id")
    if kind not in _KINDS or object_id not in known(line):
        if is_stored(shown.workspace, shown.dataset, str(told["event_id"])):
            ack["words"] = f"{object_id}: stored already"  # by a server that is no more
            return
        raise BadInputError("This galaxy is not one that you were given", todo="Load the page anew")
    assert shown.queue is not None
    class_name = str(told.get("class_name") or "") if kind == "label" else ""
    if kind == "label" and not class_name:
        raise BadInputError("No class was chosen")
    answer(
        shown.workspace, shown.dataset, shown.queue.queue_id, shown.person, [str(object_id)],
        taxonomy=shown.taxonomy, class_name=class_name, action=kind,
        comment=str(told.get("comment") or ""), seconds=seconds_of(told.get("seconds")),
        shown=told.get("shown") is True, event_ids=[str(told["event_id"])],
    )  # fmt: skip
    said = readable(class_name) if class_name else {"skip": "skipped", "flag": "flagged"}[kind]
    ack["words"] = f"{object_id}: {said}, stored"
    if kind != "flag":
        _leave_behind(line, [str(object_id), said, class_name])


def _leave_behind(line: Line, answered: list[str]) -> None:
    """Keep what was said, at its place if the galaxy was gone back to."""
    line["ahead"] = [one for one in line["ahead"] if one != answered[0]]
    places = [n for n, one in enumerate(line["behind"]) if one[0] == answered[0]]
    if places:
        line["behind"][places[0]] = answered
    else:
        line["behind"] = [*line["behind"], answered][-_BEHIND:]


def _take_back(shown: Shown, line: Line, told: Mapping[str, Any], ack: dict[str, str]) -> None:
    undone = undo(shown.workspace, shown.dataset, shown.person, event_id=str(told["event_id"]))
    if undone is None:
        ack["words"] = "There is nothing to take back."
        return
    ack["words"] = f"{undone.words}."
    if undone.action != "flag":
        _bring_back(shown, line, undone)
    if len(undone.object_ids) == 1 and undone.object_ids[0] in known(line):
        ack["go"] = undone.object_ids[0]


def _bring_back(shown: Shown, line: Line, undone: Undone) -> None:
    """What was taken back lies first again, unless somebody else has it now."""
    line["behind"] = [one for one in line["behind"] if one[0] not in undone.object_ids]
    _ask_for(shown, line, len(line["ahead"]) + min(len(undone.object_ids), AHEAD))
    back = [one for one in line["ahead"] if one in undone.object_ids]
    line["ahead"] = [*back, *(one for one in line["ahead"] if one not in back)]
    if not back and len(undone.object_ids) == 1:  # an earlier answer stands, or it is not ours
        line["behind"].append([undone.object_ids[0], "", ""])


def known(line: Line) -> tuple[str, ...]:
    """Ids that this visit was given; nothing else is shown or answered."""
    return (*line["ahead"], *(one[0] for one in line["behind"]))


def seconds_of(value: object) -> float | None:
    """Seconds that the browser tells; None for what cannot be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0 <= value <= _LONGEST_S else None
