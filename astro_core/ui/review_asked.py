"""What is asked of a galaxy: one of the classes, or a question of a decision tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from astro_core.domain import Taxonomy
from astro_core.figures.theme import class_colours
from astro_core.ui.answer_icons import answer_icon
from astro_core.ui.words import readable
from astro_core.workflows.tree_path import TreePath


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the board asks.

    Attributes
    ----------
    question : str
        Name of the question; empty where a class is asked for.
    words : str
        The question as it is read; empty for none.
    so_far : tuple of (str, str)
        Questions and answers on the way to it.
    choices : tuple of Mapping
        name, label, key, help, and colour or icon.
    """

    question: str = ""
    words: str = ""
    so_far: tuple[tuple[str, str], ...] = ()
    choices: tuple[Mapping[str, str], ...] = ()

    def data(self) -> dict[str, Any]:
        """Return it as the browser takes it."""
        asked = {"name": self.question, "words": self.words, "so_far": list(self.so_far)}
        return {"asked": asked, "classes": [dict(choice) for choice in self.choices]}


def asked_for_class(taxonomy: Taxonomy) -> Asked:
    """Ask which of its classes a galaxy is."""
    colours = class_colours(taxonomy)
    return Asked(
        choices=tuple(
            {"name": c.name, "label": readable(c.name), "key": c.key, "help": c.description,
             "colour": colours[c.name]}
            for c in taxonomy.classes
        )
    )  # fmt: skip


def asked_on(path: TreePath) -> Asked:
    """Ask the next question of a path down a tree."""
    if path.asks is None:
        return Asked()
    return Asked(
        question=path.asks.name,
        words=path.asks.text,
        so_far=tuple((question.text, answer.text) for question, answer in path.said),
        choices=tuple(
            {"name": a.name, "label": a.text, "key": key, "help": "", "icon": answer_icon(a.name)}
            for key, a in zip(path.asks.keys, path.asks.answers, strict=True)
        ),
    )
