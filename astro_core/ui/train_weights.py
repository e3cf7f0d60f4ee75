"""Where the first weights of a network come from: the choice, and what each would mean now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from astro_core.classifiers.pretrained import FILE, IMAGENET, NONE, FirstWeights
from astro_core.errors import BadInputError
from astro_core.ui.words import plain
from astro_core.workflows.first_weights import first_weights
from astro_core.workflows.training_plan import TrainingPlan

SETTINGS = ("weights", "weights_path")
_SAID = {IMAGENET: "ImageNet", FILE: "A local file", NONE: "None, from scratch"}


def control(plan: TrainingPlan, key: str) -> Any:
    """Choose first weights; returns the network's settings with them.

    Parameters
    ----------
    key : str
        Prefix of the widgets' keys, that of the form of the network's settings.

    Raises
    ------
    NotFoundError, BadInputError
        If an ensemble names members that make no sense.
    """
    network, asked = plan.network, first_weights(plan)
    if not asked:
        return network
    source = st.segmented_control(
        "First weights", list(_SAID), key=f"{key}:weights", required=True,
        format_func=_SAID.__getitem__,
    )  # fmt: skip
    file = network.weights_path
    if source == FILE:
        st.session_state.setdefault(f"{key}:weights_path", file)
        file = st.text_input(
            "Weights file", key=f"{key}:weights_path", placeholder="/home/me/weights_notop.h5",
            help="Whole path of a file on this machine, without the network's own top",
        ).strip()  # fmt: skip
    for words in dict.fromkeys(map(_words, asked)):
        st.caption(words)
    return replace(network, weights=source or network.weights, weights_path=file)


def _words(first: FirstWeights) -> str:
    published = first.published
    if first.source == NONE:
        return (
            "Everything is learned from these galaxies. What comes of it says nothing about the "
            "pretrained network, and is marked so."
        )
    if first.source == FILE:
        return _file_words(first)
    if first.there:
        return f"The ImageNet weights of {published.label} are on this machine."
    return (
        f":material/download: The ImageNet weights of {published.label} "
        f"({published.megabytes} MB) are not on this machine: training fetches them first. "
        "Without a network, choose a local file, or none."
    )


def _file_words(first: FirstWeights) -> str:
    try:
        first.check()
    except BadInputError as error:
        return f":material/error: {plain(str(error))}"
    return f"It begins with the weights in {plain(first.told)}."
