"""Pixels to pixels: colour, intervals, crop, resize."""

from astro_core.imaging.auto import ColourBalance, colour_balance, propose_recipe
from astro_core.imaging.lupton import lupton_rgb, white_level
from astro_core.imaging.objects import object_image, try_object_image
from astro_core.imaging.presentable import crop_square, framing_note, resize_square
from astro_core.imaging.presets import PRESETS, Preset, default_recipe, presets_for
from astro_core.imaging.render import colour_planes, find_band, render, render_full
from astro_core.imaging.statistics import (
    BandStatistics,
    Clipping,
    Sky,
    band_statistics,
    clipping,
    sky_level,
)
from astro_core.imaging.stretches import INTERVAL_SPECS, STRETCHES, stretch_band

__all__ = [
    "INTERVAL_SPECS",
    "PRESETS",
    "STRETCHES",
    "BandStatistics",
    "Clipping",
    "ColourBalance",
    "Preset",
    "Sky",
    "band_statistics",
    "clipping",
    "colour_balance",
    "colour_planes",
    "crop_square",
    "default_recipe",
    "find_band",
    "framing_note",
    "lupton_rgb",
    "object_image",
    "presets_for",
    "propose_recipe",
    "render",
    "render_full",
    "resize_square",
    "sky_level",
    "stretch_band",
    "try_object_image",
    "white_level",
]
