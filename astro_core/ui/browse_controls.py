"""The row above the stamps: search, order, size, filters, and what is filtered for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from astro_core.domain import SPLITS
from astro_core.figures.theme import NOBODY, in_either_theme
from astro_core.ui import browse_selection
from astro_core.ui import browse_state as state
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.browse_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.browse import UNLABELLED, count_by
from astro_core.workflows.browse_filters import FLAGS, Cone, Filters, Range

MAX_CHIPS = 14
POPOVER_PX = 430
CHIP_STYLE = """
.st-key-browse-chips button {
  border-radius: 999px; min-height: 1.75rem; padding: 0 0.6rem; border-width: 1.5px;
}
.st-key-browse-chips button p { font-size: 0.83rem; }
.st-key-browse-active button { min-height: 1.6rem; padding: 0 0.45rem; }
.st-key-browse-active button p { font-size: 0.83rem; }
"""


def column_label(shown: Shown, column: str) -> str:
    """A column's name for people: votes by question and answer."""
    for question in shown.dataset.taxonomy.questions:
        for answer in question.answers:
            if answer.column == column:
                topic = question.name.split("_", 1)[-1].replace("_", " ")
                return f"votes: {topic} / {answer.text.lower()}"
    return column


def row(shown: Shown) -> None:
    """Draw the row; a click on a popover in it opens the rarer controls."""
    search, order, way, size, more = st.columns(
        [2.2, 2.2, 0.55, 1.35, 1.5], vertical_alignment="center"
    )
    with search:
        _search(shown)
    with order:
        _sort(shown)
    with way:
        _direction(shown)
    with size:
        _size(shown)
    n_active = shown.filters.n_active
    rare = more.popover(f"Filters ({n_active})" if n_active else "Filters", width="stretch")
    with rare.container(width=POPOVER_PX):
        _filters(shown)


def _search(shown: Shown) -> None:
    key = hold(f"{shown.key}:id", shown.filters.text)
    st.text_input(
        "Search object id", key=key, placeholder="Part of an object id", icon=":material/search:",
        label_visibility="collapsed", max_chars=200,
        on_change=lambda: state.change(shown, text=st.session_state[key].strip()),
    )  # fmt: skip


def _sort(shown: Shown) -> None:
    key = hold(f"{shown.key}:sort", shown.filters.sort)
    st.selectbox(
        "Sort by", ["", *shown.view.columns], key=key, label_visibility="collapsed",
        format_func=lambda c: f"Sort: {column_label(shown, c)}" if c else "Order of the catalogue",
        on_change=lambda: state.change(shown, sort=st.session_state[key] or ""),
    )  # fmt: skip


def _direction(shown: Shown) -> None:
    down = shown.filters.descending
    st.button(
        "Sorted downwards" if down else "Sorted upwards", key=f"{shown.key}:way",
        icon=":material/arrow_downward:" if down else ":material/arrow_upward:", width="stretch",
        help="Largest first; click for smallest first" if down else
        "Smallest first; click for largest first",
        on_click=lambda: state.change(shown, descending=not down),
    )  # fmt: skip


def _size(shown: Shown) -> None:
    key = hold(f"{shown.key}:size", parameter("size", state.SIZES, "M"))

    def changed() -> None:
        first = (state.page_number(shown) - 1) * state.SIZES[st.query_params.get("size", "M")][1]
        keep("size", st.session_state[key], "M")
        per_page = state.SIZES[st.session_state[key]][1]
        keep("page", str(first // per_page + 1), "1")

    st.segmented_control(
        "Stamp size", list(state.SIZES), key=key, required=True, on_change=changed,
        label_visibility="collapsed", help="Small, medium or large stamps",
    )  # fmt: skip


def _filters(shown: Shown) -> None:
    browse_selection.pick(shown)
    counts = count_by(shown.view, "split")
    splits = {s: counts[s] for s in (*SPLITS, *counts) if s in counts}
    if len(splits) > 1:
        _pills(shown, "Split", "splits", splits, lambda s: f"{s or 'none'} ({splits[s]:,})")
    classes = count_by(shown.view, "label")
    if len(classes) > MAX_CHIPS:
        _many_classes(shown, classes)
    flags = {f.name: f.label for f in FLAGS if f.applies(shown.view)}
    _pills(shown, "Only objects that", "flags", flags, flags.__getitem__)
    _ranges(shown)
    _cone(shown)


def _pills(shown: Shown, label: str, field: str, options: Any, say: Callable[[str], str]) -> None:
    key = hold(f"{shown.key}:{field}", list(getattr(shown.filters, field)))
    st.pills(
        label, list(options), selection_mode="multi", key=key, format_func=say,
        on_change=lambda: state.change(shown, **{field: tuple(st.session_state[key])}),
    )  # fmt: skip


def _many_classes(shown: Shown, classes: dict[str, int]) -> None:
    key = hold(f"{shown.key}:classes", list(shown.filters.classes))
    st.multiselect(
        "Classes", list(classes), key=key,
        format_func=lambda c: f"{c.replace('_', ' ') or 'no label'} ({classes[c]:,})",
        on_change=lambda: state.change(shown, classes=tuple(st.session_state[key])),
    )  # fmt: skip


def _ranges(shown: Shown) -> None:
    used = {item.column for item in shown.filters.ranges}
    votes = [c for c in shown.dataset.taxonomy.vote_columns if c in shown.view.columns]
    others = [c for c in shown.view.numeric_columns if c not in (*votes, "part", "row")]
    key = hold(f"{shown.key}:add", None)
    st.selectbox(
        "Range of a column or vote fraction", [c for c in others + votes if c not in used], key=key,
        index=None, placeholder="Add a column", format_func=lambda c: column_label(shown, c),
        on_change=lambda: state.change(
            shown, ranges=(*shown.filters.ranges, Range(column=st.session_state[key]))
        ),
    )  # fmt: skip
    for place, item in enumerate(shown.filters.ranges):
        _range(shown, place, item)


def _range(shown: Shown, place: int, item: Range) -> None:
    values = shown.view.numbers(item.column)
    known = values[~shown.view.missing(item.column)]
    least, most = (f"{known.min():.6g}", f"{known.max():.6g}") if len(known) else ("", "")
    st.caption(f"{plain(column_label(shown, item.column))}: {least} to {most}")
    low, high, drop = st.columns([2, 2, 1], vertical_alignment="bottom")
    for box, bound, hint in ((low, "low", least), (high, "high", most)):
        key = hold(f"{shown.key}:range:{item.column}:{bound}", getattr(item, bound))

        def changed(bound: str = bound, key: str = key) -> None:
            new = replace(item, **{bound: st.session_state[key]})
            ranges = shown.filters.ranges
            state.change(shown, ranges=(*ranges[:place], new, *ranges[place + 1 :]))

        box.number_input(
            f"{'From' if bound == 'low' else 'To'} ({item.column})", key=key, placeholder=hint,
            on_change=changed, label_visibility="collapsed", format="%.8g",
        )  # fmt: skip
    drop.button(
        "Remove", key=f"{shown.key}:drop:{item.column}", icon=":material/close:",
        on_click=lambda: state.change(
            shown, ranges=tuple(r for r in shown.filters.ranges if r != item)
        ),
    )  # fmt: skip


def _cone(shown: Shown) -> None:
    if shown.view.missing("ra_deg").all():
        st.caption("No object has a position, so there is no cone to search in.")
        return
    cone = shown.filters.cone
    keys = [f"{shown.key}:cone:{name}" for name in ("ra", "dec", "radius")]
    known = (cone.ra_deg, cone.dec_deg, cone.radius_deg) if cone else (None,) * 3
    with st.form(f"{shown.key}:cone", border=False):
        boxes = st.columns(3)
        limits = (
            ("RA / deg", -360.0, 360.0),
            ("Dec / deg", -90.0, 90.0),
            ("Radius / deg", 1e-5, 180.0),
        )
        for box, key, value, (label, low, high) in zip(boxes, keys, known, limits, strict=True):
            if key not in st.session_state or cone:
                st.session_state[key] = value
            box.number_input(label, low, high, key=key, format="%.8g")

        def search() -> None:
            ra, dec, radius = (st.session_state[k] for k in keys)
            if None not in (ra, dec, radius):
                found = Cone(ra_deg=ra % 360, dec_deg=dec, radius_deg=radius)
                state.change(shown, cone=found)

        st.form_submit_button("Search this cone", on_click=search)


def chips(shown: Shown) -> None:
    """Draw a chip per class that filters for it, in the class's colour and with its letter."""
    counts = count_by(shown.view, "label")
    if len(counts) > MAX_CHIPS or list(counts) == [UNLABELLED]:
        return
    rules = []
    with st.container(horizontal=True, gap="xsmall", key="browse-chips"):
        for place, (name, n) in enumerate(counts.items()):
            colour = in_either_theme(shown.colours.get(name, NOBODY))
            on = name in shown.filters.classes
            letter = f"**{shown.letters[name]}** " if name in shown.letters else ""
            words = plain(name.replace("_", " ")) or "no label"
            st.button(
                f"{letter}{words} {n:,}",
                key=f"browse-chip-{place}", disabled=not n,
                on_click=lambda name=name: state.change(
                    shown, classes=state.toggle(shown.filters.classes, name)
                ),
            )  # fmt: skip
            back = f"background:color-mix(in srgb, {colour} 32%, transparent);" if on else ""
            rules.append(f".st-key-browse-chip-{place} button{{border-color:{colour};{back}}}")
    st.html(f"<style>{CHIP_STYLE}{''.join(rules)}</style>")


def _conditions(shown: Shown) -> list[tuple[str, Filters]]:
    """Each condition in words, and the filters without it."""
    now = shown.filters
    out = [
        (f"split {n or 'none'}", replace(now, splits=state.toggle(now.splits, n)))
        for n in now.splits
    ]
    for item in now.ranges:
        low, high = ("" if v is None else f"{v:g}" for v in (item.low, item.high))
        said = f"{column_label(shown, item.column)} {low} to {high}".strip()
        out.append((said, replace(now, ranges=tuple(r for r in now.ranges if r != item))))
    if now.text:
        out.append((f"id with '{now.text}'", replace(now, text="")))
    if now.cone:
        cone = now.cone
        said = f"within {cone.radius_deg:g} deg of {cone.ra_deg:g}, {cone.dec_deg:+g}"
        out.append((said, replace(now, cone=None)))
    if now.region:
        out.append(("inside the region drawn on the sky", replace(now, region=())))
    if now.selection:
        out.append((f"selection '{now.selection.name}'", replace(now, selection=None)))
    return out + [
        (FLAGS.get(n).label, replace(now, flags=state.toggle(now.flags, n))) for n in now.flags
    ]


def active(shown: Shown) -> None:
    """Say what is filtered for; a click takes a condition away."""
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")
    conditions = _conditions(shown)
    if not conditions:
        return
    with st.container(
        horizontal=True, gap="xsmall", key="browse-active", vertical_alignment="center"
    ):
        for place, (said, without) in enumerate(conditions):
            st.button(
                plain(said), key=f"{shown.key}:active:{place}", icon=":material/close:",
                icon_position="right", on_click=state.write, args=(without,),
            )  # fmt: skip
        kept = Filters(sort=shown.filters.sort, descending=shown.filters.descending)
        st.button(
            "Clear all filters", key=f"{shown.key}:clear", type="tertiary", on_click=state.write,
            args=(kept,),
        )  # fmt: skip
