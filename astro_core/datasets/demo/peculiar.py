"""Galaxies out of order: mergers with tidal tails, and disturbed ones."""

from __future__ import annotations

import math

import numpy as np

from astro_core.datasets.demo.arms import draw_arms
from astro_core.datasets.demo.components import Drawing, sersic
from astro_core.datasets.demo.discs import (
    RADIUS_PER_SCALE,
    add_bulge,
    add_disc,
    add_knots,
    polar,
)
from astro_core.datasets.demo.sheet import Plane, Sheet, texture, unit

Curve = tuple[Plane, Plane, Plane, Plane]


def tidal_tail(x0: float, y0: float, length: float, turn: int, rng: np.random.Generator) -> Curve:
    """Points along a tail that leaves (x0, y0): x, y in arcsec, light, and progress 0 to 1."""
    t = np.sort(rng.uniform(0, 1, 420)) ** 0.8
    sweep = rng.uniform(1.2, 2.8)
    angle = rng.uniform(0, 2 * math.pi) + turn * sweep * t
    distance = length * (0.12 + 0.88 * t)
    width = length * (0.035 + 0.075 * t)
    x = x0 + distance * np.cos(angle) + rng.normal(0, 1, t.size) * width
    y = y0 + distance * np.sin(angle) + rng.normal(0, 1, t.size) * width
    wave = 1 + 0.5 * np.sin(2 * math.pi * (t * rng.uniform(1, 3) + rng.uniform()))
    light = wave * (1 - t) ** rng.uniform(0.5, 1.1)
    return x.astype("f4"), y.astype("f4"), light.astype("f4"), t.astype("f4")


def tail_image(sheet: Sheet, curve: Curve, radius: float) -> Plane:
    """Image of a tail: narrow near the galaxy, wide and faint at its end."""
    x, y, light, t = curve
    image = np.zeros_like(sheet.x)
    for low, high, blur in ((0.0, 0.35, 0.11), (0.35, 0.7, 0.17), (0.7, 1.01, 0.26)):
        part = (t >= low) & (t < high)
        image += sheet.points(x[part], y[part], light[part], max(blur * radius, 0.35))
    return image


def draw_merger(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw two galaxies in collision: two nuclei, torn discs, tails and a bridge."""
    galaxy = drawing.galaxy
    radius = galaxy.radius_arcsec
    sheet = Sheet(radius, 4.2 * radius, drawing.most_px)
    apart = radius * rng.uniform(0.75, 1.9)
    way = rng.uniform(0, 2 * math.pi)
    ratio = rng.uniform(0.25, 1.0)
    share = 1 / (1 + ratio)
    torn = np.zeros_like(sheet.x)
    turn = int(rng.choice([-1, 1]))
    for part, side in ((share, -(1 - share)), (1 - share, share)):
        x, y = side * apart * math.cos(way), side * apart * math.sin(way)
        _add_progenitor(drawing, (x, y), part, radius * math.sqrt(part) * 0.95, rng)
        curve = tidal_tail(x, y, radius * rng.uniform(1.9, 3.4), turn, rng)
        torn += part * unit(tail_image(sheet, curve, radius))
    torn += 0.35 * unit(_bridge(sheet, apart, way, share, radius, rng))
    weight = 0.16 + 0.14 * galaxy.lopsided
    drawing.add(unit(sheet.settle(torn)), weight, "disc")
    nurseries = torn**1.2 * np.exp(texture(rng, sheet.x / 200, sheet.y / 200, (60, 60)))
    add_knots(drawing, sheet, nurseries, 0.05 * galaxy.star_formation, rng)


def _bridge(
    sheet: Sheet, apart: float, way: float, share: float, radius: float, rng: np.random.Generator
) -> Plane:
    along = rng.uniform(-(1 - share), share, 200) * apart
    aside = rng.normal(0, 0.12 * radius, 200)
    x = along * math.cos(way) - aside * math.sin(way)
    y = along * math.sin(way) + aside * math.cos(way)
    one = np.ones(200, dtype=np.float32)
    return sheet.points(x.astype("f4"), y.astype("f4"), one, 0.16 * radius)


def _add_progenitor(
    drawing: Drawing,
    place: tuple[float, float],
    weight: float,
    radius: float,
    rng: np.random.Generator,
) -> None:
    old = rng.random() < 0.3
    q, angle = rng.uniform(0.45, 0.95), rng.uniform(0, math.pi)
    nucleus = sersic(2.0, 0.22 * radius, max(q, 0.7), angle).shift(*place)
    drawing.add(nucleus, 0.28 * weight, "old")
    body = sersic(2.0 if old else 1.0, 0.9 * radius, q, angle).shift(*place)
    drawing.add(body, 0.42 * weight, "old" if old else "disc")
    aside = rng.normal(0, 0.22 * radius, 2)
    skew = sersic(1.0, 0.75 * radius, 0.6 * q + 0.2, angle + 0.5)
    skew = skew.shift(place[0] + aside[0], place[1] + aside[1])
    drawing.add(skew, 0.30 * weight, "old" if old else "young")


def draw_disturbed(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw one disc pulled out of shape: lopsided, bent, with a plume and clumps."""
    galaxy = drawing.galaxy
    scale = galaxy.radius_arcsec / RADIUS_PER_SCALE
    sheet = Sheet(galaxy.radius_arcsec, 6.0 * scale, drawing.most_px)
    u, v = sheet.turned(galaxy.angle_rad, galaxy.axis_ratio)
    pull = galaxy.lopsided * scale
    bent_u = u + 0.45 * pull * np.tanh(v / scale) ** 2
    bent_v = v + 0.40 * pull * np.sin(u / (1.3 * scale) + rng.uniform(0, 2 * math.pi))
    plane = polar(bent_u, bent_v, scale)
    plane.r[...] *= 1 + 0.33 * galaxy.lopsided * np.cos(plane.theta - rng.uniform(0, 2 * math.pi))
    rough = np.exp(0.5 * texture(rng, u / (20 * scale), v / (20 * scale), (22, 22), 3))
    body = unit(np.exp(-plane.r / scale) * rough)
    if galaxy.n_arms:
        add_disc(drawing, sheet, plane, draw_arms(galaxy, plane, rng), rng)
    else:
        add_bulge(drawing, galaxy.bulge_fraction)
    drawing.add(unit(sheet.settle(body)), 0.8, "disc")
    curve = tidal_tail(0.0, 0.0, galaxy.radius_arcsec * rng.uniform(1.8, 3.0), 1, rng)
    plume = unit(tail_image(sheet, curve, galaxy.radius_arcsec))
    drawing.add(unit(sheet.settle(plume)), 0.20 * galaxy.lopsided, "disc")
    add_knots(drawing, sheet, body**1.2 * rough, 0.06 * galaxy.star_formation, rng)
