"""Discs seen from the side, with and without a bulge, cut by a lane of dust."""

from __future__ import annotations

import numpy as np
from scipy.special import k1

from astro_core.datasets.demo.components import Drawing, sersic
from astro_core.datasets.demo.discs import RADIUS_PER_SCALE, add_knots
from astro_core.datasets.demo.sheet import Plane, Sheet, texture, unit
from astro_core.datasets.demo.spectra import extinguished

BOXY_BELOW = 1.3  # Sersic index of bulges that are drawn boxy


def disc_from_the_side(u: Plane, z: Plane, scale: float, height: float) -> Plane:
    """Exponential disc with a sech^2 height, seen edge-on.

    After van der Kruit & Searle 1981 (A&A 95, 105); it ends softly near 4.2 scale lengths.
    """
    x = np.maximum(np.abs(u) / scale, 1e-3)
    upright = 1.0 / np.cosh(np.minimum(np.abs(z) / height, 20.0)) ** 2
    ends = 1.0 / (1.0 + np.exp((x - 4.2) / 0.5))
    side: Plane = (x * k1(x) * upright * ends).astype(np.float32)
    return side


def _warped(u: Plane, v: Plane, scale: float, rng: np.random.Generator) -> Plane:
    amount = rng.normal(0, 0.035) * scale
    warped: Plane = v - amount * np.sign(u) * np.clip(np.abs(u) / scale - 1.5, 0, None) ** 1.6
    return warped


def draw_edge_on(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw disc, bulge, dust lane and the knots of the disc's plane."""
    galaxy = drawing.galaxy
    scale = galaxy.radius_arcsec / RADIUS_PER_SCALE
    height = 1.1 * galaxy.axis_ratio * scale
    sheet = Sheet(max(4.0 * height, 0.5 * scale), 6.5 * scale, drawing.most_px)
    u, v = sheet.turned(galaxy.angle_rad)
    z = _warped(u, v, scale, rng)
    disc = unit(disc_from_the_side(u, z, scale, height))
    disc = disc * np.exp(0.16 * texture(rng, u / (12 * scale), z / (8 * height), (20, 4)))
    young = min(0.6, 0.3 * galaxy.star_formation)
    share = 1 - galaxy.bulge_fraction
    old = unit(disc_from_the_side(u, z, 1.1 * scale, 2.6 * height))
    drawing.add(unit(sheet.settle(disc)), share * (0.8 - young), "disc")
    drawing.add(unit(sheet.settle(old)), share * 0.2, "old")
    thin = disc_from_the_side(u, z, 1.15 * scale, 0.6 * height)
    drawing.add(unit(sheet.settle(thin)), share * young, "young")
    _add_side_bulge(drawing)
    lost = extinguished(1.6 * galaxy.dust_mag)
    lane = _lane(u, z, scale, height, rng)
    drawing.take(sheet.settle(share * (0.8 - young) * disc * lane), lost, "disc")
    if galaxy.bulge_fraction > 0.05:
        soft = np.exp(-np.sqrt(u**2 + (v / 0.7) ** 2 + height**2) / (0.12 * galaxy.radius_arcsec))
        drawing.take(sheet.settle(0.35 * galaxy.bulge_fraction * unit(soft) * lane), lost, "old")
    knotty = thin * np.exp(texture(rng, u / (12 * scale), z / (8 * height), (40, 8)))
    add_knots(drawing, sheet, knotty, 0.10 * share * young, rng)


def _lane(u: Plane, z: Plane, scale: float, height: float, rng: np.random.Generator) -> Plane:
    middle = rng.normal(0, 0.25) * height
    thick = 0.36 * height * (1 + 0.25 * texture(rng, u / (12 * scale), z * 0, (24, 1)))
    lane: Plane = np.exp(-0.5 * ((z - middle) / np.maximum(thick, 0.1 * height)) ** 2)
    lane = lane * np.exp(-np.abs(u) / (3.2 * scale))
    return lane.astype(np.float32)


def _add_side_bulge(drawing: Drawing) -> None:
    galaxy = drawing.galaxy
    radius = galaxy.radius_arcsec * (0.12 + 0.3 * galaxy.bulge_fraction)
    if galaxy.sersic_index >= BOXY_BELOW:
        profile = sersic(galaxy.sersic_index, radius, 0.75, galaxy.angle_rad)
        drawing.add(profile, galaxy.bulge_fraction, "old")
        return
    for tilt in (-0.42, 0.42):  # two crossed ellipses have boxy, even X-shaped, isophotes
        profile = sersic(1.0, 1.2 * radius, 0.5, galaxy.angle_rad + tilt)
        drawing.add(profile, galaxy.bulge_fraction / 2, "old")
