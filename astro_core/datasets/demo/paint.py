"""Colour pictures from light: sky, grain, and the curve that photographs are shown with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Colour = NDArray[np.floating[Any]]  # shape (3, height, width), linear light
PICTURE_PX = 192


def turbulence(rng: np.random.Generator, size: int, slope: float, smallest: float = 2.0) -> Colour:
    """Random field with a power-law spectrum, mean 0 and variance 1, shape (size, size).

    Clouds of gas have about ``slope = 3`` (Elmegreen & Scalo 2004, ARA&A 42, 211).
    """
    kx, ky = np.fft.rfftfreq(size), np.fft.fftfreq(size)
    k = np.hypot(ky[:, None], kx[None, :])
    k[0, 0] = 1.0
    amplitude = k ** (-slope / 2) * np.exp(-0.5 * (k * smallest) ** 2)
    amplitude[0, 0] = 0.0
    noise = rng.standard_normal((2, *k.shape))
    field = np.fft.irfft2(amplitude * (noise[0] + 1j * noise[1]), s=(size, size))
    even: Colour = (field / field.std()).astype(np.float32)
    return even


def star_tint(temperature: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colour of stars, shape (3, n), from 0 (orange) over 0.5 (white) to 1 (blue)."""
    t = np.clip(temperature, 0, 1)
    red = 1.15 - 0.62 * t
    green = 0.68 + 0.34 * t - 0.18 * t**2
    blue = 0.36 + 0.95 * t
    return np.stack([red, green, blue])


def add_stars(
    image: Colour,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    flux: NDArray[np.float64],
    temperature: NDArray[np.float64],
    blur_px: float,
) -> None:
    """Add stars with a core and a halo; those outside the picture are left out."""
    size = image.shape[1]
    inside = (x > 1) & (x < size - 2) & (y > 1) & (y < size - 2)
    x, y, flux, temperature = (a[inside] for a in (x, y, flux, temperature))
    tint = star_tint(temperature) * flux
    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    fy, fx = y - i, x - j
    for channel in range(3):
        board = np.zeros((size, size), dtype=np.float32)
        for di, wy in ((0, 1 - fy), (1, fy)):
            for dj, wx in ((0, 1 - fx), (1, fx)):
                np.add.at(board, (i + di, j + dj), tint[channel] * wy * wx)
        core = ndimage.gaussian_filter(board, blur_px)
        halo = ndimage.gaussian_filter(board, 3.2 * blur_px)
        image[channel] += 0.86 * core + 0.14 * halo


def add_spikes(image: Colour, x: float, y: float, flux: float, temperature: float) -> None:
    """Add the four diffraction spikes of a bright star."""
    size = image.shape[1]
    at = np.arange(size, dtype=np.float32)
    length = 2.0 + 1.7 * np.log10(1 + flux)
    across_x, across_y = (np.exp(-0.5 * ((at - p) / 0.55) ** 2) for p in (x, y))
    along_x, along_y = (np.exp(-np.abs(at - p) / length) for p in (x, y))
    spikes = np.outer(across_y, along_x) + np.outer(along_y, across_x)
    tint = star_tint(np.array([temperature]))[:, 0]
    image += (0.022 * flux * tint[:, None, None] * spikes).astype(np.float32)


def add_field_stars(image: Colour, count: int, rng: np.random.Generator, blur_px: float) -> None:
    """Scatter stars of the foreground over the picture."""
    size = image.shape[1]
    x, y = rng.uniform(0, size, (2, count))
    flux = 0.9 * rng.pareto(0.95, count).clip(0, 160) + 0.4
    temperature = rng.beta(1.6, 1.5, count)
    add_stars(image, x, y, flux, temperature, blur_px)
    for k in np.flatnonzero(flux > 70):
        add_spikes(image, x[k], y[k], flux[k], temperature[k])


def develop(
    image: Colour, rng: np.random.Generator, *, softening: float = 8.0
) -> NDArray[np.uint8]:
    """Turn light into a photograph: asinh curve, tint of the sky, grain.

    Parameters
    ----------
    image : array, shape (3, height, width)
        Linear light in which 1 is bright.

    Returns
    -------
    array of uint8, shape (height, width, 3)
    """
    light = np.maximum(image, 0)
    mean = light.mean(axis=0) + 1e-6
    curve = np.arcsinh(softening * mean) / np.arcsinh(softening * 1.6)
    shown = light * (curve / mean)
    peak = shown.max(axis=0)
    shown = shown / np.maximum(peak, 1.0)
    white = np.clip(peak - 1.0, 0, 1) ** 2  # what is overexposed turns white
    shown = shown + (1 - shown) * white
    night = rng.uniform(0.0, 0.07)
    sky = night * np.array([0.55, 0.7, 1.15]) + rng.uniform(0.0, 0.02)
    shown = sky[:, None, None] + (1 - sky[:, None, None]) * shown
    grain = rng.uniform(0.006, 0.028)
    shown = shown + grain * rng.standard_normal(shown.shape)
    picture: NDArray[np.uint8] = np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(picture.transpose(1, 2, 0))
