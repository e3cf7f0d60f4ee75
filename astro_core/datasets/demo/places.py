"""Where the simulated galaxies are: strips of southern sky, with groups of galaxies in them."""

from __future__ import annotations

import math
from functools import cache

from astro_core.datasets.demo.population import Galaxy, stream

# Right ascension and declination in degrees: a strip on the equator and two fields further south.
FOOTPRINT = (
    ((0.0, 45.0), (-1.4, 1.4)),
    ((22.0, 60.0), (-34.0, -29.0)),
    ((150.0, 166.0), (-30.0, -24.0)),
)
_N_GROUPS = 28
_GROUP_RADIUS_DEG = 0.55
_IN_GROUPS = {"elliptical": 0.55, "lenticular": 0.5, "merger": 0.35}
_IN_GROUPS_OTHERWISE = 0.22

Place = tuple[float, float]


def _anywhere(numbers: tuple[float, float, float]) -> Place:
    areas = [
        math.radians(ra[1] - ra[0]) * (math.sin(math.radians(d[1])) - math.sin(math.radians(d[0])))
        for ra, d in FOOTPRINT
    ]
    pick, across, up = numbers
    pick *= sum(areas)
    for (ra, dec), area in zip(FOOTPRINT, areas, strict=True):
        if pick <= area or (ra, dec) == FOOTPRINT[-1]:
            break
        pick -= area
    low, high = (math.sin(math.radians(d)) for d in dec)
    sine = low + up * (high - low)
    return ra[0] + across * (ra[1] - ra[0]), math.degrees(math.asin(sine))


@cache
def groups(seed: int) -> tuple[Place, ...]:
    """Middles of the groups of a survey."""
    rng = stream(seed, "groups")
    numbers = rng.uniform(0.02, 0.98, (_N_GROUPS, 3))
    return tuple(_anywhere((float(a), float(b), float(c))) for a, b, c in numbers)


def position(galaxy: Galaxy, seed: int, number: int) -> Place:
    """Right ascension and declination in degrees; smooth galaxies prefer groups.

    That early types live in dense places is Dressler 1980 (ApJ 236, 351).
    """
    rng = stream(seed, "groups", number)
    if rng.random() >= _IN_GROUPS.get(galaxy.kind, _IN_GROUPS_OTHERWISE):
        a, b, c = rng.random(3)
        return _anywhere((float(a), float(b), float(c)))
    ra, dec = groups(seed)[int(rng.integers(_N_GROUPS))]
    away = _GROUP_RADIUS_DEG * math.sqrt(rng.uniform(0.0, 1.0)) * rng.uniform(0.1, 1.0)
    way = rng.uniform(0.0, 2 * math.pi)
    dec = dec + away * math.sin(way)
    return (ra + away * math.cos(way) / math.cos(math.radians(dec))) % 360.0, dec
