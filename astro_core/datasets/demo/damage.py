"""A few objects with damaged or missing bands, as every real survey has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from astro_core.datasets.demo.bands import BANDS
from astro_core.datasets.demo.canvas import Image
from astro_core.datasets.demo.population import stream

KINDS = ("truncated", "missing", "nan", "zero", "shape")
_SHARE = 0.01


def count_damaged(n_good: int) -> int:
    """How many damaged objects come on top of `n_good` good ones."""
    return max(round(_SHARE * n_good), min(len(KINDS), n_good // 8))


def deal_damage(n_good: int, seed: int) -> dict[int, str]:
    """Numbers of the damaged ones among all objects, and what is wrong with each."""
    damaged = count_damaged(n_good)
    numbers = stream(seed, "types", 1).choice(n_good + damaged, damaged, replace=False)
    return {int(number): KINDS[i % len(KINDS)] for i, number in enumerate(numbers)}


def damage_pixels(images: Image, kind: str, band: int) -> Image:
    """Blot one band out, with "nan" or "zero"; other damage is done to the file."""
    damaged = images.copy()
    if kind == "nan":
        damaged[band] = np.nan
    elif kind == "zero":
        damaged[band] = 0.0
    return damaged


def damage_file(folder: Path, name: str, kind: str, band: int) -> None:
    """Cut a file short, delete it, or take rows off it, according to `kind`."""
    path = folder / f"{name}_{BANDS[band].name}.fits"
    if kind == "missing":
        path.unlink()
    elif kind == "truncated":
        raw = path.read_bytes()
        path.write_bytes(raw[: len(raw) * 2 // 5])
    elif kind == "shape":
        _take_rows_off(path)


def _take_rows_off(path: Path) -> None:
    from astropy.io import fits

    with fits.open(path, do_not_scale_image_data=True) as hdus:
        hdu = fits.PrimaryHDU(hdus[0].data[:-32].copy(), hdus[0].header)
        hdu.writeto(path, overwrite=True)
