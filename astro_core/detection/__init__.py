"""Where the galaxies are in a picture, and how well that was found."""

from astro_core.detection import galaxy_finder, source_extraction
from astro_core.detection.registry import FINDERS, USUAL, FinderSpec

__all__ = ["FINDERS", "USUAL", "FinderSpec", "galaxy_finder", "source_extraction"]
