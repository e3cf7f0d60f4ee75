"""Columns A to D: the same galaxies under each recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from astro_core.domain import RenderRecipe
from astro_core.errors import TuningForkError
from astro_core.figures.histogram import percent
from astro_core.ui import stretch_state as state
from astro_core.ui.components import component
from astro_core.ui.images import data_uri, jpeg_bytes
from astro_core.workflows.stretch import LETTERS, Panel, Tray, render_panel
from astro_core.workflows.stretch_recipes import crop_recipes

BOARD = "stretch:board"
_LARGE_PX = {1: 560, 2: 336, 3: 224, 4: 160}
_STRIP_PX = 64
_BOARD_PX = (660, 500)
_SIDES_PX = (300, 224, 192, 144, 112)


@dataclass(frozen=True)
class _Sheet:
    """A panel as it goes to the browser; the images are one picture, below each other."""

    panel: Panel
    source: str


@st.cache_resource(max_entries=96, show_spinner=False)
def _sheet(
    tray_key: str,  # noqa: ARG001 - part of the key
    recipe_key: str,  # noqa: ARG001 - part of the key
    tile_px: int,
    _tray: Tray,
    _recipe: RenderRecipe,
) -> _Sheet:
    panel = render_panel(_tray, _recipe, tile_px)
    sheet = panel.images.reshape(-1, tile_px, 3)
    return _Sheet(panel, data_uri(jpeg_bytes(sheet, quality=92)))


def sheet(tray: Tray, recipe: RenderRecipe, tile_px: int) -> _Sheet:
    """Render a tray under a recipe, or find it rendered."""
    return _sheet(tray.key, recipe.key, tile_px, tray, recipe)


def _opened(tray: Tray) -> str:
    name: str = state.get("opened")
    return name if name in tray.object_ids else ""


def tile_side(tray: Tray) -> int:
    """Side of a stamp in pixels: as asked for, else as large as shows all at 1280x720."""
    if _opened(tray):
        return _STRIP_PX
    asked: int = state.TILES_PX[state.get("tile")]
    if asked:
        return asked
    columns = len(in_view())
    width = _BOARD_PX[0] // columns - 14
    for side in _SIDES_PX:
        across, down = (width + 8) // (side + 8), _BOARD_PX[1] // (side + 24)
        if across * down >= len(tray.pixels):
            return side
    return min(_SIDES_PX[-2], width)


def in_view() -> tuple[RenderRecipe, ...]:
    """The recipes of the columns: those side by side, or the active one at several crops."""
    if state.get("view") == state.CROPS:
        return crop_recipes(state.active(), state.get("crops"))
    return state.recipes()


def _title(recipe: RenderRecipe) -> str:
    """The recipe's name, and its bands where the name does not say them."""
    bands = "".join(recipe.bands), "-".join(recipe.bands)
    said = recipe.transform == "picture" or recipe.name in bands
    return recipe.name if said else f"{recipe.name}: {' '.join(recipe.bands)}"


def _note(tray: Tray, recipe: RenderRecipe, panel: Panel) -> str:
    if recipe.transform == "picture":
        return f"as stored, {_framed(tray, recipe)}"
    how = recipe.transform
    if how == "lupton":
        how = f"stretch {recipe.stretch:.3g}, Q {recipe.Q:.3g}"
    black = ", ".join(percent(v) for v in panel.low)
    return f"{how}; {_framed(tray, recipe)}; black {black}"


def _framed(tray: Tray, recipe: RenderRecipe) -> str:
    """What of the image is shown: "128 px = 70″", "424 px = 111″ as 128 px"."""
    side = recipe.crop_px or min(tray.pixels[0].values.shape[1:])
    scale = tray.pixels[0].pixel_scale_arcsec
    seen = f"{side} px = {side * scale:.0f}″" if scale else f"{side} px"
    return seen if side == recipe.size_px else f"{seen} as {recipe.size_px} px"


def _column(tray: Tray, recipe: RenderRecipe, index: int, tile_px: int) -> dict[str, Any]:
    crops = state.get("view") == state.CROPS
    column: dict[str, Any] = {
        "letter": "" if crops else LETTERS[index],
        "title": recipe.name if crops else _title(recipe),
        "note": "",
        "problem": "",
        "source": "",
        "large": "",
        "active": not crops and index == state.get("active"),
    }
    try:
        made = sheet(tray, recipe, tile_px)
        column |= {"source": made.source, "note": _note(tray, recipe, made.panel)}
        if made.panel.problems:
            column["note"] += f" {len(made.panel.problems)} cannot be shown."
    except TuningForkError as error:
        column["problem"] = str(error)
    return column


def _enlarge(tray: Tray, recipe: RenderRecipe, object_id: str, side: int) -> str:
    try:
        large = replace(recipe, size_px=max(recipe.size_px, side))
        return sheet(tray.only(object_id), large, side).source
    except TuningForkError:
        return ""  # the column says why


def board(tray: Tray) -> None:
    """Show the columns; a click on a head chooses the recipe, on a galaxy enlarges it."""
    shown = in_view()
    opened = _opened(tray)
    tile_px = tile_side(tray)
    large_px = _LARGE_PX[len(shown)] if opened else 0
    columns = [_column(tray, recipe, i, tile_px) for i, recipe in enumerate(shown)]
    if opened:
        for column, recipe in zip(columns, shown, strict=True):
            column["large"] = _enlarge(tray, recipe, opened, large_px)
    captions = _captions(tray)
    component("stretch_board", "parts.js")(
        key=BOARD,
        data={
            "columns": columns,
            "tiles": [
                {"id": i, "caption": c} for i, c in zip(tray.object_ids, captions, strict=True)
            ],
            "tile_px": tile_px,
            "large_px": large_px,
            "opened": opened,
            "choosable": state.get("view") == state.RECIPES,
        },
        on_column_change=_choose,
        on_opened_change=_open,
    )


def _captions(tray: Tray) -> Sequence[str]:
    return [label or name for label, name in zip(tray.labels, tray.object_ids, strict=True)]


def _choose() -> None:
    index = st.session_state[BOARD].get("column")
    if isinstance(index, int) and 0 <= index < len(state.get("recipes")):
        state.put(active=index)


def _open() -> None:
    name = st.session_state[BOARD].get("opened")
    if isinstance(name, str):
        state.put(opened="" if name == state.get("opened") else name)
