"""A classified survey: how far it is, what came of it, and where to go with it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.domain import Run, plain_taxonomy
from astro_core.figures.counts import class_counts
from astro_core.figures.theme import class_colours, class_letters, class_patterns
from astro_core.ui import catalogue_hand_out, charts, navigation, run_status, who
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.catalogue_state import Shown
from astro_core.ui.gallery import Item, gallery
from astro_core.ui.run_status import elapsed_s
from astro_core.ui.words import duration, objects, plain, rate, readable
from astro_core.workflows.catalogue import Answered, open_answers, read_problems
from astro_core.workflows.catalogue_dataset import review_undefined
from astro_core.workflows.catalogue_summary import read_samples

TILE_PX = 128
UNDEFINED = "undefined"
_KEPT = "What was classified is kept"


def panel(shown: Shown, run: Run) -> None:
    """Draw the run that is looked at."""
    if run.state in ("failed", "cancelled"):
        run_status.stopped(shown.workspace, run, _KEPT, key="catalogue:resume")
    elif run.state != "done":
        run_status.follow(shown.workspace, run.run_id)
    else:
        found = open_answers(shown.workspace, run.run_id)
        _head(shown, found)
        counts, stamps = st.columns([1, 2], gap="medium")
        with counts:
            _counts(found)
            _problems(found)
        with stamps:
            _stamps(found)


def _head(shown: Shown, found: Answered) -> None:
    run, told = found.run, found.run.result
    seconds = elapsed_s(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{objects(told['n_objects'])}** classified by **{plain(told['model'])}** in "
            f"{duration(seconds)}, {rate(run.total / max(seconds, 1e-3))} per second",
            width="content",
        )
        st.space("stretch")
        name, wanted = told["dataset"], False
        if told["selection"]:
            label = f"Review the {told['n_undefined']:,} undefined"
            wanted = st.button(label, key="catalogue:review", icon=":material/rate_review:")
        if name and st.button("Browse", key="catalogue:browse", icon=":material/grid_view:"):
            navigation.go("browse", dataset=name)
        catalogue_hand_out.popover(shown.workspace, found)
    if wanted:
        _review(shown, run)


def _review(shown: Shown, run: Run) -> None:
    queue = review_undefined(shown.workspace, run, who.ask())
    navigation.go("review", dataset=run.result["dataset"], queue=queue)


def _counts(found: Answered) -> None:
    told = found.run.result
    classes, unclear = told["classes"], told["undefined"]
    if not classes:
        st.caption("The model gives vote fractions, which name no class.")
        return
    taxonomy = plain_taxonomy(told["head"], told["outputs"])
    rows = [(classes.get(name, 0), unclear.get(name, 0)) for name in told["outputs"]]
    table = pd.DataFrame(
        [(n - m, m) for n, m in rows], index=told["outputs"], columns=["sure", UNDEFINED]
    )
    figure = class_counts(
        table, classes, colours=class_colours(taxonomy), letters=class_letters(taxonomy),
        patterns=class_patterns(taxonomy),
    )  # fmt: skip
    charts.show(figure, key="catalogue:counts", alt="Galaxies of each class, and how many are sure")
    share = told["n_undefined"] / max(told["n_objects"], 1)
    st.caption(
        f"Paler: undefined, no class has a probability of 0.75. They are {share:.1%}."
        + ("" if told["calibrated"] else " The model is not calibrated.")
    )


def _stamps(found: Answered) -> None:
    told = found.run.result
    samples = read_samples(found.answers.parent)
    groups = {UNDEFINED: ""} | {name: name for name in told["outputs"]}
    there = set(samples["group"])
    groups = {name: group for name, group in groups.items() if group in there}
    if not told["classes"]:
        _gallery(samples, told["head"], told["outputs"])
        return
    key = "catalogue:group"
    chosen = parameter("group", groups, next(iter(groups)))
    hold(key, chosen)
    st.segmented_control(
        "Galaxies", list(groups), key=key, required=True, label_visibility="collapsed",
        format_func=lambda n: "Least sure" if n == UNDEFINED else f"Surest {readable(n)}",
        on_change=lambda: keep("group", st.session_state[key], next(iter(groups))),
    )  # fmt: skip
    _gallery(samples[samples["group"] == groups[chosen]], told["head"], told["outputs"])


def _gallery(rows: pd.DataFrame, head: str, outputs: list[str]) -> None:
    taxonomy = plain_taxonomy(head, outputs)
    colours, letters = class_colours(taxonomy), class_letters(taxonomy)
    items = [
        Item(
            object_id=row.object_id, image=row.image, label=readable(row.label),
            badge=letters.get(row.label, ""), colour=colours.get(row.label),
            ring="model" if row.label else "none",
            caption=f"{readable(row.label)} {row.probability:.2f}" if row.label else "",
        )
        for row in rows.itertuples()
    ]  # fmt: skip
    gallery(
        items, key="catalogue:stamps", label="Some of the galaxies", selectable=False,
        tile_px=TILE_PX,
    )  # fmt: skip


def _problems(found: Answered) -> None:
    n = found.run.result["n_bad"]
    if not n:
        return
    rows = read_problems(found)
    with st.expander(f"{n:,} stamps could not be used"):
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, key="catalogue:problems",
            column_order=["object_id", "reason", "file"],
        )  # fmt: skip
        if n > len(rows):
            st.caption(
                f"These are the first {len(rows)}; all are in `{plain(str(found.problems))}`"
            )
