"""What the Stretch page remembers: the recipes, which one is being changed, the galaxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from astro_core.domain import RenderRecipe
from astro_core.errors import BadInputError
from astro_core.workflows.stretch import LETTERS, MAX_PANELS
from astro_core.workflows.stretch_code import decode_recipes, encode_recipes
from astro_core.workflows.stretch_tray import TrayChoice

KEY = "stretch"
RECIPES, CROPS = "Recipes", "Crop sizes"
VIEWS = (RECIPES, CROPS)
RECIPE_PARAMETER, TRAY_PARAMETER = "recipes", "tray"
TILES_PX = {"Fit": 0, "Small": 96, "Medium": 144, "Large": 224}


def begin(source: str, own: RenderRecipe) -> str:
    """Remember what belongs to `source`, starting from the address or from its own recipe.

    Returns
    -------
    str
        What was wrong with the address, in words; empty if nothing was.
    """
    if _state().get("source") == source:
        return ""
    recipes, choice, wrong = (own,), TrayChoice(), ""
    try:
        if code := st.query_params.get(RECIPE_PARAMETER):
            recipes = decode_recipes(code)
        if text := st.query_params.get(TRAY_PARAMETER):
            choice = TrayChoice.from_text(text)
    except BadInputError as error:
        wrong = str(error)
    st.session_state[KEY] = {
        "source": source,
        "own": own.to_json(),
        "recipes": [recipe.to_json() for recipe in recipes],
        "active": 0,
        "tray": choice.to_text(),
        "view": RECIPES,
        "opened": "",
        "crops": [64, 96, 128, 0],
        "tile": "Fit",
        "said": "",
    }
    return wrong


def _state() -> dict[str, Any]:
    state: dict[str, Any] = st.session_state.get(KEY, {})
    return state


def get(name: str) -> Any:
    """One remembered value."""
    return _state()[name]


def put(**values: Any) -> None:
    """Remember plain values."""
    st.session_state[KEY] = {**_state(), **values}


def recipes() -> tuple[RenderRecipe, ...]:
    """The recipes side by side."""
    return tuple(RenderRecipe.from_json(value) for value in get("recipes"))


def active() -> RenderRecipe:
    """The recipe that the controls change."""
    return recipes()[get("active")]


def letter() -> str:
    """A to D: which recipe that is."""
    return LETTERS[get("active")]


def own() -> RenderRecipe:
    """The recipe that the survey has now."""
    return RenderRecipe.from_json(get("own"))


def change(**settings: Any) -> None:
    """Change settings of the active recipe; a value out of bounds changes nothing and is said."""
    try:
        show(RenderRecipe.from_json({**active().to_json(), **settings}))
    except BadInputError as error:
        put(said=str(error))


def show(recipe: RenderRecipe) -> None:
    """Put another recipe in the place of the active one."""
    values = list(get("recipes"))
    values[get("active")] = recipe.to_json()
    put(recipes=values, said="")


def show_all(several: Sequence[RenderRecipe]) -> None:
    """Put other recipes side by side."""
    put(recipes=[r.to_json() for r in several[:MAX_PANELS]], active=0, view=RECIPES, said="")


def add(recipe: RenderRecipe) -> None:
    """Put one more recipe beside the others and make it the active one."""
    if len(get("recipes")) < MAX_PANELS:
        put(recipes=[*get("recipes"), recipe.to_json()], active=len(get("recipes")))


def duplicate() -> None:
    """Put a copy of the active recipe beside it, to change one thing and compare."""
    recipe = active()
    add(replace(recipe, name=recipe.name[:70] + " copy"))


def remove() -> None:
    """Take the active recipe away, unless it is the last."""
    values = list(get("recipes"))
    if len(values) > 1:
        del values[get("active")]
        put(recipes=values, active=max(0, get("active") - 1))


def write_address() -> None:
    """Keep the address in step, so that whoever gets it sees the same."""
    wanted: Mapping[str, str] = {
        RECIPE_PARAMETER: encode_recipes(recipes()),
        TRAY_PARAMETER: get("tray"),
    }
    if recipes() == (own(),):
        wanted = {**wanted, RECIPE_PARAMETER: ""}
    for name, value in wanted.items():
        if not value:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
