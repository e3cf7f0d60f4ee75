"""One object of a dataset, from the stored file to its image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts import Row, read_pixels
from astro_core.domain import Dataset, Pixels, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.imaging.render import colour_planes, find_band, render


def read_shown_bands(dataset: Dataset, row: Row, recipe: RenderRecipe) -> Pixels:
    """Read the pixels of one object; where each band is a file, only the bands that are shown.

    Raises
    ------
    BadInputError
        If the image cannot be read or lacks a band of the recipe.
    """
    if "{band}" not in str(row["file"]):
        return read_pixels(dataset, row)
    index = int(row["part"])
    part = dataset.parts[index]
    shown = {find_band(part.bands, band) for band in recipe.bands}
    narrow = replace(part, bands=tuple(part.bands[i] for i in sorted(shown)))
    parts = (*dataset.parts[:index], narrow, *dataset.parts[index + 1 :])
    return read_pixels(replace(dataset, parts=parts), row)


def object_image(dataset: Dataset, row: Row, recipe: RenderRecipe) -> NDArray[np.uint8]:
    """Read and render one object.

    Returns
    -------
    array of uint8, shape (size_px, size_px, 3)

    Raises
    ------
    BadInputError
        If the image cannot be read, lacks a band of the recipe, or has no value in one.
    """
    pixels = read_shown_bands(dataset, row, recipe)
    if not pixels.display:
        for band, plane in zip(recipe.bands, colour_planes(pixels, recipe), strict=True):
            if not np.isfinite(plane).any():
                raise BadInputError(
                    f"Band {band} of '{pixels.object_id}' has no data",
                    todo="Choose bands that it has",
                )
    return render(pixels, recipe)


def try_object_image(
    dataset: Dataset, row: Row, recipe: RenderRecipe
) -> tuple[NDArray[np.uint8], str]:
    """Read and render one object; where that fails, return zeros and the reason in words."""
    try:
        return object_image(dataset, row, recipe), ""
    except (BadInputError, NotFoundError) as error:
        reason = str(error)
    except OSError as error:
        reason = f"'{row['file']}' cannot be read: {error.strerror or error}."
    return np.zeros((recipe.size_px, recipe.size_px, 3), dtype=np.uint8), reason
