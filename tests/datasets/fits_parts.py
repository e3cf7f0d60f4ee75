"""FITS files of a piece of sky, and parts of a dataset that are read from them."""

from pathlib import Path

import numpy as np
from astropy.io import fits

from astro_core.datasets.layouts import LAYOUTS
from astro_core.domain import ImagePart

SKY = np.random.default_rng(3).normal(0.0, 1.0, (40, 50)).astype("f4")


def bands_part(root, *bands, **tokens):
    tokens = tokens or {b: b for b in bands}
    return ImagePart(layout="fits_bands", root=str(root), bands=bands, options={"tokens": tokens})


def cube_part(root, planes, *bands):
    return ImagePart(layout="fits_cube", root=str(root), bands=bands, options={"planes": planes})


def read(part, file, **row):
    row = {"object_id": "x", "file": file, "row": 0, **row}
    return LAYOUTS.get(part.layout).read(Path(part.root), part, row)


def write(path, data, **cards):
    header = fits.Header(cards)
    fits.writeto(path, data, header)
    return path
