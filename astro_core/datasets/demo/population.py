"""What is out there: the mix of types, and the true parameters of every simulated object."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

MIX = {
    "spiral": 0.235,
    "elliptical": 0.305,
    "barred_spiral": 0.145,
    "lenticular": 0.105,
    "edge_on_bulge": 0.060,
    "edge_on_no_bulge": 0.045,
    "merger": 0.040,
    "disturbed": 0.030,
    "ring": 0.023,
    "star": 0.012,
}
FLOCCULENT = 5  # arms: more than four, none of them long
BRIGHTEST_MAG, FAINTEST_MAG = 13.2, 19.6
_HUBBLE_DISTANCE_MPC = 299_792.458 / 70.0
_STREAM = {"types": 1, "groups": 2, "object": 3, "panel": 4, "frame": 5, "field": 6, "picture": 7}


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """Return the random numbers of one thing; no other thing draws from them."""
    return np.random.default_rng([seed, _STREAM[name], *numbers])


@dataclass(frozen=True, kw_only=True)
class Galaxy:
    """The truth about one object.

    Attributes
    ----------
    kind : str
        One of `MIX`.
    mag_r : float
        Total AB magnitude in R.
    radius_arcsec : float
        Half-light radius along the long axis.
    axis_ratio : float
        Short over long axis as seen; of the disc, where there is one.
    position_angle_deg : float
        Of the long axis, from north through east.
    stage : float
        Hubble stage: 0 early (S0/a), 8 late (Sdm); smooth galaxies have -5 to -1.
    n_arms : int
        0 for none, 1 to 4, and 5 for more than four (flocculent).
    winding : int
        +1 or -1: the sense in which the arms turn.
    bar : float
        Half-length of the bar in disc scale lengths, 0 without one.
    dust_mag, star_formation, lopsided
        Extinction in V of dust lanes, strength of arms and knots (about 1), and how far
        the galaxy is out of shape (0 to 1).
    """

    kind: str
    mag_r: float
    redshift: float
    radius_arcsec: float
    axis_ratio: float
    position_angle_deg: float
    stage: float
    bulge_fraction: float
    sersic_index: float
    n_arms: int = 0
    pitch_deg: float = 0.0
    winding: int = 1
    bar: float = 0.0
    dust_mag: float = 0.0
    star_formation: float = 0.0
    lopsided: float = 0.0
    redder: float = 0.0

    @property
    def angle_rad(self) -> float:
        """Direction of the long axis from +x; north is up and east is left."""
        return math.radians(self.position_angle_deg + 90.0)

    @property
    def is_edge_on(self) -> bool:
        """Whether it is a disc seen from the side."""
        return self.kind.startswith("edge_on")


def deal_kinds(n: int, seed: int) -> list[str]:
    """Types of `n` objects in the proportions of `MIX`, as nearly as whole numbers allow."""
    wanted = np.array(list(MIX.values())) / sum(MIX.values()) * n
    counts = np.floor(wanted).astype(int)
    rest = np.argsort(counts - wanted, kind="stable")[: n - counts.sum()]
    counts[rest] += 1
    kinds = np.repeat(list(MIX), counts)
    return [str(kind) for kind in stream(seed, "types").permutation(kinds)]


def distance_mpc(mag: float, absolute_mag: float) -> tuple[float, float]:
    """Luminosity distance in Mpc and redshift of a galaxy (H0 = 70, q0 = -0.55, z < 0.5)."""
    distance = 10 ** ((mag - absolute_mag - 25.0) / 5.0)
    ratio = distance / _HUBBLE_DISTANCE_MPC
    return distance, (math.sqrt(1.0 + 4.0 * 0.775 * ratio) - 1.0) / (2.0 * 0.775)


def draw_galaxy(rng: np.random.Generator, kind: str, mag_r: float | None = None) -> Galaxy:
    """Draw the parameters of one object.

    Sizes follow the size-luminosity relations of Shen et al. 2003 (MNRAS 343, 978) with their
    scatter; bulge, winding, colour and star formation run with the Hubble stage.
    """
    if mag_r is None:
        mag_r = BRIGHTEST_MAG + (FAINTEST_MAG - BRIGHTEST_MAG) * rng.beta(1.6, 2.2)
    early = kind in ("elliptical", "lenticular")
    absolute = rng.normal(-20.6 if early else -19.9, 0.9)
    distance, redshift = distance_mpc(mag_r, absolute)
    slope, at = (-0.24, 3.9) if early else (-0.12, 4.6)
    if kind.startswith("edge_on"):
        at *= 0.8
    size_kpc = at * 10 ** (slope * (absolute + 20.5)) * rng.lognormal(0.0, 0.24)
    radius = size_kpc / (distance / (1.0 + redshift) ** 2) / 1000.0 * 206_264.8
    common = {
        "kind": kind,
        "mag_r": float(mag_r),
        "redshift": float(redshift),
        "radius_arcsec": float(np.clip(radius, 0.5, 26.0)),
        "position_angle_deg": float(rng.uniform(0.0, 180.0)),
        "redder": float(rng.normal(0.0, 0.04)),
    }
    draw = {"elliptical": _elliptical, "lenticular": _lenticular, "star": _star}.get(kind, _late)
    return Galaxy(**{**common, **draw(rng, kind)})


def _elliptical(rng: np.random.Generator, _kind: str) -> dict[str, Any]:
    return {
        "axis_ratio": float(np.clip(1.0 - abs(rng.normal(0.0, 0.36)), 0.28, 0.99)),
        "stage": float(rng.uniform(-5.0, -3.0)),
        "bulge_fraction": 1.0,
        "sersic_index": float(rng.choice([2.5, 3.0, 3.5, 4.0, 4.5, 5.0])),
    }


def _star(rng: np.random.Generator, _kind: str) -> dict[str, Any]:
    return {
        "axis_ratio": 1.0,
        "stage": 0.0,
        "bulge_fraction": 0.0,
        "sersic_index": 0.0,
        "redder": float(rng.uniform(0.2, 1.4)),
        "redshift": 0.0,
        "radius_arcsec": 0.5,
    }


def _seen_from(rng: np.random.Generator, thickness: float, edge: float) -> float:
    """Axis ratio of a disc turned at random, not closer to edge-on than cos i = `edge`."""
    cosine = rng.uniform(edge, 1.0)
    return float(math.sqrt(cosine**2 * (1 - thickness**2) + thickness**2))


def _lenticular(rng: np.random.Generator, _kind: str) -> dict[str, Any]:
    barred = rng.random() < 0.25
    return {
        "axis_ratio": _seen_from(rng, 0.25, 0.12),
        "stage": float(rng.uniform(-3.0, -0.5)),
        "bulge_fraction": float(rng.uniform(0.25, 0.65)),
        "sersic_index": float(rng.choice([2.0, 2.5, 3.0])),
        "bar": float(rng.uniform(0.7, 1.2)) if barred else 0.0,
        "dust_mag": float(rng.exponential(0.15)),
    }


def _late(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    """Spirals and everything made from discs."""
    stage = float(rng.beta(1.9, 1.7) * 8.0)
    bulge = 0.48 * math.exp(-stage / 2.6) * rng.lognormal(0.0, 0.25)
    pitch = float(np.clip(8.0 + 2.9 * stage + rng.normal(0.0, 3.5), 6.0, 38.0))
    values = {
        "axis_ratio": _seen_from(rng, 0.18, 0.3),
        "stage": stage,
        "bulge_fraction": float(np.clip(bulge, 0.01, 0.6)),
        "sersic_index": float(rng.choice([1.0, 1.5, 2.0, 2.5, 3.0])),
        "n_arms": int(rng.choice([1, 2, 3, 4, FLOCCULENT], p=[0.06, 0.54, 0.13, 0.09, 0.18])),
        "pitch_deg": pitch,
        "winding": int(rng.choice([-1, 1])),
        "dust_mag": float(rng.uniform(0.2, 1.1)),
        "star_formation": float((0.45 + 0.11 * stage) * rng.lognormal(0.0, 0.3)),
        "redder": float(rng.normal(0.05 - 0.02 * stage, 0.04)),
    }
    return values | _PECULIAR.get(kind, lambda _rng: {})(rng)


def _barred(rng: np.random.Generator) -> dict[str, Any]:
    arms = int(rng.choice([1, 2, 3, 4, FLOCCULENT], p=[0.05, 0.68, 0.08, 0.09, 0.10]))
    return {"bar": float(rng.uniform(0.8, 1.7)), "n_arms": arms}


def _edge_on(bulge: tuple[float, float], rng: np.random.Generator) -> dict[str, Any]:
    return {
        "axis_ratio": float(rng.uniform(0.10, 0.24)),
        "bulge_fraction": float(rng.uniform(*bulge)),
        "n_arms": 0,
        "dust_mag": float(rng.uniform(0.2, 2.4)),
    }


def _ring(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "n_arms": 0,
        "bulge_fraction": float(rng.uniform(0.15, 0.45)),
        "axis_ratio": _seen_from(rng, 0.18, 0.45),
        "star_formation": float(rng.uniform(0.7, 1.6)),
        "lopsided": float(rng.uniform(0.0, 0.5)),
    }


def _merger(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "lopsided": float(rng.uniform(0.4, 1.0)),
        "star_formation": float(rng.uniform(0.5, 1.8)),
        "axis_ratio": _seen_from(rng, 0.2, 0.35),
    }


def _disturbed(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "lopsided": float(rng.uniform(0.5, 1.0)),
        "star_formation": float(rng.uniform(0.5, 1.8)),
        "n_arms": int(rng.choice([0, 1, 2])),
    }


_PECULIAR = {
    "barred_spiral": _barred,
    "edge_on_bulge": lambda rng: _edge_on((0.15, 0.45), rng),
    "edge_on_no_bulge": lambda rng: _edge_on((0.0, 0.02), rng),
    "ring": _ring,
    "merger": _merger,
    "disturbed": _disturbed,
}
