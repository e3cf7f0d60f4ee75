"""Brightness: dials that answer while they are dragged, beside the histogram of the pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from astro_core.domain import RenderRecipe
from astro_core.domain.recipe import INTERVALS
from astro_core.figures.histogram import LINES, BandLine, clipped_sentence, pixel_histogram
from astro_core.imaging import INTERVAL_SPECS
from astro_core.params import describe
from astro_core.ui import charts
from astro_core.ui import stretch_state as state
from astro_core.ui.address import hold
from astro_core.ui.stretch_board import sheet, tile_side
from astro_core.ui.stretch_dials import Dial, Group, dials
from astro_core.workflows.stretch import COLOURS, BandHistogram, Tray, black_points, histograms
from astro_core.workflows.stretch_recipes import balance_of


def _balance(tray: Tray) -> None:
    state.change(weight=balance_of(tray, state.active()).weights)


@st.cache_resource(max_entries=48, show_spinner=False)
def _counted(
    tray_key: str,  # noqa: ARG001 - part of the key
    bands: tuple[str, str, str],  # noqa: ARG001 - part of the key
    crop_px: int,  # noqa: ARG001 - part of the key
    as_stored: bool,  # noqa: ARG001 - part of the key
    _tray: Tray,
    _recipe: RenderRecipe,
) -> tuple[BandHistogram, BandHistogram, BandHistogram]:
    return histograms(_tray, _recipe)


def levels(tray: Tray, recipe: RenderRecipe) -> None:
    """Draw everything that needs to know the pixel values.

    Raises
    ------
    BadInputError
        If the tray has no values in the recipe's bands.
    """
    counted = _counted(
        tray.key, recipe.bands, recipe.crop_px, recipe.transform == "picture", tray, recipe
    )
    low, high = float(counted[0].edges[0]), float(counted[0].edges[-1])
    owner = f"{state.letter()} {recipe.transform} {recipe.interval} {' '.join(recipe.bands)}"
    if recipe.transform == "lupton":
        first, second = _curve(recipe, high - low), (_blacks(recipe, low, high), _weights(recipe))
    else:
        _interval(recipe)
        first, second = _percentile(recipe), (_weights(recipe),)
    dials(first, key="stretch:curve", owner=owner, on_turn=_turned)
    _histogram(tray, recipe, counted)
    dials(second, key="stretch:levels", owner=owner, on_turn=_turned)
    _why_yellow(tray, recipe)


def _interval(recipe: RenderRecipe) -> None:
    key = "stretch:interval"
    hold(key, recipe.interval)
    st.segmented_control(
        "Interval",
        INTERVALS,
        key=key,
        required=True,
        on_change=lambda: state.change(interval=st.session_state[key]),
    )
    st.caption(INTERVAL_SPECS.get(recipe.interval).help)


def _histogram(tray: Tray, recipe: RenderRecipe, counted: tuple[BandHistogram, ...]) -> None:
    panel = sheet(tray, recipe, tile_side(tray)).panel
    blacks = black_points(tray, recipe)
    lines = [
        BandLine(
            colour=h.colour,
            band=h.band,
            edges=h.edges,
            share=h.share,
            black_point=blacks[i],
            low=panel.low[i],
            high=panel.high[i],
        )
        for i, h in enumerate(counted)
    ]
    figure = pixel_histogram(lines, unit=tray.unit, n=len(tray.pixels))
    alt = "Histogram of the pixel values. " + clipped_sentence(lines)
    charts.show(figure, key="stretch:histogram", alt=alt)


def _bounds(name: str) -> tuple[float, float]:
    info = next(i for i in describe(RenderRecipe) if i.name == name)
    assert info.minimum is not None
    assert info.maximum is not None
    return info.minimum, info.maximum


def _curve(recipe: RenderRecipe, width: float) -> tuple[Group, ...]:
    lowest, highest = _bounds("stretch")
    stretch = Dial(
        name="stretch",
        value=recipe.stretch,
        minimum=max(lowest, width * 1e-4),
        maximum=min(highest, width * 1e2),
        lowest=lowest,
        highest=highest,
        scale="log",
    )
    softening = Dial(
        name="Q",
        value=recipe.Q,
        minimum=0.0,
        maximum=100.0,
        lowest=_bounds("Q")[0],
        highest=_bounds("Q")[1],
        scale="square",
    )
    return (
        Group(
            name="Stretch",
            help="Brightness where the linear part ends: smaller shows fainter arms and halos.",
            dials=(stretch,),
        ),
        Group(
            name="Q",
            help="Compression of bright parts: larger keeps cores from burning out.",
            dials=(softening,),
        ),
    )


def _blacks(recipe: RenderRecipe, low: float, high: float) -> Group:
    width = high - low
    return Group(
        name="Black point",
        help="Pixel value shown as black: too high cuts off faint light, too low greys the sky.",
        dials=tuple(
            Dial(
                name=f"minimum.{i}",
                label=recipe.bands[i],
                value=recipe.minimum[i],
                minimum=low - 0.1 * width,
                maximum=low + 0.4 * width,
                lowest=-1e9,
                highest=1e9,
                mark=LINES[colour][0],
            )
            for i, colour in enumerate(COLOURS)
        ),
    )


def _weights(recipe: RenderRecipe) -> Group:
    return Group(
        name="Band weight",
        help="Factor on each band before mixing; equal weights show the data's own zero points.",
        dials=tuple(
            Dial(
                name=f"weight.{i}",
                label=recipe.bands[i],
                value=recipe.weight[i],
                minimum=0.1,
                maximum=10.0,
                lowest=0.0,
                highest=1000.0,
                scale="log",
                mark=LINES[colour][0],
            )
            for i, colour in enumerate(COLOURS)
        ),
    )


def _percentile(recipe: RenderRecipe) -> tuple[Group, ...]:
    if recipe.interval != "percentile":
        return ()
    percentile = Dial(
        name="percentile",
        value=recipe.percentile,
        minimum=50.0,
        maximum=100.0,
        lowest=50.0,
        highest=100.0,
        scale="tail",
    )
    help_line = "Central share of the pixels between black and white, in %; the rest is clipped."
    return (Group(name="Percentile", help=help_line, dials=(percentile,)),)


def _turned(values: Mapping[str, float]) -> None:
    recipe = state.active()
    changes: dict[str, Any] = {}
    for name, value in values.items():
        setting, _, place = name.partition(".")
        if place:
            several = list(changes.get(setting, getattr(recipe, setting)))
            several[int(place)] = value
            changes[setting] = several
        else:
            changes[setting] = value
    state.change(**changes)


def _why_yellow(tray: Tray, recipe: RenderRecipe) -> None:
    why = st.popover("Why is it all yellow?", width="stretch", key="stretch:why", on_change="rerun")
    if not why.open:
        return
    with why:
        st.markdown(
            "Colour here is a ratio of bands. Where one band holds more light, or its zero point "
            "is higher, everything leans to its colour; that is the data, not an error. Weights "
            "put the white balance right. The black points matter too: one that is off by a sigma "
            "tints the whole sky."
        )
        st.markdown(balance_of(tray, recipe).sentence)
        st.button("Balance the weights", key="stretch:balance", on_click=_balance, args=(tray,))
