"""Image layouts: how stored pixels are read, whatever the files look like."""

from astro_core.datasets.layouts import fits_bands, fits_cube, hdf5, picture
from astro_core.datasets.layouts.base import (
    LAYOUTS,
    LayoutSpec,
    Row,
    inside,
    part_root,
    read_pixels,
)

__all__ = [
    "LAYOUTS",
    "LayoutSpec",
    "Row",
    "fits_bands",
    "fits_cube",
    "hdf5",
    "inside",
    "part_root",
    "picture",
    "read_pixels",
]
