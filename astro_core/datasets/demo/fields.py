"""Wide fields with many galaxies and stars, and the true box of every galaxy, for detection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.demo.bands import BANDS, PIXEL_SCALE_ARCSEC, R
from astro_core.datasets.demo.boxes import TrueBox, box_row, true_box
from astro_core.datasets.demo.canvas import Canvas, Image, Spectrum
from astro_core.datasets.demo.frames import (
    Night,
    add_background_galaxy,
    add_field_star,
    draw_night,
    expose,
    star_colour,
    steep,
)
from astro_core.datasets.demo.galaxies import draw
from astro_core.datasets.demo.places import FOOTPRINT
from astro_core.datasets.demo.population import MIX, Galaxy, draw_galaxy, stream
from astro_core.datasets.demo.stamps import Pointing, write_frame

FIELD_SIZE_PX = 1024
GALAXIES_PER_FIELD = 85
STARS_PER_FIELD = 170
_SMUDGES_PER_FIELD = 130
_PATCH_SIZES_PX = (64, 96, 128, 192, 256, 384)


def field_plan(objects: int) -> tuple[int, int]:
    """How many fields go with a survey of this size, and the side of each in pixels."""
    if objects >= 300:
        return min(6, max(2, objects // 250)), FIELD_SIZE_PX
    return 1, 512 if objects >= 100 else 320


class Field:
    """A wide frame in the making, put together from patches.

    Parameters
    ----------
    size_px : int
        Side of the field.
    """

    def __init__(self, size_px: int, night: Night) -> None:
        self.size_px = size_px
        self.night = night
        self.clean: Image = np.zeros((len(BANDS), size_px, size_px), dtype=np.float32)
        self._psfs: dict[int, list[Spectrum]] = {}

    def canvas(self, reach_px: float) -> Canvas:
        """Return an empty patch whose half side is at least `reach_px`, or the largest there is."""
        fits = [size for size in _PATCH_SIZES_PX if size >= 2 * reach_px]
        return Canvas(fits[0] if fits else _PATCH_SIZES_PX[-1])

    def paste(self, canvas: Canvas, x: int, y: int) -> tuple[Image, int, int]:
        """Add a patch with its origin at pixel (x, y).

        Returns
        -------
        tuple
            The part of the patch inside the field, and the column and row where it begins.
        """
        if canvas.n not in self._psfs:
            self._psfs[canvas.n] = self.night.psfs(canvas)
        patch = canvas.render(self._psfs[canvas.n]) * _fade(canvas.size_px)
        left, top = x - canvas.size_px // 2, y - canvas.size_px // 2
        rows = slice(max(0, -top), min(canvas.size_px, self.size_px - top))
        cols = slice(max(0, -left), min(canvas.size_px, self.size_px - left))
        part = patch[:, rows, cols]
        x0, y0 = left + cols.start, top + rows.start
        self.clean[:, y0 : y0 + part.shape[1], x0 : x0 + part.shape[2]] += part
        return part, x0, y0


def _fade(size_px: int) -> Image:
    """Smooth edge of a patch, so that faint wings do not end in a square."""
    at = np.abs(np.arange(size_px) - size_px // 2) / (size_px / 2)
    edge = np.cos(np.clip((at - 0.72) / 0.26, 0, 1) * np.pi / 2) ** 2
    return np.outer(edge, edge).astype(np.float32)


def _add_galaxy(
    field: Field, galaxy: Galaxy, x: int, y: int, rng: np.random.Generator
) -> TrueBox | None:
    """Draw a galaxy into the field; return its box, or None when it is too faint."""
    canvas = field.canvas(5.5 * galaxy.radius_arcsec / PIXEL_SCALE_ARCSEC)
    draw(galaxy, rng, canvas.n).put(canvas)
    patch, left, top = field.paste(canvas, x, y)
    box = true_box(patch[R], float(field.night.sky_sigma[R])) if patch[R].size else None
    return box.moved(left, top) if box else None


def _scatter(field: Field, share: float, rng: np.random.Generator) -> None:
    """Add stars and galaxies too faint for anybody to mark."""
    half = PIXEL_SCALE_ARCSEC / 2
    for _ in range(rng.poisson(STARS_PER_FIELD * share)):
        x, y = rng.integers(0, field.size_px, 2)
        mag = steep(rng, 12.6, 21.5, 0.15)
        canvas = field.canvas(float(np.clip(26 * (17.5 - mag), 30, 190)))
        add_field_star(canvas, tuple(rng.uniform(-half, half, 2)), mag, star_colour(rng))
        field.paste(canvas, int(x), int(y))
    for _ in range(rng.poisson(_SMUDGES_PER_FIELD * share)):
        x, y = rng.integers(0, field.size_px, 2)
        canvas = field.canvas(20)
        mag = steep(rng, 22.0, 23.5, 0.35)
        add_background_galaxy(canvas, tuple(rng.uniform(-half, half, 2)), mag, rng)
        field.paste(canvas, int(x), int(y))


def make_field(folder: str, seed: int, number: int, size_px: int) -> dict[str, Any]:
    """Make one field: write its stamps, return its catalogue row and the boxes of its galaxies.

    A box holds all pixels where the noiseless galaxy by itself exceeds one sigma of the sky in
    R. Galaxies that nowhere do have none.
    """
    rng = stream(seed, "field", number)
    field = Field(size_px, draw_night(rng))
    pointing = _pointing(seed, number, rng)
    share = (size_px / FIELD_SIZE_PX) ** 2
    kinds = [kind for kind in MIX if kind != "star"]
    chances = np.array([MIX[kind] for kind in kinds])
    boxes: list[dict[str, Any]] = []
    for _ in range(max(4, rng.poisson(GALAXIES_PER_FIELD * share))):
        kind = str(rng.choice(kinds, p=chances / chances.sum()))
        galaxy = draw_galaxy(rng, kind, steep(rng, 13.4, 20.8, 0.15))
        x, y = (int(v) for v in rng.integers(2, size_px - 2, 2))
        box = _add_galaxy(field, galaxy, x, y, rng)
        if box is not None:
            name = f"{pointing.name}-{len(boxes) + 1:03d}"
            place = pointing.position((x, y), size_px)
            boxes.append(box_row(name, pointing, galaxy, box, (x, y), place))
    _scatter(field, share, rng)
    images = expose(field.clean, field.night, rng)
    write_frame(Path(folder), pointing, images, field.night.fwhm_arcsec, field.night.sky_sigma)
    row = {
        "object_id": pointing.name,
        "ra_deg": pointing.ra_deg,
        "dec_deg": pointing.dec_deg,
        "n_boxes": len(boxes),
    }
    return {"row": row, "boxes": boxes}


def _pointing(seed: int, number: int, rng: np.random.Generator) -> Pointing:
    ra, dec = FOOTPRINT[number % len(FOOTPRINT)]
    return Pointing(
        name=f"SIM-FIELD-{number + 1}",
        ra_deg=round(float(rng.uniform(ra[0] + 1, ra[1] - 1)), 6),
        dec_deg=round(float(rng.uniform(dec[0] + 0.3, dec[1] - 0.3)), 6),
        seed=seed,
    )
