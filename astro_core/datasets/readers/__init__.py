"""Readers: the kinds of folders and files that can be imported, one file each."""

from astro_core.datasets.readers import (
    fits_bands,
    fits_cube,
    folders,
    galaxy10,
    galaxy_challenge,
    galaxyzoo2,
    images_csv,
    web_page,
)
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions

__all__ = [
    "READERS",
    "Match",
    "ReaderSpec",
    "Scan",
    "ScanOptions",
    "fits_bands",
    "fits_cube",
    "folders",
    "galaxy10",
    "galaxy_challenge",
    "galaxyzoo2",
    "images_csv",
    "web_page",
]
