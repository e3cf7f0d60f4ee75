"""Colour pictures of four kinds of objects: star clusters, galaxies, lenses, nebulae."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow
from scipy import ndimage

from astro_core.datasets.demo.bands import BAND_NAMES
from astro_core.datasets.demo.canvas import Canvas
from astro_core.datasets.demo.frames import draw_night, populate
from astro_core.datasets.demo.galaxies import draw
from astro_core.datasets.demo.lensing import Blob, Lens, lensed_image
from astro_core.datasets.demo.nebulae import draw_nebula
from astro_core.datasets.demo.paint import (
    PICTURE_PX,
    Colour,
    add_field_stars,
    add_spikes,
    add_stars,
    develop,
)
from astro_core.datasets.demo.population import draw_galaxy, stream

PICTURE_MIX = {"cluster": 0.18, "galaxy": 0.40, "lens": 0.21, "nebula": 0.21}
_JPEG_QUALITY = 93
_FINE = 2


def draw_cluster(rng: np.random.Generator) -> Colour:
    """Draw a globular cluster (Plummer profile, old stars) or an open one (few, young, loose)."""
    image = np.zeros((3, PICTURE_PX, PICTURE_PX), dtype=np.float32)
    globular = rng.random() < 0.6
    count = int(10 ** rng.uniform(3.0, 4.1)) if globular else int(rng.integers(40, 220))
    core = PICTURE_PX * (rng.uniform(0.05, 0.16) if globular else rng.uniform(0.12, 0.3))
    radius = core / np.sqrt(rng.uniform(1e-4, 1.0, count) ** (-1.0) - 0.999)
    angle = rng.uniform(0, 2 * np.pi, count)
    middle = PICTURE_PX / 2 + rng.normal(0, 5, 2)
    x, y = middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle)
    flux = (rng.pareto(1.25, count) + 0.08).clip(0, 90) * (0.5 if globular else 4.0)
    if globular:  # red giants are the brightest; some stars of the horizontal branch are blue
        temperature = np.clip(0.52 - 0.10 * np.log1p(flux) + rng.normal(0, 0.07, count), 0.05, 1)
        temperature[rng.random(count) < 0.07] = 0.9
    else:
        hot = rng.uniform(0.5, 0.95)
        temperature = np.clip(hot + 0.05 * np.log1p(flux) + rng.normal(0, 0.12, count), 0, 1)
        temperature[rng.random(count) < 0.06] = 0.08
    blur = float(rng.uniform(0.6, 1.0))
    add_stars(image, x, y, flux, temperature, blur)
    for k in np.argsort(flux)[-5:] if rng.random() < 0.5 else ():
        add_spikes(image, x[k], y[k], flux[k], temperature[k])
    add_field_stars(image, int(rng.integers(60, 420)), rng, blur)
    return image * np.float32(rng.uniform(0.7, 1.5))


def draw_galaxy_picture(rng: np.random.Generator) -> Colour:
    """Draw a bright galaxy as a deep picture from good seeing shows it."""
    kinds = ["spiral", "barred_spiral", "elliptical", "lenticular", "edge_on_bulge"]
    kinds += ["edge_on_no_bulge", "ring", "merger", "disturbed"]
    shares = [0.34, 0.2, 0.12, 0.07, 0.09, 0.05, 0.03, 0.06, 0.04]
    galaxy = draw_galaxy(rng, str(rng.choice(kinds, p=shares)), float(rng.uniform(12.2, 14.8)))
    canvas = Canvas(PICTURE_PX)
    draw(galaxy, rng, canvas.n).put(canvas)
    populate(canvas, rng)
    clean = canvas.render(draw_night(rng).psfs(canvas))
    red, green, blue = (clean[BAND_NAMES.index(band)] for band in "IRG")
    light = np.stack([0.70 * red, 1.0 * green, 1.75 * blue])
    picture: Colour = (light * rng.uniform(0.016, 0.04)).astype(np.float32)
    return picture


def _source(rng: np.random.Generator, einstein: float, shape: float) -> list[Blob]:
    """Draw a blue star-forming galaxy far behind the lens, a few clumps around its middle."""
    far = einstein * np.sqrt(rng.uniform(0, 1)) * (0.25 if rng.random() < 0.65 else 0.8) * shape
    way = rng.uniform(0, 2 * np.pi)
    x, y = far * np.cos(way), far * np.sin(way)
    radius = einstein * rng.uniform(0.06, 0.18)
    hue = rng.uniform(0, 1)
    colour = (0.35 + 0.3 * hue, 0.62, 1.05 - 0.25 * hue)
    blobs = [Blob(x=x, y=y, radius=radius, flux=rng.uniform(0.4, 1.0), colour=colour)]
    for _ in range(rng.integers(0, 5)):
        dx, dy = rng.normal(0, 1.1 * radius, 2)
        flux = rng.uniform(0.2, 0.8)
        blobs.append(
            Blob(x=x + dx, y=y + dy, radius=0.35 * radius, flux=flux, colour=(0.4, 0.65, 1.1))
        )
    return blobs


def _lens_galaxy(x: Any, y: Any, lens: Lens, rng: np.random.Generator) -> Any:
    c, s = np.cos(lens.angle_rad), np.sin(lens.angle_rad)
    u, v = c * x + s * y, (c * y - s * x) / min(1.0, lens.axis_ratio + 0.1)
    size = lens.einstein_radius * rng.uniform(0.35, 0.7)
    r = np.sqrt(u * u + v * v + (0.04 * size) ** 2) / size
    light = rng.uniform(0.25, 0.6) * np.exp(-7.67 * (r**0.25 - 1)).clip(0, 60)
    return np.array([1.0, 0.66, 0.36])[:, None, None] * light


def draw_lens(rng: np.random.Generator) -> Colour:
    """Draw a red galaxy, sometimes a group, that bends a blue one into arcs, images or a ring."""
    size = PICTURE_PX * _FINE
    axis = (np.arange(size) - (size - 1) / 2) / _FINE
    x, y = np.meshgrid(axis, axis)
    lens = Lens(
        einstein_radius=float(rng.uniform(16, 42)),
        axis_ratio=float(rng.uniform(0.55, 0.97)),
        angle_rad=float(rng.uniform(0, np.pi)),
        shear=float(abs(rng.normal(0, 0.06))),
        shear_angle_rad=float(rng.uniform(0, np.pi)),
    )
    image = lensed_image(lens, _source(rng, lens.einstein_radius, 1.0), x, y)
    image += _lens_galaxy(x, y, lens, rng)
    for _ in range(rng.integers(0, 4)):
        dx, dy = rng.uniform(-80, 80, 2)
        small = Lens(einstein_radius=rng.uniform(4, 10), axis_ratio=rng.uniform(0.5, 1.0))
        image += 0.5 * _lens_galaxy(x - dx, y - dy, small, rng)
    blurred = ndimage.gaussian_filter(image, (0, *[_FINE * rng.uniform(0.7, 1.6)] * 2))
    light = blurred.reshape(3, PICTURE_PX, _FINE, PICTURE_PX, _FINE).mean(axis=(2, 4))
    picture: Colour = light.astype(np.float32)
    add_field_stars(picture, int(rng.integers(3, 30)), rng, 0.9)
    return picture


_DRAW = {
    "cluster": draw_cluster,
    "galaxy": draw_galaxy_picture,
    "lens": draw_lens,
    "nebula": draw_nebula,
}


def deal_pictures(count: int) -> list[tuple[str, int]]:
    """Class and number within it of `count` pictures; the mix is unbalanced, each class has one."""
    counts = {name: max(1, round(share * count)) for name, share in PICTURE_MIX.items()}
    counts["galaxy"] = max(1, counts["galaxy"] + count - sum(counts.values()))
    return [(name, i) for name, number in counts.items() for i in range(number)]


def make_pictures(folder: str, seed: int, names: Sequence[tuple[str, int]]) -> int:
    """Make pictures ``<class>/<class>-<number>.jpg``, and return how many.

    Parameters
    ----------
    names : sequence of (class, number)
        What to make; see `deal_pictures`.
    """
    for name, number in names:
        rng = stream(seed, "picture", list(_DRAW).index(name), number)
        image = Pillow.fromarray(develop(_DRAW[name](rng), rng))
        path = Path(folder) / name / f"{name}-{number + 1:03d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, quality=_JPEG_QUALITY, subsampling=0, comment="simulated by Tuning Fork")
    return len(names)
