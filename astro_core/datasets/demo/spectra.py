"""Spectra as fluxes in the six bands: stars of galaxies by age, star-forming knots, field stars.

A spectrum here is an array of shape (n_bands,) with the flux relative to that in R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from astro_core.datasets.demo.bands import BANDS, Floats

F660_WIDTH_ANGSTROM = 147.0
_HALPHA_LEAVES_AT = 0.018  # redshift where H-alpha runs out of the band, 6535 to 6682 Angstrom
_HALPHA_EDGE = 0.0035


@dataclass(frozen=True, kw_only=True)
class Population:
    """Stars of one age: AB colours against R, and the equivalent width of H-alpha + [NII]."""

    u_r: float
    g_r: float
    r_i: float
    r_z: float
    halpha_angstrom: float = 0.0


# Colours of nearby galaxies by type: Fukugita et al. 1995 (PASP 107, 945), Strateva et al. 2001
# (AJ 122, 1861). Widths: Kennicutt & Kent 1983 (AJ 88, 1094) for discs, HII regions far above.
OLD = Population(u_r=2.50, g_r=0.78, r_i=0.39, r_z=0.68)
DISC = Population(u_r=1.85, g_r=0.55, r_i=0.28, r_z=0.46, halpha_angstrom=8.0)
YOUNG = Population(u_r=1.05, g_r=0.20, r_i=0.06, r_z=0.10, halpha_angstrom=45.0)
KNOT = Population(u_r=0.55, g_r=0.05, r_i=-0.20, r_z=-0.22, halpha_angstrom=420.0)
POPULATIONS = {"old": OLD, "disc": DISC, "young": YOUNG, "knot": KNOT}


def halpha_in_f660(redshift: float) -> float:
    """Share of H-alpha that F660 lets through, 1 for the nearest galaxies, 0 beyond z = 0.02."""
    return float(1.0 / (1.0 + np.exp((redshift - _HALPHA_LEAVES_AT) / (_HALPHA_EDGE / 4))))


def spectrum(population: Population, redshift: float, redder: float = 0.0) -> Floats:
    """Flux of a population in each band relative to R.

    Parameters
    ----------
    redshift : float
        Moves H-alpha through F660 and reddens the rest a little, as K corrections do for z < 0.2.
    redder : float
        Change of g - r in magnitudes; the other colours follow in proportion.
    """
    g_r = population.g_r + redder + 2.0 * redshift
    colours = np.array(
        [
            population.u_r + 1.8 * redder + 2.5 * redshift,
            g_r,
            0.0,
            -0.08 * g_r,
            -population.r_i - 0.45 * redder - 0.5 * redshift,
            -population.r_z - 0.75 * redder - 0.8 * redshift,
        ]
    )
    flux: Floats = 10 ** (-0.4 * colours)
    line = population.halpha_angstrom * halpha_in_f660(redshift)
    flux[3] *= 1.0 + line / F660_WIDTH_ANGSTROM
    return flux


def star_spectrum(g_r: float) -> Floats:
    """Flux of a field star in each band relative to R, from its g - r between -0.3 and 1.5.

    Follows the stellar locus of Covey et al. 2007 (AJ 134, 2398) closely enough for colour images.
    """
    red = max(0.0, g_r - 1.25)
    r_i = 0.42 * g_r - 0.04 + 2.6 * red
    colours = np.array(
        [1.05 + 1.9 * max(g_r, 0.0) ** 1.25, g_r, 0.0, -0.06 * g_r, -r_i, -1.6 * r_i]
    )
    flux: Floats = 10 ** (-0.4 * colours)
    return flux


def extinguished(av_mag: float) -> Floats:
    """Share of light that dust takes in each band when it takes `av_mag` magnitudes in V."""
    lost: Floats = 1.0 - 10 ** (-0.4 * av_mag * np.array([band.dust for band in BANDS]))
    return lost
