"""Discs seen well: spirals with and without bars, lenticulars, rings; and ellipticals."""

from __future__ import annotations

import math

import numpy as np

from astro_core.datasets.demo.arms import Arms, DiscPlane, draw_arms
from astro_core.datasets.demo.components import Drawing, sersic
from astro_core.datasets.demo.sheet import Plane, Sheet, texture, unit
from astro_core.datasets.demo.spectra import extinguished

RADIUS_PER_SCALE = 1.678  # half-light radius of an exponential disc in scale lengths


def draw_elliptical(drawing: Drawing, _rng: np.random.Generator) -> None:
    """Draw a smooth galaxy, a little bluer outside than inside."""
    galaxy = drawing.galaxy
    q, angle = galaxy.axis_ratio, galaxy.angle_rad
    drawing.add(sersic(galaxy.sersic_index, galaxy.radius_arcsec, q, angle), 0.85, "old")
    outer = min(1.0, q * 1.06)
    drawing.add(sersic(1.0, 1.5 * galaxy.radius_arcsec, outer, angle), 0.15, "disc")


def bulge_ratio(drawing: Drawing) -> float:
    """Axis ratio of a slightly flattened bulge in a disc seen at an angle."""
    return math.sqrt(0.55**2 + (1 - 0.55**2) * drawing.galaxy.axis_ratio**2)


def add_bulge(drawing: Drawing, weight: float) -> None:
    """Add the bulge; the larger its share, the larger its size."""
    galaxy = drawing.galaxy
    radius = galaxy.radius_arcsec * (0.12 + 0.42 * galaxy.bulge_fraction)
    profile = sersic(galaxy.sersic_index, radius, bulge_ratio(drawing), galaxy.angle_rad)
    drawing.add(profile, weight, "old")


def _sheet_and_plane(drawing: Drawing, reach_scales: float) -> tuple[Sheet, Plane, Plane, float]:
    galaxy = drawing.galaxy
    scale = galaxy.radius_arcsec / RADIUS_PER_SCALE
    sheet = Sheet(galaxy.radius_arcsec, reach_scales * scale, drawing.most_px)
    u, v = sheet.turned(galaxy.angle_rad, galaxy.axis_ratio)
    return sheet, u, v, scale


def polar(u: Plane, v: Plane, scale: float) -> DiscPlane:
    """Polar coordinates of a disc's plane."""
    return DiscPlane(r=np.hypot(u, v), theta=np.arctan2(v, u), scale=scale)


def exponential(r: Plane, scale: float) -> Plane:
    """Exponential disc, sampled and scaled to sum 1 on its sheet."""
    return unit(np.exp(-r / scale))


def bar_image(u: Plane, v: Plane, length: float, rng: np.random.Generator) -> Plane:
    """Ferrers-like bar with boxy isophotes (Athanassoula et al. 1990, MNRAS 245, 130)."""
    width = length * rng.uniform(0.24, 0.36)
    c = rng.uniform(2.3, 3.2)
    m = (np.abs(u / length) ** c + np.abs(v / width) ** c) ** (2 / c)
    bar: Plane = np.clip(1.15 - m, 0, None) ** 1.7
    return bar


def add_knots(
    drawing: Drawing, sheet: Sheet, nurseries: Plane, weight: float, rng: np.random.Generator
) -> None:
    """Scatter HII regions over the places where stars form, their luminosities a power law.

    The luminosity function is that of Kennicutt et al. 1989 (ApJ 337, 761), dN/dL ~ L^-2.
    """
    chance = np.clip(nurseries, 0, None).ravel().astype(np.float64)
    if weight <= 0 or chance.sum() <= 0:
        return
    radius_px = drawing.galaxy.radius_arcsec / 0.55
    n = int(np.clip(10 + 5.5 * radius_px * drawing.galaxy.star_formation, 8, 260))
    picked = rng.choice(chance.size, n, p=chance / chance.sum())
    light = 1.0 / rng.uniform(0.035, 1.0, n).astype(np.float32)
    jitter = rng.normal(0, sheet.step, (2, n)).astype(np.float32)
    x, y = sheet.x.ravel()[picked] + jitter[0], sheet.y.ravel()[picked] + jitter[1]
    size = max(0.22, 0.035 * drawing.galaxy.radius_arcsec)
    small = sheet.points(x, y, light * 0.6, size)
    wide = sheet.points(x, y, light * 0.4, 2.4 * size)
    drawing.add(unit(sheet.settle(small + wide)), weight, "knot")


def draw_spiral(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw disc, bulge, bar if there is one, arms, knots and dust."""
    sheet, u, v, scale = _sheet_and_plane(drawing, 5.6)
    twist = rng.uniform(0, math.pi)  # the bar may point anywhere in the disc
    u, v = u * math.cos(twist) + v * math.sin(twist), v * math.cos(twist) - u * math.sin(twist)
    if drawing.galaxy.bar:
        length = drawing.galaxy.bar * scale
        share = 0.10 + 0.09 * drawing.galaxy.bar
        drawing.add(unit(sheet.settle(bar_image(u, v, length, rng))), share, "old")
    plane = polar(u, v, scale)
    arms = draw_arms(drawing.galaxy, plane, rng)
    add_disc(drawing, sheet, plane, arms, rng)


def add_disc(
    drawing: Drawing, sheet: Sheet, plane: DiscPlane, arms: Arms, rng: np.random.Generator
) -> None:
    """Add bulge, smooth disc, arms, knots and dust lanes in shares that follow the stage."""
    galaxy = drawing.galaxy
    bulge = galaxy.bulge_fraction
    spiral = (1 - bulge) * float(np.clip(0.20 + 0.15 * galaxy.star_formation, 0.15, 0.46))
    smooth = 1 - bulge - spiral
    add_bulge(drawing, bulge)
    profile = sersic(1.0, galaxy.radius_arcsec, galaxy.axis_ratio, galaxy.angle_rad)
    drawing.add(profile, smooth, "disc")
    light = unit(sheet.settle(arms.light))
    drawing.add(light, 0.88 * spiral, "young")
    add_knots(drawing, sheet, arms.nurseries, 0.26 * spiral * galaxy.star_formation, rng)
    lost = extinguished(1.3 * galaxy.dust_mag)
    lanes = sheet.settle(exponential(plane.r, plane.scale) * arms.lanes)
    drawing.take((0.9 * smooth * lanes).astype(np.float32), lost, "disc")


def draw_lenticular(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw a smooth old disc with a large bulge, sometimes a bar or a faint lens."""
    galaxy = drawing.galaxy
    add_bulge(drawing, galaxy.bulge_fraction)
    smooth = 1 - galaxy.bulge_fraction
    q, angle = galaxy.axis_ratio, galaxy.angle_rad
    drawing.add(sersic(1.0, galaxy.radius_arcsec, q, angle), 0.8 * smooth, "old")
    drawing.add(sersic(0.5, 1.1 * galaxy.radius_arcsec, q, angle), 0.2 * smooth, "disc")
    if galaxy.bar:
        sheet, u, v, scale = _sheet_and_plane(drawing, 2.5)
        image = bar_image(u, v, galaxy.bar * scale, rng)
        drawing.add(unit(sheet.settle(image)), 0.16, "old")


def draw_ring(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw a ring of young stars around an old nucleus that need not be in its middle."""
    galaxy = drawing.galaxy
    sheet, u, v, scale = _sheet_and_plane(drawing, 5.0)
    plane = polar(u, v, scale)
    radius = galaxy.radius_arcsec * rng.uniform(1.05, 1.45)
    around, outward = plane.theta / (2 * math.pi), plane.r / (8 * scale)
    bent = radius * (1 + 0.07 * texture(rng, around, outward, (5, 1), 2))
    width = radius * rng.uniform(0.08, 0.2) * np.where(plane.r > bent, 1.7, 0.8)
    ring = np.exp(-0.5 * ((plane.r - bent) / width) ** 2)
    ring *= 1 + 0.7 * galaxy.lopsided * np.cos(plane.theta - rng.uniform(0, 2 * math.pi))
    clumpy = ring * np.exp(0.55 * texture(rng, around, outward, (12, 6), 3))
    share = (1 - galaxy.bulge_fraction) * rng.uniform(0.5, 0.75)
    away = 0.12 * radius * galaxy.lopsided
    nucleus = sersic(galaxy.sersic_index, 0.3 * galaxy.radius_arcsec, bulge_ratio(drawing))
    drawing.add(nucleus.shift(away, -0.6 * away), galaxy.bulge_fraction, "old")
    smooth = sersic(1.0, galaxy.radius_arcsec, galaxy.axis_ratio, galaxy.angle_rad)
    drawing.add(smooth, 1 - galaxy.bulge_fraction - share, "disc")
    drawing.add(unit(sheet.settle(clumpy)), share, "young")
    add_knots(drawing, sheet, clumpy**2, 0.3 * share * galaxy.star_formation, rng)
