"""The galaxies that lie before a person who answers questions: one goes when its tree ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from astro_core.domain import Question
from astro_core.errors import BadInputError
from astro_core.ui.review_line import Line, acknowledge, line_of, seconds_of, top_up
from astro_core.ui.review_state import Shown
from astro_core.workflows.review import answer, is_stored, undo
from astro_core.workflows.tree_path import TreePath, left_in_the_middle, path_of

MIDDLE = "middle"  # the galaxy of which some questions are answered and some are open
_KINDS = ("label", "skip", "flag")


def tree_line(shown: Shown) -> Line:
    """Return the line of this queue; who comes back goes on in the middle of a galaxy."""
    line = line_of(shown, "tree")
    if MIDDLE not in line:
        line[MIDDLE] = left_in_the_middle(
            shown.workspace, shown.dataset, shown.person, shown.taxonomy
        )
    return line


def give(shown: Shown, line: Line) -> None:
    """Take more galaxies from the queue if few are left; one in the middle stays the first.

    Raises
    ------
    LabelStoreError, NotFoundError
        As `next_for`.
    """
    top_up(shown, line)
    if line[MIDDLE]:
        line["ahead"] = [line[MIDDLE], *(i for i in line["ahead"] if i != line[MIDDLE])]


def path_here(shown: Shown, line: Line) -> TreePath | None:
    """Where this person stands on the first galaxy; None where there is none."""
    if not line["ahead"]:
        return None
    first = line["ahead"][0]
    return path_of(shown.workspace, shown.dataset, shown.person, shown.taxonomy, first)


def act(shown: Shown, line: Line, told: object) -> None:
    """Store what a key press says, and write down what came of it; nothing of it is believed."""
    acknowledge(shown, line, told, _answer, _take_back)


def _answer(shown: Shown, line: Line, told: Mapping[str, Any], ack: dict[str, str]) -> None:
    if is_stored(shown.workspace, shown.dataset, str(told["event_id"])):
        ack["words"] = "Stored already"
        return
    kind, path = told.get("kind"), path_here(shown, line)
    asked = path.asks if path else None
    here = asked and (told.get("object_id"), told.get("question")) == (line["ahead"][0], asked.name)
    if kind not in _KINDS or not path or not asked or not here:
        raise BadInputError("This is not what you were asked", todo="Load the page anew")
    given = str(told.get("class_name") or "") if kind == "label" else ""
    if kind == "label" and not given:
        raise BadInputError("No answer was chosen")
    assert shown.queue is not None
    answer(
        shown.workspace, shown.dataset, shown.queue.queue_id, shown.person, [path.object_id],
        taxonomy=shown.taxonomy, action=kind, question=asked.name if given else "", answer=given,
        comment=str(told.get("comment") or ""), seconds=seconds_of(told.get("seconds")),
        shown=told.get("shown") is True, event_ids=[str(told["event_id"])],
    )  # fmt: skip
    if kind == "flag" or _goes_on(asked, given):
        line[MIDDLE] = path.object_id if given else line[MIDDLE]
        ack["go"] = path.object_id
    else:
        line[MIDDLE] = ""
        line["ahead"] = line["ahead"][1:]
    ack["words"] = _words(path.object_id, asked, given, str(kind))


def _goes_on(question: Question, answer_name: str) -> bool:
    return any(a.name == answer_name and a.next_question for a in question.answers)


def _words(object_id: str, question: Question, answer_name: str, kind: str) -> str:
    given = next((a.text for a in question.answers if a.name == answer_name), "")
    return f"{object_id}: {given or {'skip': 'skipped', 'flag': 'flagged'}[kind]}, stored"


def _take_back(shown: Shown, line: Line, told: Mapping[str, Any], ack: dict[str, str]) -> None:
    """Take the last answer back: its question is asked again, also of the galaxy before."""
    undone = undo(shown.workspace, shown.dataset, shown.person, event_id=str(told["event_id"]))
    if undone is None:
        ack["words"] = "There is nothing to take back."
        return
    ack["words"] = f"{undone.words}."
    if len(undone.object_ids) != 1 or undone.action == "flag":
        return
    (back,) = undone.object_ids
    if path_of(shown.workspace, shown.dataset, shown.person, shown.taxonomy, back).asks:
        line[MIDDLE] = ack["go"] = back
        give(shown, line)
