"""Recipes to start from: what the data propose, presets side by side, crops side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from astro_core.domain import RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import presets_for
from astro_core.imaging.auto import ColourBalance, colour_balance, propose_recipe
from astro_core.workflows.stretch import MAX_PANELS, Tray

CROPS_PX = (64, 96, 128, 192)
_MEASURED = 8  # objects that auto and balance look at


def propose(tray: Tray, recipe: RenderRecipe) -> RenderRecipe:
    """Propose stretch, Q, black points and weights from the galaxies of the tray."""
    return propose_recipe(tray.pixels[:_MEASURED], recipe)


def balance_of(tray: Tray, recipe: RenderRecipe) -> ColourBalance:
    """Say how the light is spread over the recipe's bands, and which weights make it even."""
    return colour_balance(tray.pixels[:_MEASURED], recipe)


def with_bands(recipe: RenderRecipe, bands: tuple[str, str, str], tray: Tray) -> RenderRecipe:
    """Show other bands, with black points, weights and stretch that suit them.

    What was set by hand for the old bands says nothing about the new ones, so a Lupton recipe is
    proposed anew where the tray allows it.
    """
    red, green, blue = bands
    changed = replace(recipe, red=red, green=green, blue=blue)
    if recipe.transform != "lupton" or tray.display:
        return changed
    try:
        return propose(tray, changed)
    except BadInputError:
        return changed


def four_presets(tray: Tray, recipe: RenderRecipe) -> tuple[RenderRecipe, ...]:
    """One recipe for each preset that the tray's bands allow, at most four, each proposed."""
    return tuple(
        replace(with_bands(recipe, preset.bands, tray), name=preset.name)
        for preset in presets_for(tray.bands)[:MAX_PANELS]
    )


def default_and_tuned(tray: Tray, recipe: RenderRecipe) -> tuple[RenderRecipe, RenderRecipe]:
    """The recipe as `make_lupton_rgb` comes, stretch 5 and Q 8, beside what the data propose."""
    plain = replace(
        recipe,
        name="make_lupton_rgb default",
        transform="lupton",
        stretch=5.0,
        Q=8.0,
        minimum=(0.0, 0.0, 0.0),
        weight=(1.0, 1.0, 1.0),
    )
    return plain, replace(propose(tray, plain), name="tuned")


def crop_recipes(recipe: RenderRecipe, crops_px: Sequence[int]) -> tuple[RenderRecipe, ...]:
    """Return the same recipe at several crops, named by their side."""
    return tuple(
        replace(recipe, crop_px=side, name=f"{side} px" if side else "whole image")
        for side in list(dict.fromkeys(crops_px))[:MAX_PANELS]
    )
