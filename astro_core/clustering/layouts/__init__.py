"""Where the parts of a drawing of groups go; figures draw them and compute nothing."""

from astro_core.clustering.layouts.bend import bend
from astro_core.clustering.layouts.cells import share_bars
from astro_core.clustering.layouts.condensed import CondensedLayout, condensed
from astro_core.clustering.layouts.dendrogram import ABOVE, DendrogramLayout, dendrogram
from astro_core.clustering.layouts.ellipses import Ellipse, ellipses
from astro_core.clustering.layouts.spanning import SpanningLayout, spanning

__all__ = [
    "ABOVE",
    "CondensedLayout",
    "DendrogramLayout",
    "Ellipse",
    "SpanningLayout",
    "bend",
    "condensed",
    "dendrogram",
    "ellipses",
    "share_bars",
    "spanning",
]
