"""What the camera adds: neighbours and stars in the frame, the PSF of the night, noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from astro_core.datasets.boxes import BACKGROUND
from astro_core.datasets.demo.bands import (
    BANDS,
    PIXEL_SCALE_ARCSEC,
    SATURATION_UJY,
    Floats,
    R,
    flux_ujy,
)
from astro_core.datasets.demo.canvas import (
    DIFFUSION_PX,
    FWHM_PER_SIGMA,
    Canvas,
    Image,
    Spectrum,
)
from astro_core.datasets.demo.components import sersic
from astro_core.datasets.demo.spectra import DISC, OLD, YOUNG, spectrum, star_spectrum

STARS_PER_ARCMIN2 = 1.9
GALAXIES_PER_ARCMIN2 = 4.5
_SPIKES_BRIGHTER_THAN = 14.6
_SPIKE_SHARE = 0.02
_MOFFAT_BETA = 3.5  # half-integer: GalSim knows its transform in closed form


@dataclass(frozen=True, kw_only=True)
class BackgroundGalaxy:
    """A faint galaxy of which only a smudge is seen, behind what a frame was taken of.

    Attributes
    ----------
    place : tuple of float
        In arcsec right of and above the origin of the canvas.
    radius_arcsec : float
        Half-light radius along the long axis.
    layer : int
        Of the canvas.
    """

    place: tuple[float, float]
    mag_r: float
    radius_arcsec: float
    layer: int
    kind: str = BACKGROUND


@dataclass(frozen=True, kw_only=True)
class Night:
    """Conditions under which one frame was taken.

    Attributes
    ----------
    fwhm_arcsec, sky_sigma : array, shape (n_bands,)
        Width of the whole PSF; noise of a pixel of empty sky in microjansky.
    shear : tuple of float
        Ellipticity of the PSF.
    """

    fwhm_arcsec: Floats
    sky_sigma: Floats
    shear: tuple[float, float]

    def psfs(self, canvas: Canvas) -> list[Spectrum]:
        """Transforms of what the air adds to the PSF in each band, a Moffat profile."""
        import galsim

        out = []
        diffused = FWHM_PER_SIGMA * DIFFUSION_PX * PIXEL_SCALE_ARCSEC
        for fwhm in self.fwhm_arcsec:
            psf = galsim.Moffat(beta=_MOFFAT_BETA, fwhm=math.sqrt(fwhm**2 - diffused**2))
            out.append(canvas.spectrum_of(psf.shear(g1=self.shear[0], g2=self.shear[1])))
        return out


def draw_night(rng: np.random.Generator) -> Night:
    """Draw seeing and sky: good and bad nights, bands taken one after another."""
    night = max(0.86, rng.lognormal(0.0, 0.09))
    each = rng.lognormal(0.0, 0.025, len(BANDS))
    sky = rng.lognormal(0.0, 0.07) * rng.lognormal(0.0, 0.03, len(BANDS))
    return Night(
        fwhm_arcsec=np.array([b.seeing_arcsec for b in BANDS]) * night * each,
        sky_sigma=np.array([b.sky_sigma for b in BANDS]) * sky,
        shear=(float(rng.normal(0, 0.012)), float(rng.normal(0, 0.012))),
    )


def steep(rng: np.random.Generator, bright: float, faint: float, slope: float) -> float:
    """Draw a magnitude from counts that grow as ``10 ** (slope * m)``."""
    low, high = 10 ** (slope * bright), 10 ** (slope * faint)
    return float(np.log10(rng.uniform(low, high)) / slope)


def add_field_star(canvas: Canvas, place: tuple[float, float], mag_r: float, g_r: float) -> None:
    """Add a star, with the spikes of the secondary mirror's vanes when it is bright."""
    fluxes = flux_ujy(mag_r) * star_spectrum(g_r)
    if mag_r >= _SPIKES_BRIGHTER_THAN:
        canvas.add_star(*place, fluxes)
        return
    canvas.add_star(*place, (1 - _SPIKE_SHARE) * fluxes)
    half = canvas.size_px // 2
    along = np.abs(np.arange(-half, half + 1)).astype(np.float32)
    length = 3.0 + 5.0 * (_SPIKES_BRIGHTER_THAN - mag_r)
    arm = np.exp(-along / length) * np.cos(np.pi / 2 * along / half) ** 2
    across = np.exp(-0.5 * (along / 0.9) ** 2)
    spikes = np.outer(arm, across) + np.outer(across, arm)
    canvas.add_image((spikes / spikes.sum()).astype(np.float32), _SPIKE_SHARE * fluxes, *place)


def add_background_galaxy(
    canvas: Canvas, place: tuple[float, float], mag_r: float, rng: np.random.Generator
) -> BackgroundGalaxy:
    """Add a faint galaxy of which only a smudge is seen."""
    radius = 1.25 * 10 ** (-0.13 * (mag_r - 19.0)) * rng.lognormal(0, 0.35)
    population = (OLD, DISC, YOUNG)[rng.choice(3, p=[0.3, 0.4, 0.3])]
    light = spectrum(population, float(rng.uniform(0.06, 0.3)), float(rng.normal(0, 0.06)))
    index = 2.5 if population is OLD else 1.0
    profile = sersic(index, radius, float(rng.uniform(0.25, 1.0)), float(rng.uniform(0, np.pi)))
    layer = canvas.add_profile(profile.shift(*place), flux_ujy(mag_r) * light)
    return BackgroundGalaxy(place=place, mag_r=mag_r, radius_arcsec=radius, layer=layer)


def star_colour(rng: np.random.Generator) -> float:
    """Draw g - r of a field star: turn-off stars of the halo and disc, and many red dwarfs."""
    return float(rng.normal(0.45, 0.14) if rng.random() < 0.55 else rng.normal(1.25, 0.2))


def populate(canvas: Canvas, rng: np.random.Generator) -> tuple[BackgroundGalaxy, ...]:
    """Put field stars and background galaxies in the frame; return the galaxies."""
    side = canvas.size_px * PIXEL_SCALE_ARCSEC
    area = (side / 60.0) ** 2

    def place() -> tuple[float, float]:
        x, y = rng.uniform(-0.54 * side, 0.54 * side, 2)
        return float(x), float(y)

    for _ in range(rng.poisson(STARS_PER_ARCMIN2 * area)):
        add_field_star(canvas, place(), steep(rng, 13.2, 21.5, 0.16), star_colour(rng))
    return tuple(
        add_background_galaxy(canvas, place(), steep(rng, 17.2, 21.8, 0.38), rng)
        for _ in range(rng.poisson(GALAXIES_PER_ARCMIN2 * area))
    )


def expose(clean: Image, night: Night, rng: np.random.Generator) -> Image:
    """Add photon, sky and detector noise and a trace of badly subtracted sky.

    Parameters
    ----------
    clean : array, shape (n_bands, height, width)
        Noiseless image in microjansky per pixel.
    """
    gain = np.array([band.gain for band in BANDS], dtype=np.float32)[:, None, None]
    sky = night.sky_sigma.astype(np.float32)[:, None, None]
    light = np.minimum(clean, np.float32(SATURATION_UJY))
    sigma = np.sqrt(sky**2 + np.maximum(light, 0) / gain)
    noise = rng.standard_normal(clean.shape, dtype=np.float32)
    height, width = clean.shape[1:]
    tilt = rng.normal(0, 0.035, (3, len(BANDS), 1, 1)).astype(np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    exposed: Image = light + sigma * noise + sky * (tilt[0] + tilt[1] * x + tilt[2] * y)
    return exposed


def signal_to_noise(
    fluxes: Floats, radius_arcsec: float, axis_ratio: float, night: Night
) -> Floats:
    """S/N of the half-light aperture in each band, shape (n_bands,)."""
    blur = 0.5 * night.fwhm_arcsec[R]
    across = np.hypot(radius_arcsec * axis_ratio, blur)
    pixels = np.pi * np.hypot(radius_arcsec, blur) * across / PIXEL_SCALE_ARCSEC**2
    light = 0.5 * np.maximum(fluxes, 0)
    gain = np.array([band.gain for band in BANDS])
    ratio: Floats = light / np.sqrt(pixels * night.sky_sigma**2 + light / gain)
    return ratio
