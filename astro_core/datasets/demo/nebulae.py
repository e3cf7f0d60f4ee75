"""Pictures of nebulae: clouds that glow, clouds that reflect, shells of dying stars, remnants."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from astro_core.datasets.demo.paint import PICTURE_PX, Colour, add_field_stars, turbulence

_HALPHA, _OXYGEN, _SULPHUR = (1.0, 0.22, 0.30), (0.16, 0.85, 0.80), (1.0, 0.52, 0.16)
_REFLECTED = (0.34, 0.55, 1.0)


def _grid(
    rng: np.random.Generator, size: int, low: float = 0.03, high: float = 0.09
) -> tuple[Colour, Colour]:
    """Coordinates from about -1 to 1, pulled about so that no outline is exact."""
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    turn = rng.uniform(0, 2 * np.pi)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    pull = rng.uniform(low, high)
    return u + pull * turbulence(rng, size, 3.4), v + pull * turbulence(rng, size, 3.4)


def _add(image: Colour, light: Colour, colour: tuple[float, float, float]) -> None:
    image += np.asarray(colour, dtype=np.float32)[:, None, None] * light


def _cloud(image: Colour, rng: np.random.Generator) -> None:
    """Glowing gas lit from one side, with dark dust in front."""
    size = image.shape[1]
    u, v = _grid(rng, size)
    shape = turbulence(rng, size, 3.1)
    lit = np.exp(-((u - rng.uniform(-0.5, 0.5)) ** 2 + (v - rng.uniform(-0.5, 0.5)) ** 2) / 0.75)
    gas = np.exp(0.75 * shape) * (0.12 + lit)
    fine = np.exp(0.55 * turbulence(rng, size, 2.6))
    first, second = (_HALPHA, _OXYGEN) if rng.random() < 0.65 else (_SULPHUR, _OXYGEN)
    inner = np.exp(0.5 * turbulence(rng, size, 3.2)) * lit**2
    _add(image, 0.26 * gas * fine, first)
    _add(image, rng.uniform(0.12, 0.5) * inner * fine, second)
    depth = np.clip(turbulence(rng, size, 3.0) + rng.uniform(-0.7, 0.1), 0, None)
    rim = np.abs(ndimage.sobel(depth)) * lit
    image *= np.exp(-rng.uniform(1.0, 2.6) * depth)[None]
    _add(image, 0.05 * rim, (1.0, 0.7, 0.45))


def _reflection(image: Colour, rng: np.random.Generator) -> None:
    """Dust that scatters the blue light of a few stars within it."""
    size = image.shape[1]
    u, v = _grid(rng, size)
    dust = np.exp(0.7 * turbulence(rng, size, 3.2))
    for _ in range(rng.integers(1, 4)):
        x, y = rng.uniform(-0.55, 0.55, 2)
        near = 1.0 / (0.03 + (u - x) ** 2 + (v - y) ** 2)
        _add(image, 0.045 * near * dust, _REFLECTED)
    veil = np.exp(0.5 * turbulence(rng, size, 3.4))
    _add(image, 0.05 * veil, (0.6, 0.42, 0.36))
    dark = np.clip(turbulence(rng, size, 2.9) - 0.5, 0, None)
    image *= np.exp(-1.4 * dark)[None]


def _planetary(image: Colour, rng: np.random.Generator) -> None:
    """A shell thrown off by a dying star: round, elliptical or with two lobes."""
    size = image.shape[1]
    u, v = _grid(rng, size, 0.006, 0.028)
    outer = rng.uniform(0.24, 0.6)
    v = v / rng.uniform(0.6, 1.0)
    waist = rng.choice([0.0, 0.0, 0.55])
    r = np.hypot(u, v)
    edge = outer * (1 - waist * np.cos(np.arctan2(v, u)) ** 2)
    wall = rng.uniform(0.1, 0.22) * outer
    shell = np.exp(-0.5 * ((r - edge) / wall) ** 2)
    filled = 1.0 / (1.0 + np.exp((r - edge) / (0.25 * wall)))
    mottled = np.exp(0.35 * turbulence(rng, size, 2.7))
    _add(image, rng.uniform(0.4, 0.9) * shell * mottled, _HALPHA)
    _add(image, rng.uniform(0.3, 0.8) * filled * (0.4 + shell) * mottled, _OXYGEN)
    halo = np.exp(-r / (0.9 * outer)) * np.exp(0.4 * turbulence(rng, size, 3.0))
    _add(image, 0.06 * halo, _HALPHA)
    image += (1.6 * np.exp(-0.5 * (r / 0.012) ** 2))[None].astype(np.float32)


def _remnant(image: Colour, rng: np.random.Generator) -> None:
    """The torn shell of a supernova: filaments along a broken ring."""
    size = image.shape[1]
    u, v = _grid(rng, size)
    r = np.hypot(u, v / rng.uniform(0.75, 1.0))
    ring = np.exp(-0.5 * ((r - rng.uniform(0.5, 0.75)) / rng.uniform(0.12, 0.3)) ** 2)
    broken = ring * np.clip(1 + 0.8 * turbulence(rng, size, 3.6), 0, None)
    for colour in (_HALPHA, _OXYGEN, _SULPHUR):
        threads = np.exp(-np.abs(turbulence(rng, size, 3.0)) * rng.uniform(3, 6))
        _add(image, rng.uniform(0.25, 0.7) * broken * threads, colour)
    _add(image, 0.05 * broken, _HALPHA)


_SORTS = (_cloud, _reflection, _planetary, _remnant)


def draw_nebula(rng: np.random.Generator) -> Colour:
    """Draw a nebula of one of four sorts among its stars, shape (3, size, size)."""
    image = np.zeros((3, PICTURE_PX, PICTURE_PX), dtype=np.float32)
    sort = _SORTS[rng.choice(4, p=[0.44, 0.16, 0.30, 0.10])]
    sort(image, rng)
    add_field_stars(image, int(rng.integers(20, 200)), rng, float(rng.uniform(0.6, 0.95)))
    return image
