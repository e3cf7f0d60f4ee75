"""Three band files to one colour image, without a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from astro_core.datasets.layouts.fits_io import open_fits
from astro_core.errors import BadInputError, NotFoundError
from astro_core.imaging import lupton_rgb
from astro_core.workspace import file_for


def read_band(path: Path) -> NDArray[np.float32]:
    """Read the first image of a FITS file that has data, shape (height, width), rows as stored.

    Raises
    ------
    NotFoundError
        If there is no such file.
    BadInputError
        If it is damaged, or holds no image or a cube.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file '{path}'")
    with open_fits(path, str(path)) as fits:
        hdu = fits.first_image()
        if hdu.shape[0] != 1:
            raise BadInputError(
                f"'{path}' holds a cube",
                expected="one plane a file",
                given=f"{hdu.shape[0]} planes",
                todo="Import the cube as a dataset, or write its bands to files of their own",
            )
        return fits.planes(hdu, [0])[0]


def write_lupton_image(
    red: Path, green: Path, blue: Path, *, out: Path, **settings: Any
) -> tuple[int, int]:
    """Write a PNG of three bands with the array's first row at the top.

    Parameters
    ----------
    settings
        stretch, Q, minimum and weight of `imaging.lupton_rgb`.

    Returns
    -------
    tuple of int
        Height and width in pixels.

    Raises
    ------
    NotFoundError
        If there is no such file.
    BadInputError
        If a file cannot be used, shapes differ, a setting is out of range, or `out` is no PNG.
    """
    if out.suffix.lower() != ".png":
        raise BadInputError("The image is written as PNG", expected="F.png", given=f"'{out}'")
    bands = [read_band(path) for path in (red, green, blue)]
    if len({band.shape for band in bands}) > 1:
        raise BadInputError(
            "The bands differ in shape",
            expected="three images of equal shape",
            given=", ".join(
                f"{band.shape[1]}x{band.shape[0]} in '{path}'"
                for band, path in zip(bands, (red, green, blue), strict=True)
            ),
            todo="Cut them to the same pixels",
        )
    image = lupton_rgb(*bands, **settings)
    with file_for(out) as half:
        Image.fromarray(image).save(half, format="PNG")
    return image.shape[0], image.shape[1]
