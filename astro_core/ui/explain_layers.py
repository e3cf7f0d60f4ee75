"""What the layers of a network make of a galaxy, and what their filters wait for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.explain.results import Activations, Filters
from astro_core.imaging import resize_square
from astro_core.ui import explain_ask
from astro_core.ui.address import keep
from astro_core.ui.explain_ask import Asked
from astro_core.ui.explain_sheet import map_tile, sheet, shown_px
from astro_core.ui.explain_state import Shown
from astro_core.ui.images import png_bytes
from astro_core.ui.words import plain
from astro_core.workflows.explain import N_FILTERS, N_MAPS
from astro_core.workflows.explain_layers import Layer, model_layers

MAP_PX, FILTER_PX = 96, 208
_NONE = "This network has no convolution to look into."


def activations(shown: Shown) -> list[Asked]:
    """Every map of a layer for the galaxy that is shown."""
    layer = _choose(shown, model_layers(shown.workspace, shown.asked[0]))
    if layer is None:
        st.info(_NONE)
        return []
    first = _first(shown, layer.name, N_MAPS)
    asked = explain_ask.ask(
        shown, "activations", layer=layer.name, first=first, wait_s=explain_ask.WAIT_S
    )
    found = asked.found
    if found is None:
        explain_ask.follow([asked])
        return [asked]
    seen = found.result
    assert isinstance(seen, Activations)
    height, width = seen.values.shape[1:]
    st.caption(
        f"{plain(layer.name)}: {seen.n_maps:,} maps of {width} x {height} cells, each from its "
        "smallest value (dark) to its largest (bright). Below each: its largest value."
    )
    side = shown_px(max(width, height), MAP_PX)
    st.html(sheet([_galaxy(found.image, side), *_maps(seen, first)], side))
    _pages(shown, layer.name, seen.n_maps, N_MAPS, "maps")
    return [asked]


def _galaxy(image: NDArray[np.uint8], side: int) -> tuple[bytes, str, str]:
    return png_bytes(resize_square(image, side)), "the galaxy", "the galaxy as the network sees it"


def _maps(seen: Activations, first: int) -> list[tuple[bytes, str, str]]:
    tiles = []
    for i, values in enumerate(seen.values):
        low, high = float(seen.raw_min[i]), float(seen.raw_max[i])
        flat = high <= low
        said = f"flat, {high:.2g}" if flat else f"{high:.2g}"
        alt = f"map {first + i}: from {low:.3g} to {high:.3g}"
        tiles.append((map_tile(values, MAP_PX), f"{first + i} · {said}", alt))
    return tiles


def filters(shown: Shown) -> list[Asked]:
    """Images that excite the filters of a layer most; no galaxy is needed for them."""
    with_filters = [x for x in model_layers(shown.workspace, shown.asked[0]) if x.n_filters]
    layer = _choose(shown, with_filters)
    if layer is None:
        st.info(_NONE)
        return []
    first = _first(shown, layer.name, N_FILTERS)
    asked = explain_ask.ask(
        shown, "filters", layer=layer.name, first=first, wait_s=explain_ask.WAIT_S
    )
    found = asked.found
    if found is None:
        explain_ask.follow([asked])
    else:
        grown = found.result
        assert isinstance(grown, Filters)
        st.caption(
            f"{plain(layer.name)}: images that excite its filters most, grown from noise by "
            "gradient ascent. Below each: the filter and its mean activation, before and after."
        )
        st.html(sheet(_grown(grown), shown_px(grown.images.shape[1], FILTER_PX)))
    _pages(shown, layer.name, layer.n_filters, N_FILTERS, "filters")
    return [asked]


def _grown(grown: Filters) -> list[tuple[bytes, str, str]]:
    tiles = []
    for i, index in enumerate(grown.indices):
        said = f"{grown.before[i]:.2g} → {grown.after[i]:.2g}"
        said = f"{said}, nothing excites it" if grown.dead[i] else said
        tiles.append((png_bytes(grown.images[i]), f"{index} · {said}", f"filter {index}: {said}"))
    return tiles


def _choose(shown: Shown, layers: Sequence[Layer]) -> Layer | None:
    if not layers:
        return None
    by_name = {layer.name: layer for layer in layers}
    asked = st.query_params.get("layer", "")
    name = asked if asked in by_name else layers[0].name
    if len(layers) == 1:
        return layers[0]
    key = f"{shown.key}:layer"
    st.session_state[key] = name
    st.select_slider(
        "Layer, from the first to the last", list(by_name), key=key,
        on_change=lambda: _go(st.session_state[key], layers[0].name),
    )  # fmt: skip
    return by_name[name]


def _go(name: str, first: str) -> None:
    st.query_params.pop("page", None)
    keep("layer", name, first)


def _first(shown: Shown, layer: str, per_page: int) -> int:  # noqa: ARG001 - same as `_pages`
    text = st.query_params.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return (max(number, 1) - 1) * per_page


def _pages(shown: Shown, layer: str, n: int, per_page: int, what: str) -> None:
    n_pages = -(-n // per_page)
    if n_pages < 2:
        return
    now = min(_first(shown, layer, per_page) // per_page + 1, n_pages)
    page = st.pagination(
        n_pages, default=now, key=f"{shown.key}:{layer}:{what}:{now}", max_visible_pages=5
    )
    if page and page != now:
        keep("page", str(page), "1")
        st.rerun()
    last = min(now * per_page, n)
    st.caption(f"{what} {(now - 1) * per_page} to {last - 1} of {n:,}")
