"""Spiral arms: logarithmic spirals that wander, fork, fray and end, as real ones do."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from astro_core.datasets.demo.population import FLOCCULENT, Galaxy
from astro_core.datasets.demo.sheet import Plane, smoothstep, texture


@dataclass(frozen=True, kw_only=True)
class DiscPlane:
    """Polar coordinates in the plane of a disc, in arcsec and rad; arrays of one shape."""

    r: Plane
    theta: Plane
    scale: float


@dataclass(frozen=True, kw_only=True)
class Arms:
    """Brightness of arms, places where stars form, and depth of dust lanes (0 to 1)."""

    light: Plane
    nurseries: Plane
    lanes: Plane


def draw_arms(galaxy: Galaxy, plane: DiscPlane, rng: np.random.Generator) -> Arms:
    """Draw the arms of a disc.

    Each arm follows ``theta = theta_0 + ln(r / r_0) / tan(pitch)`` with a pitch, strength and
    length of its own; dust lies along the inner edge.
    """
    start = max(galaxy.bar, 0.45) * plane.scale
    if galaxy.n_arms == FLOCCULENT:
        return _flocculent(galaxy, plane, start, rng)
    light = np.zeros_like(plane.r)
    lanes = np.zeros_like(plane.r)
    first = 0.0 if galaxy.bar else rng.uniform(0, 2 * math.pi)
    for j in range(galaxy.n_arms):
        angle = first + 2 * math.pi * j / galaxy.n_arms + rng.normal(0, 0.12)
        strength = rng.uniform(0.65, 1.0)
        arm, lane = _arm(galaxy, plane, angle, start, rng)
        light += strength * arm
        lanes += lane
    for _ in range(rng.integers(0, 3)):
        arm, _lane = _arm(
            galaxy, plane, rng.uniform(0, 2 * math.pi), rng.uniform(1.2, 2.2) * plane.scale, rng
        )
        light += rng.uniform(0.2, 0.45) * arm
    return _frayed(galaxy, plane, light, lanes, rng)


def _along(galaxy: Galaxy, plane: DiscPlane) -> tuple[Plane, Plane]:
    """Coordinates that run across and along the winding, both with period 1."""
    pitch = math.radians(galaxy.pitch_deg)
    log_r = np.log(np.maximum(plane.r, 0.05 * plane.scale) / plane.scale)
    across = (plane.theta - galaxy.winding * log_r / math.tan(pitch)) / (2 * math.pi)
    return across, log_r / 4.0


def _arm(
    galaxy: Galaxy, plane: DiscPlane, angle: float, start: float, rng: np.random.Generator
) -> tuple[Plane, Plane]:
    pitch = math.radians(galaxy.pitch_deg * rng.uniform(0.9, 1.12))
    r, h = plane.r, plane.scale
    log_r = np.log(np.maximum(r, 0.2 * start) / start)
    wander = 0.16 * np.sin(rng.uniform(1.5, 3.5) * log_r + rng.uniform(0, 2 * math.pi))
    ridge = angle + galaxy.winding * log_r / math.tan(pitch) + wander
    off = (plane.theta - ridge + math.pi) % (2 * math.pi) - math.pi
    across = -galaxy.winding * r * off * math.sin(pitch)  # above 0 on the outer side
    width = h * (0.10 + 0.075 * r / h) * math.sqrt(galaxy.pitch_deg / 20.0) * rng.uniform(0.8, 1.3)
    end = h * rng.uniform(2.6, 4.2)
    reach = smoothstep(r, 0.55 * start, 1.25 * start) * (1 - smoothstep(r, 0.62 * end, 1.1 * end))
    uneven = np.where(across > 0, 1.3 * width, 0.75 * width)
    light = np.exp(-0.5 * (across / uneven) ** 2 - r / (1.35 * h)) * reach
    lane = np.exp(-0.5 * ((across + 1.1 * width) / (0.55 * width)) ** 2 - 0.25 * r / h) * reach
    return light, lane


def _frayed(
    galaxy: Galaxy, plane: DiscPlane, light: Plane, lanes: Plane, rng: np.random.Generator
) -> Arms:
    across, along = _along(galaxy, plane)
    patchy = np.exp(0.45 * texture(rng, across, along, (14, 9), 3))
    clumps = np.exp(0.9 * texture(rng, across, along, (18, 24), 2))
    return Arms(
        light=light * patchy,
        nurseries=light * clumps * np.exp(0.45 * plane.r / plane.scale),
        lanes=np.clip(lanes * np.exp(0.5 * texture(rng, across, along, (16, 12), 2)), 0, 1),
    )


def _flocculent(galaxy: Galaxy, plane: DiscPlane, start: float, rng: np.random.Generator) -> Arms:
    """Many short pieces of arms: noise drawn out along the winding."""
    across, along = _along(galaxy, plane)
    pieces = np.exp(1.15 * texture(rng, across, along, (9, 6), 2))
    end = plane.scale * rng.uniform(3.0, 4.2)
    reach = smoothstep(plane.r, 0.4 * start, 1.3 * start)
    reach *= (1 - smoothstep(plane.r, 0.5 * end, 1.1 * end)) * np.exp(-plane.r / plane.scale)
    dusty = np.clip(texture(rng, across + 0.03, along, (9, 7), 2) - 0.4, 0, 1)
    lanes = dusty * (1 - smoothstep(plane.r, 0.4 * end, 0.9 * end))
    return _frayed(galaxy, plane, pieces * reach, lanes, rng)
