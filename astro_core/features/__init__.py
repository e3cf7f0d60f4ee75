"""Pixels to vectors, and vectors to the plane."""

from astro_core.features import embedding, pca
from astro_core.features.registry import EXTRACTORS, ExtractorSpec

__all__ = ["EXTRACTORS", "ExtractorSpec", "embedding", "pca"]
