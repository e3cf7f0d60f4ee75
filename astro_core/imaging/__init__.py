"""Pixels to pixels: colour, intervals, crop, resize."""

from astro_core.imaging.lupton import lupton_rgb, white_level
from astro_core.imaging.presentable import crop_square, framing_note, resize_square
from astro_core.imaging.presets import PRESETS, Preset, default_recipe, presets_for
from astro_core.imaging.render import colour_planes, find_band, render, render_full
from astro_core.imaging.stretches import INTERVAL_SPECS, STRETCHES, stretch_band

__all__ = [
    "INTERVAL_SPECS",
    "PRESETS",
    "STRETCHES",
    "Preset",
    "colour_planes",
    "crop_square",
    "default_recipe",
    "find_band",
    "framing_note",
    "lupton_rgb",
    "presets_for",
    "render",
    "render_full",
    "resize_square",
    "stretch_band",
    "white_level",
]
