"""Pixels to vectors, and vectors to the plane."""

from astro_core.features import pca  # the one that is offered first

# isort: split
from astro_core.features import colours, morphology
from astro_core.features.registry import EXTRACTORS, ExtractorSpec

__all__ = ["EXTRACTORS", "ExtractorSpec", "colours", "morphology", "pca"]
