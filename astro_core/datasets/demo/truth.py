"""What an expert with a perfect image would answer, question by question.

Kinds of galaxies shade into one another, so the right answer is a distribution: a galaxy with
an axis ratio of 0.8 is called round by some experts and in between by others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from astro_core.datasets.demo.bands import Floats
from astro_core.datasets.demo.edge_on import BOXY_BELOW
from astro_core.datasets.demo.population import FLOCCULENT, Galaxy

_FEATURED = {
    "elliptical": (0.95, 0.04, 0.01),
    "lenticular": (0.42, 0.57, 0.01),
    "ring": (0.05, 0.94, 0.01),
    "merger": (0.10, 0.87, 0.03),
    "disturbed": (0.14, 0.83, 0.03),
    "star": (0.12, 0.02, 0.86),
}
_ODD = {"ring": 0.93, "merger": 0.97, "disturbed": 0.90, "star": 0.3}
_ODD_FEATURE = {
    #          ring  lens  dist. irr.  other merger dust
    "ring": (0.90, 0.02, 0.02, 0.01, 0.02, 0.02, 0.01),
    "merger": (0.01, 0.01, 0.10, 0.03, 0.02, 0.82, 0.01),
    "disturbed": (0.02, 0.02, 0.60, 0.22, 0.04, 0.10, 0.00),
    "dusty": (0.01, 0.01, 0.04, 0.03, 0.06, 0.03, 0.82),
    "plain": (0.12, 0.06, 0.22, 0.14, 0.30, 0.12, 0.04),
}


def shades(value: float, edges: Sequence[float], width: float) -> Floats:
    """Probabilities of the bins that `edges` cut, softened over `width`; lowest bin first."""
    above = 1.0 / (1.0 + np.exp(-(value - np.asarray(edges)) / width))
    padded = np.concatenate([[1.0], above, [0.0]])
    probabilities: Floats = padded[:-1] - padded[1:]
    return probabilities


def _even(*values: float) -> Floats:
    summed: Floats = np.asarray(values, dtype=np.float64)
    even: Floats = summed / summed.sum()
    return even


def _arms(galaxy: Galaxy) -> Floats:
    """1, 2, 3, 4, more than 4, cannot tell."""
    votes = np.full(6, 0.02)
    if galaxy.n_arms == FLOCCULENT:
        votes[[2, 3, 4, 5]] = 0.08, 0.10, 0.42, 0.36
    elif galaxy.n_arms:
        votes[galaxy.n_arms - 1] = 0.78
        votes[5] = 0.12
    else:
        votes[5] = 0.8
    return _even(*votes)


def _smooth_or_features(galaxy: Galaxy) -> Floats:
    if galaxy.is_edge_on:
        bulge_hides_disc = 0.04 + 0.25 * galaxy.bulge_fraction
        return _even(bulge_hides_disc, 0.95 - bulge_hides_disc, 0.01)
    if galaxy.kind in _FEATURED:
        return _even(*_FEATURED[galaxy.kind])
    shown = 0.97 - 0.30 * math.exp(-3.0 * galaxy.star_formation)  # quiet arms are pale
    return _even(1 - shown, shown - 0.005, 0.005)


def _odd_feature(galaxy: Galaxy) -> Floats:
    dusty = galaxy.is_edge_on and galaxy.dust_mag > 1.2
    key = galaxy.kind if galaxy.kind in _ODD_FEATURE else ("dusty" if dusty else "plain")
    return _even(*_ODD_FEATURE[key])


def _bulge_shape(galaxy: Galaxy) -> Floats:
    none = float(shades(galaxy.bulge_fraction, [0.06], 0.02)[0])
    boxy = 0.6 if galaxy.sersic_index < BOXY_BELOW else 0.06
    return _even((1 - none) * (1 - boxy), (1 - none) * boxy, none)


def expert_answers(galaxy: Galaxy) -> Mapping[str, Floats]:
    """Return the probability of each answer, by question, in the order of the tree's answers."""
    q = galaxy.axis_ratio
    kind = galaxy.kind
    edge = 0.96 if galaxy.is_edge_on else float(shades(-q, [-0.30], 0.03)[1])
    bar = 0.04 + 0.88 * float(shades(galaxy.bar, [0.7], 0.12)[1]) if galaxy.bar else 0.04
    visible = float(shades(q, [0.36], 0.06)[1])
    spiral = 0.03 if not galaxy.n_arms else 0.72 + 0.24 * visible
    odd = _ODD.get(kind, 0.45 if galaxy.is_edge_on and galaxy.dust_mag > 1.2 else 0.04)
    return {
        "t01_smooth_or_features": _smooth_or_features(galaxy),
        "t02_edgeon": _even(edge, 1 - edge),
        "t03_bar": _even(bar * (0.5 + 0.5 * visible), 1 - bar * (0.5 + 0.5 * visible)),
        "t04_spiral": _even(spiral, 1 - spiral),
        "t05_bulge_prominence": shades(galaxy.bulge_fraction, [0.035, 0.19, 0.52], 0.03),
        "t06_odd": _even(odd, 1 - odd),
        "t07_rounded": shades(-q, [-0.80, -0.45], 0.035),
        "t08_odd_feature": _odd_feature(galaxy),
        "t09_bulge_shape": _bulge_shape(galaxy),
        "t10_arms_winding": shades(galaxy.pitch_deg, [14.0, 23.0], 2.0),
        "t11_arms_number": _arms(galaxy),
    }
