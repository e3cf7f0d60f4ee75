"""Where a model looks when it is right about a class, and where when it is wrong."""

from __future__ import annotations

import numpy as np
import streamlit as st

from astro_core.domain import Run
from astro_core.errors import NotFoundError
from astro_core.explain.agreement import radial_profile
from astro_core.figures.explain import profiles
from astro_core.runs import get_run
from astro_core.ui import charts, cluster_act, run_status
from astro_core.ui.address import parameter
from astro_core.ui.explain_ask import Asked
from astro_core.ui.explain_board import Panel, board
from astro_core.ui.explain_state import Shown
from astro_core.ui.words import plain, readable
from astro_core.workflows.explain_mean import find_mean_maps, open_mean_maps, submit_mean_maps
from astro_core.workflows.explain_store import MeanMaps

SIDE_PX = 188
_RUN = "explain:mean-run"
TITLES = {"right": "Right", "missed": "Missed", "taken": "Taken for it"}
_MEANS = {
    "right": "is {0}, answered {0}",
    "missed": "is {0}, answered otherwise",
    "taken": "is not {0}, answered {0}",
}


def panel(shown: Shown) -> list[Asked]:
    """Choose a class; mean galaxies and mean maps of right and wrong answers."""
    name, head = shown.asked
    if head.kind == "votes":
        st.info("Shares of people are never simply right or wrong, so there is nothing to compare.")
        return []
    output = _choose(shown)
    given = (shown.workspace, name, shown.dataset.name, output)
    key = find_mean_maps(*given, head=head.name)
    if key is not None:
        _draw(shown, open_mean_maps(shown.workspace, key))
        return []
    place = f"{_RUN}:{shown.key}:{output}"
    run = _run(shown, st.session_state.get(place, ""))
    if run is None or run.finished:
        if run is not None:
            run_status.outcome(run)
        _offer(shown, output, place)
    else:
        run_status.follow(shown.workspace, run.run_id)
    return []


def _run(shown: Shown, run_id: str) -> Run | None:
    try:
        return get_run(shown.workspace, run_id) if run_id else None
    except NotFoundError:  # deleted since
        return None


def _choose(shown: Shown) -> str:
    outputs = shown.asked[1].outputs
    label = shown.labels_of([shown.object_id])[0]
    first = label if label in outputs else outputs[0]
    key = f"{shown.key}:mean-of"
    st.session_state[key] = parameter("class", outputs, first)
    st.selectbox(
        "Class", list(outputs), key=key, format_func=readable, width=320,
        on_change=lambda: st.query_params.update({"class": st.session_state[key]}),
    )  # fmt: skip
    return str(st.session_state[key])


def _offer(shown: Shown, output: str, place: str) -> None:
    st.markdown(
        f"This will show where the model looks on the mean when it is right about "
        f"{plain(readable(output))}, and where when it is wrong."
    )
    if st.button("Look at right and wrong answers", key=f"{shown.key}:mean", type="primary"):
        name, head = shown.asked
        run = submit_mean_maps(
            shown.workspace, name, shown.dataset.name, output, head=head.name
        )  # fmt: skip
        st.session_state[place] = run.run_id
        st.rerun()


def _draw(shown: Shown, means: MeanMaps) -> None:
    pictures, curve = st.columns([1.75, 1], gap="medium")
    with pictures:
        panels = [_panel(means, place) for place in range(len(means.groups))]
        board(panels, key=f"{shown.key}:means:{means.output}", large_px=SIDE_PX,
              small_px=SIDE_PX, across=2)  # fmt: skip
        part = f"the {means.part} part" if means.part != "all" else "all galaxies"
        st.caption(
            f"Mean galaxy of {part}, and over it the mean Grad-CAM of {readable(means.output)}; "
            "each map counts from 0 to 1."
        )
    with curve:
        _curve(shown, means)
    _stamps(shown, means)


def _panel(means: MeanMaps, place: int) -> Panel:
    group = means.groups[place]
    n, of = int(means.n_maps[place]), int(means.n_objects[place])
    heat = np.clip(means.maps.values[place], 0, 1) if n else None
    words = _MEANS[group].format(readable(means.output))
    zero = f", {int(means.n_zero[place])} with a zero map" if means.n_zero[place] else ""
    size = means.images.shape[1]
    full = None if heat is None else means.maps.signed(group).clip(0, 1)
    assert full is None or full.shape == (size, size)
    return Panel(
        name=group, title=TITLES[group], image=means.images[place], heat=full,
        saying="" if n else "no such galaxy",
        note=f"{words}: {n:,} of {of:,}{zero}", alt=f"{TITLES[group]}: {words}, {n:,} galaxies",
        file=f"mean-{group}-{means.output}.png",
    )  # fmt: skip


def _curve(shown: Shown, means: MeanMaps) -> None:
    there = [(i, g) for i, g in enumerate(means.groups) if means.n_maps[i]]
    rings = {TITLES[g]: radial_profile(means.maps.signed(g)) for _, g in there}
    n = {TITLES[g]: int(means.n_maps[i]) for i, g in there}
    figure = profiles(rings, n, title=finding(rings))
    charts.show(
        figure, key=f"{shown.key}:profiles:{means.output}", alt=str(figure.layout.title.text)
    )


def finding(rings: dict[str, np.ndarray]) -> str:
    """Compare how far from the centre right and wrong maps reach, in one sentence."""
    reach = {name: _reach(values) for name, values in rings.items()}
    right = reach.pop(TITLES["right"], None)
    wrong = [r for r in reach.values() if r is not None]
    if right is None or not wrong:
        return "Where it looks, from the centre to the edge"
    difference = float(np.mean(wrong)) - right
    if abs(difference) < _SAME:
        return "Right or wrong, it looks equally far from the centre"
    return f"It looks further {'out' if difference > 0 else 'in'} when it is wrong"


_SAME = 0.03  # half sides


def _reach(values: np.ndarray) -> float | None:
    """Mean distance from the centre of what a map shows, each ring by its area."""
    at = (np.arange(len(values)) + 0.5) / len(values)
    weight = np.nan_to_num(values) * at
    return float((weight * at).sum() / weight.sum()) if weight.sum() > 0 else None


def _stamps(shown: Shown, means: MeanMaps) -> None:
    names = [g for i, g in enumerate(means.groups) if means.n_maps[i]]
    if not names:
        return
    key = f"{shown.key}:mean-stamps"
    group = st.segmented_control(
        "Galaxies", names, key=key, default=names[0], required=True,
        format_func=TITLES.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    place = means.groups.index(str(group))
    words = _MEANS[str(group)].format(readable(means.output))
    cluster_act.selected_panel(
        shown, list(means.object_ids[place]), source=words, key=f"{key}:{group}",
        reason=f"{words}, by model {means.model}",
    )  # fmt: skip
