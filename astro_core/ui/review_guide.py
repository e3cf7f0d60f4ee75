"""What the classes of a queue mean: keys, words, and galaxies that show them."""

from __future__ import annotations

from html import escape

import streamlit as st

from astro_core.domain import GalaxyClass, Question, Taxonomy
from astro_core.ui import cached
from astro_core.ui.images import data_uri
from astro_core.ui.review_state import Shown
from astro_core.ui.words import readable

EXAMPLE_PX = 64


def popover(shown: Shown) -> None:
    """Offer the meaning of the classes, for whoever is not sure."""
    with st.popover("Classes", icon=":material/menu_book:").container(width=520):
        listing(shown, shown.taxonomy)


def listing(shown: Shown, taxonomy: Taxonomy) -> None:
    """Show every class with its examples, and the questions in their order."""
    ids = tuple(dict.fromkeys(i for c in taxonomy.classes for i in c.example_ids))
    known = tuple(i for i in ids if cached.view(shown.dataset).rows_of([i])[0] >= 0)
    recipe = shown.dataset.recipe
    tiles = cached.tiles(shown.workspace, shown.dataset, recipe, known, EXAMPLE_PX) if known else {}
    rows = [_class(one, tiles) for one in taxonomy.classes]
    asked = [_question(number, q, taxonomy) for number, q in enumerate(taxonomy.questions, 1)]
    st.html(f'<div class="tf-guide">{"".join(rows)}{"".join(asked)}</div>')


def _class(one: GalaxyClass, tiles: dict[str, bytes | None]) -> str:
    name = escape(readable(one.name))
    pictures = "".join(
        f'<img src="{data_uri(content)}" alt="{escape(i)}, an example of {name}" '
        f'title="{escape(i)}" width="{EXAMPLE_PX}" height="{EXAMPLE_PX}">'
        for i in one.example_ids
        if (content := tiles.get(i))
    )
    strip = f'<div class="tf-strip">{pictures}</div>' if pictures else ""
    return (
        f"<div><kbd>{escape(one.key.upper())}</kbd><div><b>{name}</b> "
        f'<span class="tf-soft">{escape(one.description)}</span>{strip}</div></div>'
    )


def _question(number: int, question: Question, taxonomy: Taxonomy) -> str:
    numbers = {q.name: n for n, q in enumerate(taxonomy.questions, 1)}
    answers = "".join(
        f"<li><kbd>{escape(key.upper())}</kbd> {escape(answer.text)} "
        f'<span class="tf-soft">{_then(numbers.get(answer.next_question or ""))}</span></li>'
        for key, answer in zip(question.keys, question.answers, strict=True)
    )
    return (
        f'<div><i class="tf-soft">{number}</i>'
        f"<div><b>{escape(question.text)}</b><ul>{answers}</ul></div></div>"
    )


def _then(number: int | None) -> str:
    return f"then {number}" if number else "ends"
