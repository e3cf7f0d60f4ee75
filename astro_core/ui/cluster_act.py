"""What can be done with galaxies that were picked: look, keep as a selection, open in Browse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, Protocol

import streamlit as st

from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.figures.theme import NOBODY, in_either_theme
from astro_core.ui import browse_detail, browse_state, cached, frame, gallery, navigation
from astro_core.ui.cluster_cards import ClassPart
from astro_core.ui.gallery import Item
from astro_core.ui.words import plain, readable
from astro_core.workflows.browse import UNLABELLED
from astro_core.workflows.browse_filters import Filters
from astro_core.workflows.selections import list_selections, save_selection
from astro_core.workspace import Workspace, check_name

PER_PAGE = 30
TILE_PX = 84
AMONG = "cluster:among"  # ids through which the large view steps
_LETTER_PX, _BAR_PX = 8, 360  # of a letter in a bar, and of a bar at the least


class Shown(Protocol):
    """What a page tells of itself: `cluster_state.Shown`, `train_state.Shown`.

    Attributes
    ----------
    key : str
        Begins the keys of its widgets.
    colours, letters : Mapping
        Of each class.
    origin : Mapping
        Where its selections come from, as plain JSON values.
    """

    workspace: Workspace
    dataset: Dataset
    key: str
    colours: Mapping[str, str]
    letters: Mapping[str, str]
    origin: Mapping[str, Any]

    def labels_of(self, object_ids: Sequence[str]) -> list[str | None]:
        """Class of each of these objects, None without one."""
        ...


def selected_panel(
    shown: Shown,
    object_ids: Sequence[str],
    *,
    source: str,
    reason: str,
    key: str,
    captions: Mapping[str, str] | None = None,
    tile_px: int = TILE_PX,
) -> None:
    """Show picked galaxies beside a plot: how many, their classes, stamps, and what to do.

    Parameters
    ----------
    object_ids : sequence of str
        In the order shown.
    source : str
        Where they come from, in a few words: "branch 12 of the tree". Suggests a name, too.
    reason : str
        Suggested reason for keeping them.
    key : str
        The panel's own name in the session.
    captions : Mapping, optional
        Text below a stamp, instead of the object's id.
    """
    ids = list(object_ids)
    if not ids:
        st.caption("No galaxy is selected.")
        return
    classes = Counter(label or UNLABELLED for label in shown.labels_of(ids))
    noun = "galaxy" if len(ids) == 1 else "galaxies"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(ids):,}** {noun} · {plain(source)}", width="content")
        st.space("stretch")
        with st.container(horizontal=True, gap="small", width="content"):  # wrap together
            buttons(shown, ids, source=source, reason=reason, key=key)
    st.html(class_bar(class_parts(shown, classes)) + class_words(shown, classes))
    paged(shown, ids, key=key, captions=captions, tile_px=tile_px)


def buttons(shown: Shown, ids: Sequence[str], *, source: str, reason: str, key: str) -> None:
    """The two ways on from picked galaxies."""
    if st.button("Save selection", key=f"{key}:save", icon=":material/bookmark_add:"):
        _save_dialog(shown, list(ids), source, reason)
    if st.button("Open in Browse", key=f"{key}:browse", icon=":material/grid_view:"):
        with frame.in_words():
            name = _kept_as(shown, ids) or _keep(shown, _suggested(source), ids, source, reason)
            navigation.go("browse", dataset=shown.dataset.name, selection=name)


def _suggested(source: str) -> str:
    clean = re.sub(r"[^A-Za-z0-9._ -]+", " ", source).strip(" .-_")
    return re.sub(r" +", " ", clean)[:60] or "picked"


def _kept_as(shown: Shown, ids: Sequence[str]) -> str:
    """Name of a selection of exactly these objects, "" without one."""
    wanted = set(ids)
    for selection in list_selections(shown.workspace, shown.dataset):
        if len(selection.object_ids) == len(wanted) and set(selection.object_ids) == wanted:
            return selection.name
    return ""


def _origin(shown: Shown, source: str) -> dict[str, Any]:
    return {**shown.origin, "what": source}


def _keep(shown: Shown, name: str, ids: Sequence[str], source: str, reason: str) -> str:
    """Keep galaxies under the suggested name, numbered where that is taken."""
    taken = {s.name.lower() for s in list_selections(shown.workspace, shown.dataset)}
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name} {number}", number + 1
    saved = save_selection(
        shown.workspace, shown.dataset, free, ids, reason=reason, source=_origin(shown, source)
    )
    return saved.name


@st.dialog("Save as a selection")
def _save_dialog(shown: Shown, ids: list[str], source: str, reason: str) -> None:
    st.caption(f"{len(ids):,} objects of {plain(shown.dataset.name)}; Browse opens them by name.")
    with st.form("cluster:save-selection", border=False):
        name = st.text_input("Name", _suggested(source), max_chars=80)
        why = st.text_area("Reason", reason, max_chars=500, height=80)
        if not st.form_submit_button("Save", type="primary"):
            return
    try:
        check_name(name, "selection")
        save_selection(
            shown.workspace, shown.dataset, name, ids, reason=why, source=_origin(shown, source)
        )
    except TuningForkError as error:
        frame.problem(error)
        return
    st.toast(f"Saved {len(ids):,} objects as '{plain(name.strip())}'", icon=":material/bookmark:")
    st.rerun()


def paged(
    shown: Shown,
    ids: Sequence[str],
    *,
    key: str,
    captions: Mapping[str, str] | None = None,
    tile_px: int = TILE_PX,
    per_page: int = PER_PAGE,
) -> None:
    """Stamps, a page at a time; a click opens one large."""
    n_pages = max(1, -(-len(ids) // per_page))
    page = min(int(st.session_state.get(f"{key}:page", 1)), n_pages)
    if n_pages > 1:
        page = st.pagination(
            n_pages, default=page, key=f"{key}:pages:{page}", max_visible_pages=4
        ) or page  # fmt: skip
        st.session_state[f"{key}:page"] = page
    part = list(ids[(page - 1) * per_page : page * per_page])
    images_row(shown, part, key=f"{key}:stamps", captions=captions, tile_px=tile_px, among=ids)


def images_row(
    shown: Shown,
    object_ids: Sequence[str],
    *,
    key: str,
    captions: Mapping[str, str] | None = None,
    tile_px: int = TILE_PX,
    label: str = "Galaxies",
    among: Sequence[str] | None = None,
) -> None:
    """Stamps with captions, in as many columns as fit; a click opens one large.

    Parameters
    ----------
    among : sequence of str, optional
        Ids through which the large view steps; those shown by default.
    """
    event = gallery.gallery(
        items(shown, object_ids, captions or {}, tile_px), key=key, label=label,
        selectable=False, tile_px=tile_px,
    )  # fmt: skip
    if event.opened:
        st.query_params[browse_detail.PARAMETER] = event.opened
        st.session_state[AMONG] = list(among if among is not None else object_ids)
        st.rerun()  # the large view is drawn by the page, not by the part that this may be in


def items(
    shown: Shown, ids: Sequence[str], captions: Mapping[str, str], tile_px: int
) -> list[Item]:
    """Stamps as the gallery takes them, ringed by class."""
    images = cached.tiles(shown.workspace, shown.dataset, shown.dataset.recipe, ids, tile_px)
    return [
        Item(
            object_id=object_id,
            image=images[object_id],
            label=readable(label) if label else None,
            badge=shown.letters.get(label, "") if label else "",
            colour=shown.colours.get(label) if label else None,
            ring="person" if label else "none",
            caption=captions.get(object_id, object_id),
        )
        for object_id, label in zip(ids, shown.labels_of(ids), strict=True)
    ]


def opened(shown: Shown) -> None:
    """Open the large view if the address names an object; drawn last on the page."""
    if browse_detail.PARAMETER not in st.query_params:
        return
    everything = browse_state.of(shown.workspace, shown.dataset, Filters())
    rows = everything.rows
    if among := st.session_state.get(AMONG):
        rows = everything.view.rows_of(among)
    browse_detail.show(replace(everything, rows=rows[rows >= 0]))


def _ordered(shown: Shown, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Classes with members in the taxonomy's order, no label last."""
    names = [*shown.dataset.taxonomy.class_names, *counts]
    order = dict.fromkeys(n for n in names if n != UNLABELLED)
    found = [(n, int(counts.get(n, 0))) for n in (*order, UNLABELLED)]
    return [(n, c) for n, c in found if c]


def class_parts(
    shown: Shown, counts: Mapping[str, int], width_px: int = _BAR_PX
) -> tuple[ClassPart, ...]:
    """What classes some galaxies are made of, with the letters that a bar has room for."""
    total = sum(counts.values())
    parts = []
    for name, n in _ordered(shown, counts):
        letters = shown.letters.get(name, "")
        fits = width_px * n / total >= _LETTER_PX * len(letters) + _LETTER_PX / 2
        colour = in_either_theme(shown.colours.get(name, NOBODY))
        said = f"{readable(name) or 'no label'} {n:,}"
        parts.append(ClassPart(n=n, colour=colour, letter=letters if fits else "", said=said))
    return tuple(parts)


def class_bar(parts: Sequence[ClassPart]) -> str:
    """HTML of a thin bar with the share of each class."""
    inner = "".join(
        f'<span style="flex:{p.n};background:{p.colour}" title="{escape(p.said, quote=True)}">'
        f"{escape(p.letter)}</span>"
        for p in parts
    )
    return f'<div class="tf-makeup" aria-hidden="true">{inner}</div>'


def class_words(shown: Shown, counts: Mapping[str, int], most: int = 4) -> str:
    """HTML that says the largest classes in words, with their letters."""
    total = sum(counts.values())
    ranked = sorted(_ordered(shown, counts), key=lambda item: -item[1])
    said = [
        f"<b>{escape(shown.letters.get(name, ''))}</b> {escape(readable(name) or 'no label')} "
        f"{n / total:.0%}"
        for name, n in ranked[:most]
    ]
    more = len(ranked) - most
    tail = f" and {more} more" if more > 0 else ""
    return f'<div class="tf-soft tf-small">{" · ".join(said)}{tail}</div>'


def legend(shown: Shown, counts: Mapping[str, int]) -> str:
    """HTML that tells which colour and letter is which class."""
    entries = []
    for name, _ in _ordered(shown, counts):
        colour = in_either_theme(shown.colours.get(name, NOBODY))
        letter = escape(shown.letters.get(name, ""))
        words = escape(readable(name) or "no label")
        entries.append(f'<span><i style="background:{colour}"></i><b>{letter}</b> {words}</span>')
    return f'<div class="tf-legend">{"".join(entries)}</div>'
