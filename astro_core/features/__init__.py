"""Pixels to vectors, and vectors to the plane."""

from astro_core.features import colours, embedding, morphology, pca
from astro_core.features.registry import EXTRACTORS, ExtractorSpec

__all__ = ["EXTRACTORS", "ExtractorSpec", "colours", "embedding", "morphology", "pca"]
