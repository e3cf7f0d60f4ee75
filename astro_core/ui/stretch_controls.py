"""The controls of one recipe: bands, transform, crop and size."""

from __future__ import annotations

from typing import Any

import streamlit as st

from astro_core.domain import RenderRecipe
from astro_core.domain.recipe import ORIGINS, TRANSFORMS
from astro_core.errors import BadInputError
from astro_core.imaging import STRETCHES, presets_for
from astro_core.ui import frame
from astro_core.ui import stretch_state as state
from astro_core.ui.stretch_levels import levels
from astro_core.workflows.stretch import COLOURS, Tray
from astro_core.workflows.stretch_recipes import propose, with_bands

LABELS = {
    "lupton": "Lupton asinh, keeps colours",
    "picture": "As stored",
    **{spec.name: spec.label for spec in STRETCHES},
}
SIZES_PX = (64, 69, 96, 128, 160, 192, 224, 256, 424)


def bound(kind: Any, label: str, name: str, value: Any, **more: Any) -> None:
    """Draw a Streamlit widget that shows one setting of the active recipe and changes it."""
    key = f"stretch:{name}"
    st.session_state[key] = value
    kind(
        label,
        key=key,
        on_change=lambda: state.change(**{name: st.session_state[key]}),
        **more,
    )


def controls(tray: Tray) -> None:
    """Draw the controls of the active recipe."""
    recipe = state.active()
    with st.container(gap="xsmall"):
        if tray.display:
            st.caption("These are pictures: their bands are display colours already.")
        else:
            _presets(tray, recipe)
        _bands(tray, recipe)
        _transform(tray, recipe)
        if state.get("said"):
            frame.problem(state.get("said"))
        if recipe.transform != "picture":
            with frame.in_words():
                levels(tray, recipe)
        _frame(recipe)


def _presets(tray: Tray, recipe: RenderRecipe) -> None:
    presets = {preset.name: preset for preset in presets_for(tray.bands)}
    current = next((n for n, p in presets.items() if p.bands == recipe.bands), None)
    st.session_state["stretch:preset"] = current

    def chosen() -> None:
        preset = presets.get(st.session_state["stretch:preset"])
        if preset:
            state.show(with_bands(recipe, preset.bands, tray))
            state.change(name=preset.name)

    st.pills(
        "Preset",
        list(presets),
        key="stretch:preset",
        on_change=chosen,
        label_visibility="collapsed",
    )
    if current and presets[current].help:
        st.caption(presets[current].help)


def _bands(tray: Tray, recipe: RenderRecipe) -> None:
    for column, colour in zip(st.columns(3, gap="xsmall"), COLOURS, strict=True):
        key = f"stretch:{colour}"
        band = getattr(recipe, colour)
        options = tray.bands if band in tray.bands else (band, *tray.bands)
        st.session_state[key] = band

        def chosen() -> None:
            red, green, blue = (st.session_state[f"stretch:{c}"] for c in COLOURS)
            state.show(with_bands(recipe, (red, green, blue), tray))

        column.selectbox(colour.capitalize(), options, key=key, on_change=chosen)


def _transform(tray: Tray, recipe: RenderRecipe) -> None:
    allowed = [t for t in TRANSFORMS if t != "picture" or tray.display]
    left, right = st.columns([5, 3], gap="xsmall", vertical_alignment="bottom")
    with left:
        bound(
            st.selectbox,
            "Transform",
            "transform",
            recipe.transform if recipe.transform in allowed else allowed[0],
            options=allowed,
            format_func=LABELS.__getitem__,
        )
    right.button(
        "Auto",
        icon=":material/auto_fix_high:",
        key="stretch:auto",
        width="stretch",
        disabled=recipe.transform == "picture",
        on_click=_auto,
        args=(tray,),
        help="Proposes black points, weights, stretch and Q from the galaxies shown.",
    )
    if recipe.transform in STRETCHES:
        st.caption(STRETCHES.get(recipe.transform).help)


def _auto(tray: Tray) -> None:
    try:
        state.show(propose(tray, state.active()))
    except BadInputError as error:
        state.put(said=str(error))


def _frame(recipe: RenderRecipe) -> None:
    crop, size, first = st.columns(3, gap="xsmall")
    with crop:
        bound(
            st.number_input,
            "Crop / px",
            "crop_px",
            recipe.crop_px,
            min_value=0,
            max_value=8192,
            step=16,
        )
    with size:
        sizes = sorted({*SIZES_PX, recipe.size_px})
        bound(st.selectbox, "Size / px", "size_px", recipe.size_px, options=sizes)
    with first:
        bound(st.selectbox, "First row", "origin", recipe.origin, options=ORIGINS)
    st.caption("Crop keeps the central square (0: all of it); size is what a model gets to see.")
