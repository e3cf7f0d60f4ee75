"""Features: the first ones of a dataset, and any others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from astro_core.clustering import CLUSTERERS
from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.features import EXTRACTORS
from astro_core.features.registry import ExtractorSpec
from astro_core.params import to_mapping
from astro_core.ui import cached, cluster_work, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_state import Shown
from astro_core.ui.forms import params_form
from astro_core.ui.images import data_uri
from astro_core.ui.words import duration, objects, plain
from astro_core.workflows.features import (
    FeaturePlan,
    find_features,
    plan_features,
    work_ahead,
)

DEFAULT = "pca"
_STRIP, _STRIP_PX = 18, 96
_SEED_MOST = 2**31 - 1
RECOMMENDED = {"n_components": 20, "normalise_orientation": True}  # docs/groups.md says why
_LONG_S = 600  # from here on a sample is worth suggesting


def first_visit(shown: Shown) -> None:
    """Say what this page will show, and offer the one button that gets there."""
    going = cluster_work.follow_features(shown)
    with st.container(border=True):
        st.html(_strip(shown))
        st.markdown(
            f"**{objects(shown.dataset.n_objects)}: which of them belong together?** Each image is "
            "described by a few numbers (features), galaxies with like numbers are put into "
            "groups, and each group can be looked at, named and kept. No labels are needed."
        )
        if not going:
            with frame.in_words():
                _ways(shown)


def _ways(shown: Shown) -> None:
    plan, plain_plan = _first_plan(shown.dataset, RECOMMENDED), _first_plan(shown.dataset, {})
    usual = plain_plan.params.n_components
    with st.container(horizontal=True, vertical_alignment="center"):
        first = st.button(
            "Compute features and group", type="primary", icon=":material/bubble_chart:",
            key=f"{shown.key}:first",
        )  # fmt: skip
        as_they_lie = st.button(
            f"{usual} components, not turned", icon=":material/history:", key=f"{shown.key}:usual",
            help="What the Galaxy Zoo 2 project grouped: its results again, with one click",
        )  # fmt: skip
        if st.button("Choose the features", icon=":material/tune:", key=f"{shown.key}:choose"):
            dialog(shown)
    n, method = plan.params.n_components, CLUSTERERS.get(shown.method).label
    st.caption(
        f"{n} principal components of galaxies turned to lie the same way, which on Galaxy Zoo 1 "
        f"agreed best with people's classes, of {expected(shown, plan)} Then {plain(method)}."
    )
    if first or as_they_lie:
        _start(shown, plan if first else plain_plan, then_group=True)


def _first_plan(dataset: Dataset, settings: Mapping[str, Any]) -> FeaturePlan:
    """Plan components, fewer of them for a survey that is too small for all."""
    usual = settings.get("n_components", EXTRACTORS.get(DEFAULT).params().n_components)
    fewer = {"n_components": min(usual, max(dataset.n_objects // 2, 1))}
    return plan_features(dataset, DEFAULT, {**settings, **fewer})


def _strip(shown: Shown) -> str:
    images = "".join(
        f'<img src="{data_uri(content)}" width="{_STRIP_PX}" height="{_STRIP_PX}" alt="">'
        for content in cached.samples(shown.workspace, shown.dataset, _STRIP, _STRIP_PX)
    )
    return f'<div class="tf-strip" style="flex-wrap:nowrap">{images}</div>'


def _start(shown: Shown, plan: FeaturePlan, *, then_group: bool) -> None:
    try:
        cluster_work.compute_features(shown, plan, then_group=then_group)
    except TuningForkError as error:
        frame.problem(error)
        return
    st.rerun()


@st.dialog("Compute features", width="large")
def dialog(shown: Shown) -> None:
    """Choose an extractor, its settings and a sample; say how long it will take."""
    reasons = {spec.name: spec.unavailable(shown.dataset) for spec in EXTRACTORS}
    ready = sorted((n for n, reason in reasons.items() if not reason), key=lambda n: n != DEFAULT)
    key = f"{shown.key}:extractor"
    name = st.segmented_control(
        "Extractor", ready, key=key, required=True, default=ready[0] if ready else None,
        format_func=lambda n: EXTRACTORS.get(n).label, label_visibility="collapsed",
    )  # fmt: skip
    if name is not None:
        _form(shown, EXTRACTORS.get(name))
    for other, reason in reasons.items():
        if reason:
            st.caption(f":material/block: **{EXTRACTORS.get(other).label}**: {plain(reason)}")


def _form(shown: Shown, spec: ExtractorSpec) -> None:
    st.caption(plain(spec.description))
    with frame.in_words():
        params = params_form(spec.params(), f"{shown.key}:compute:{spec.name}", columns=3)
        sample, seed = _sample(shown, spec)
        plan = plan_features(shown.dataset, spec.name, to_mapping(params), sample=sample, seed=seed)
        for note in plan.notes:
            st.caption(f":material/info: {plain(note)}")
        _offer(shown, plan)


def _offer(shown: Shown, plan: FeaturePlan) -> None:
    """The button that computes what is planned, or shows it where it is there already."""
    button, said = st.columns([1, 3], vertical_alignment="center")
    there = find_features(shown.workspace, plan)
    if there is not None:
        said.caption("These features are there already.")
        if button.button("Use them", type="primary", key=f"{shown.key}:use", width="stretch"):
            state.use_features(there)
            st.rerun()
        return
    said.caption(expected(shown, plan))
    if button.button("Compute", type="primary", key=f"{shown.key}:compute", width="stretch"):
        _start(shown, plan, then_group=False)


def expected(shown: Shown, plan: FeaturePlan) -> str:
    """How many objects, how many are done, and how long the others will take, roughly."""
    ahead = work_ahead(shown.workspace, plan)
    said = f"{objects(ahead.n_objects)}: about {duration(max(ahead.seconds, 1))}"
    if ahead.n_done:
        said += f", with {ahead.n_done:,} measured already"
    if ahead.seconds > _LONG_S:
        return said + ". It can be stopped and goes on from there; a sample is faster."
    return said + "."


def _sample(shown: Shown, spec: ExtractorSpec) -> tuple[int | None, int]:
    """All objects, or how many of them, drawn with which seed."""
    n = shown.dataset.n_objects
    key = f"{shown.key}:sample:{spec.name}"
    whole, many, seeded = st.columns([1.2, 1, 1], vertical_alignment="bottom")
    if not whole.toggle("Only a random sample", key=key) or n < 2:
        return None, 0
    chosen = many.number_input("Objects", 1, n, min(1000, n), key=f"{key}:n")
    seed = seeded.number_input("Seed", 0, _SEED_MOST, 0, key=f"{key}:seed")
    return int(chosen), int(seed)
