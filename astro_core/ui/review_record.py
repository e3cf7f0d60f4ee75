"""A person's own record, and the way back to what they said last."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from astro_core.figures.counts import class_counts
from astro_core.figures.per_day import per_day
from astro_core.figures.theme import class_colours, class_letters, class_patterns
from astro_core.labels.events import dataset_key
from astro_core.ui import cached, charts, gallery, review_one
from astro_core.ui.gallery import Item
from astro_core.ui.review_queue_words import when
from astro_core.ui.review_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.review_record import Hits, Record, own_record

TILE_PX = 104


def panel(shown: Shown) -> None:
    """Show how much this person did in these classes, when, how well, and what last."""
    record = _record(shown)
    if not len(record.last):
        st.info(
            "Your record begins with your first answer: how many galaxies, of which classes, and "
            "how often the others say the same.", icon=":material/person:",
        )  # fmt: skip
        return
    _numbers(record)
    classes, days = st.columns([1.2, 1], gap="medium")
    with classes:
        _classes(shown, record)
    with days:
        figure = per_day(record.per_day.to_dict()) if len(record.per_day) else None
        if figure is not None:
            charts.show(figure, key=f"{shown.key}:days", alt="Galaxies that you answered per day")
    _last(shown, record)


def _numbers(record: Record) -> None:
    answered, others, gold, pace = st.columns(4)
    answered.metric(
        "Galaxies answered", f"{record.n_answered:,}", border=True,
        help=f"Besides, {record.n_skipped:,} skipped and {record.n_flagged:,} flagged.",
    )  # fmt: skip
    others.metric(
        "Same as the others", _share(record.with_others), border=True,
        help=f"{_of(record.with_others)} galaxies on which the others together have one answer. "
        "Interval of 95 %.",
    )  # fmt: skip
    gold.metric(
        "Right on gold", _share(record.on_gold), border=True,
        help=f"{_of(record.on_gold)} galaxies whose class is known beforehand. Interval of 95 %.",
    )  # fmt: skip
    known = record.seconds == record.seconds
    pace.metric(
        "Median time", f"{record.seconds:.1f} s" if known else "not known", border=True,
        help="From the galaxy's showing to the answer.",
    )  # fmt: skip


def _share(found: Hits) -> str:
    if not found.n:
        return "none yet"
    low, high = found.interval.low, found.interval.high
    return f"{found.share:.0%} [{100 * low:.0f}-{100 * high:.0f}]"


def _of(found: Hits) -> str:
    return f"{found.hits:,} of {found.n:,}"


def _classes(shown: Shown, record: Record) -> None:
    if not record.per_class.sum():
        return
    taxonomy = shown.taxonomy
    figure = class_counts(
        pd.DataFrame({"answers": record.per_class}), record.per_class.to_dict(),
        colours=class_colours(taxonomy), letters=class_letters(taxonomy),
        patterns=class_patterns(taxonomy),
    )  # fmt: skip
    charts.show(figure, key=f"{shown.key}:own-classes", alt="Galaxies to which you gave each class")


def _last(shown: Shown, record: Record) -> None:
    ids = list(record.last["object_id"])
    st.markdown(f"**Your last {len(ids)}.** Open one to see it again and to answer anew.")
    colours, letters = class_colours(shown.taxonomy), class_letters(shown.taxonomy)
    data = shown.dataset
    stamps = cached.tiles(shown.workspace, data, data.recipe, ids, TILE_PX)
    items = [
        Item(
            object_id=row.object_id, image=stamps[row.object_id], label=readable(row.said),
            badge=letters.get(row.said, ""), colour=colours.get(row.said), ring="person",
            caption=f"{when(row.at)[11:16]} {readable(row.said)}",
        )
        for row in record.last.itertuples()
    ]  # fmt: skip
    event = gallery.gallery(
        items, key=f"{shown.key}:last", label="Your last answers", selectable=False, tile_px=TILE_PX
    )
    if event.opened:
        st.query_params[review_one.OBJECT] = event.opened
        st.query_params.pop("view", None)
        st.rerun()


def _record(shown: Shown) -> Record:
    from astro_core.labels.store import open_store

    store = open_store(shown.workspace)
    taxonomy = shown.taxonomy
    key = (
        store.place, dataset_key(shown.dataset), shown.dataset.fingerprint,
        store.revision(dataset_key(shown.dataset)), taxonomy.name, taxonomy.version,
        shown.person.name,
    )  # fmt: skip
    return cast("Record", _kept(key, shown))


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(key: tuple[str | int, ...], _shown: Shown) -> Record:  # noqa: ARG001 - the key
    return own_record(_shown.workspace, _shown.dataset, _shown.taxonomy, _shown.person.name)
