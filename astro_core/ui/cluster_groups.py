"""The groups: a card for each, what they are made of, and one of them closely."""

from __future__ import annotations

import numpy as np
import streamlit as st

from astro_core.features import EXTRACTORS
from astro_core.figures import clusters as figures
from astro_core.figures.group_colours import group_colour
from astro_core.ui import charts, cluster_group, cluster_measures, cluster_pick, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_act import class_parts, legend
from astro_core.ui.cluster_cards import Card, cards
from astro_core.ui.cluster_state import NOISE, Shown
from astro_core.ui.images import tile_bytes
from astro_core.workflows import cluster_means
from astro_core.workflows.cluster_overview import Overview
from astro_core.workflows.features import reconstruct

CARD_PX, CARD_BAR_PX = 160, 82
PICTURES = {"mean": "Mean image", "centroid": "Centroid"}
WAYS = {"share": "Share", "counts": "Counts"}


def panel(shown: Shown) -> None:
    """Cards on the left; on the right the whole grouping, or the group that is picked."""
    found = state.overview(shown)
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        _cards(shown, found)
    with right, frame.in_words():
        number = state.group(shown)
        if number is None:
            _whole(shown, found)
        else:
            cluster_group.panel(shown, found, number)


def _cards(shown: Shown, found: Overview) -> None:
    rebuilt = _centroids(shown)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(found.sizes)}** groups, the largest first", width="content")
        st.space("stretch")
        picture = "mean"
        if rebuilt:
            picture = st.segmented_control(
                "Picture", list(PICTURES), key=f"{shown.key}:picture", required=True,
                default="mean", format_func=PICTURES.__getitem__, label_visibility="collapsed",
                help="The mean of the members' images, or the image that the centre of the group "
                "in feature space stands for",
            )  # fmt: skip
    images = rebuilt if picture == "centroid" else means(shown)
    total = int(found.sizes.sum())
    cards(
        [
            Card(
                group=number,
                name=shown.group_names.get(number, ""),
                image=images.get(number),
                size=f"{n:,}",
                share=f"{n / total:.1%}" if total else "",
                colour=group_colour(number),
                parts=class_parts(shown, found.class_counts.loc[number].to_dict(), CARD_BAR_PX),
            )
            for number, n in _by_size(found)
        ],
        key=f"{shown.key}:cards",
        picked=state.group(shown),
        on_pick=state.pick,
    )


def _by_size(found: Overview) -> list[tuple[int, int]]:
    """Groups and their sizes, the largest first, noise last."""
    sizes = [(int(number), int(n)) for number, n in found.sizes.items()]
    return sorted(sizes, key=lambda item: (item[0] == NOISE, -item[1], item[0]))


def means(shown: Shown) -> dict[int, bytes]:
    """Tile of the mean image of each group."""
    recipe = shown.dataset.recipe.key
    return _mean_tiles((shown.clustering_key, shown.dataset.fingerprint, recipe), shown)


@st.cache_resource(max_entries=12, show_spinner="Averaging the members of each group")
def _mean_tiles(key: tuple[str, str, str], _shown: Shown) -> dict[int, bytes]:
    images = cluster_means.mean_images(_shown.workspace, _shown.dataset, key[0], CARD_PX)
    return {number: tile_bytes(image, CARD_PX) for number, image in images.items()}


def _centroids(shown: Shown) -> dict[int, bytes]:
    """The images that the centres stand for; empty where features cannot be turned back."""
    if shown.feature_set is None or not EXTRACTORS.get(shown.feature_set.extractor).reconstruct:
        return {}
    return _centroid_tiles((shown.clustering_key, shown.features_key), shown)


@st.cache_resource(max_entries=12, show_spinner=False)
def _centroid_tiles(key: tuple[str, str], _shown: Shown) -> dict[int, bytes]:
    assert _shown.result is not None
    centres = _shown.result.details["centroids"]
    there = np.isfinite(centres).all(axis=1)  # an empty group has none
    images = reconstruct(_shown.workspace, key[1], centres[there])
    if images is None:
        return {}
    numbers = np.flatnonzero(there)
    return {int(k): tile_bytes(i, CARD_PX) for k, i in zip(numbers, images, strict=True)}


def _whole(shown: Shown, found: Overview) -> None:
    """Classes per group, sizes, and how good the grouping is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Pick a group to see its members.", width="content")
        st.space("stretch")
        way = "share"
        if found.agreement:
            way = st.segmented_control(
                "Bars", list(WAYS), key=f"{shown.key}:way", required=True, default="share",
                format_func=WAYS.__getitem__, label_visibility="collapsed",
            )  # fmt: skip
    if found.agreement:
        figure = figures.class_share(
            found.class_counts, colours=shown.colours, letters=shown.letters,
            patterns=shown.patterns, share=way == "share", names=shown.group_names, legend=False,
        )  # fmt: skip
        alt = "Classes per group"
    else:
        figure = figures.group_sizes(found.sizes, shown.group_names)
        alt = "Members per group"
    charts.show(
        figure, key=f"{shown.key}:bars", alt=alt, selectable=True, modes=("points",),
        on_pick=lambda picked: state.pick(cluster_pick.first(picked)),
    )  # fmt: skip
    st.html(legend(shown, found.class_counts.sum().to_dict()))
    cluster_measures.table(found)
