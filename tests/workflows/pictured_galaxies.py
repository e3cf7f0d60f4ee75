"""Pictures with galaxies of known colours at known places."""

import numpy as np
from astropy.io import fits
from PIL import Image

from astro_core.domain import Boxes
from astro_core.workflows.pictures import read_pictures

RED, BLUE = (40, 50), (150, 100)  # x, y of the middle of two galaxies
SIDE = 8


def sky(height=160, width=220):
    """A red and a blue galaxy, square as those that the model learned from, on a noisy sky."""
    pixels = np.random.default_rng(0).integers(0, 40, (height, width, 3)).astype(np.uint8)
    for channel, (x, y) in ((0, RED), (2, BLUE)):
        pixels[y - 4 : y + 4, x - 4 : x + 4, channel] = 200
    return pixels


def picture_of(pixels, folder, name="two galaxies.png"):
    Image.fromarray(pixels).save(folder / name)
    (picture,), problems = read_pictures(folder / name)
    assert not problems
    return picture


def boxes(*middles, side=SIDE):
    half = side / 2
    return drawn(*([x - half, y - half, x + half, y + half] for x, y in middles))


def drawn(*corners):
    return Boxes(corners=np.array(corners), scores=np.ones(len(corners)))


def cube(folder, bands="grz", **header):
    """A FITS cube with north up and a galaxy above its middle, in the first band."""
    values = np.random.default_rng(3).normal(0, 0.01, (len(bands), 60, 60)).astype(np.float32)
    y, x = np.mgrid[:60, :60]
    values[0] += 2 * np.exp(-((x - 30) ** 2 + (y - 45) ** 2) / 20)
    hdu = fits.PrimaryHDU(values)
    hdu.header.update(
        CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL1=150.0, CRVAL2=2.0, CRPIX1=30.5, CRPIX2=30.5,
        CDELT1=-1e-4, CDELT2=1e-4, BANDS=bands, **header,
    )  # fmt: skip
    hdu.writeto(folder / "cube.fits.gz")
    (picture,), problems = read_pictures(folder / "cube.fits.gz")
    assert not problems
    return picture
