"""Where the galaxies are in a picture, and how well that was found."""

from astro_core.detection import galaxy_finder, retinanet, source_extraction, ssd
from astro_core.detection.architectures import ARCHITECTURES
from astro_core.detection.registry import FINDERS, FinderSpec

__all__ = [
    "ARCHITECTURES",
    "FINDERS",
    "FinderSpec",
    "galaxy_finder",
    "retinanet",
    "source_extraction",
    "ssd",
]
