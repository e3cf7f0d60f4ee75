"""Forty volunteers answer the Galaxy Zoo 2 decision tree, as well as the image lets them.

How clearly a volunteer sees depends on the galaxy's size against the seeing and on its S/N, on
the question (arms are harder to count than ellipses to judge) and on the volunteer. Who does
not see the answer gives the one that a blurred galaxy suggests: smooth, no bar, cannot tell. So
features are lost with distance as in the real project (Bamford et al. 2009, MNRAS 393, 1324).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.demo.bands import Floats
from astro_core.datasets.demo.population import Galaxy, stream
from astro_core.datasets.demo.truth import expert_answers
from astro_core.datasets.gz2 import GZ2_QUESTIONS

N_VOLUNTEERS = 40
_ASKED_IN_ORDER = (
    "t01_smooth_or_features",
    "t02_edgeon",
    "t07_rounded",
    "t09_bulge_shape",
    "t03_bar",
    "t04_spiral",
    "t10_arms_winding",
    "t11_arms_number",
    "t05_bulge_prominence",
    "t06_odd",
    "t08_odd_feature",
)
_EASE = {
    "t01_smooth_or_features": 0.6,
    "t02_edgeon": 0.8,
    "t03_bar": -0.2,
    "t04_spiral": 0.1,
    "t05_bulge_prominence": 0.2,
    "t06_odd": 0.2,
    "t07_rounded": 1.8,
    "t08_odd_feature": 0.2,
    "t09_bulge_shape": -0.2,
    "t10_arms_winding": -0.4,
    "t11_arms_number": -0.6,
}
_BLIND = {
    "t01_smooth_or_features": (0.76, 0.20, 0.04),
    "t02_edgeon": (0.18, 0.82),
    "t03_bar": (0.14, 0.86),
    "t04_spiral": (0.38, 0.62),
    "t05_bulge_prominence": (0.14, 0.46, 0.34, 0.06),
    "t06_odd": (0.09, 0.91),
    "t07_rounded": (0.40, 0.48, 0.12),
    "t08_odd_feature": (0.10, 0.06, 0.20, 0.22, 0.26, 0.12, 0.04),
    "t09_bulge_shape": (0.55, 0.10, 0.35),
    "t10_arms_winding": (0.34, 0.38, 0.28),
    "t11_arms_number": (0.07, 0.36, 0.05, 0.03, 0.05, 0.44),
}
_QUESTIONS = {question.name: question for question in GZ2_QUESTIONS}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The volunteers of a survey; each looks at every object.

    Attributes
    ----------
    skill : array, shape (n_volunteers,)
        Added to the logit of seeing clearly.
    slips : array, shape (n_volunteers,)
        How often somebody clicks at random.
    """

    skill: Floats
    slips: Floats


def draw_panel(seed: int) -> Panel:
    """Draw the volunteers of a survey."""
    rng = stream(seed, "panel")
    return Panel(skill=rng.normal(0.0, 0.7, N_VOLUNTEERS), slips=rng.beta(1.5, 45.0, N_VOLUNTEERS))


def clarity(snr: float, radius_arcsec: float, fwhm_arcsec: float) -> float:
    """Logit of seeing a question of middling difficulty clearly.

    Parameters
    ----------
    snr : float
        S/N of the half-light aperture in R.
    radius_arcsec, fwhm_arcsec : float
        Half-light radius of the galaxy and width of the PSF.
    """
    signal = math.log10(max(snr, 0.1) / 45.0)
    size = math.log10(radius_arcsec / (1.9 * fwhm_arcsec))
    return 4.0 * signal + 6.0 * size


def vote(
    galaxy: Galaxy, clear: float, panel: Panel, rng: np.random.Generator
) -> Mapping[str, NDArray[np.int64]]:
    """Lead every volunteer down the tree.

    Parameters
    ----------
    clear : float
        What `clarity` says of the image.

    Returns
    -------
    dict
        Question to the answer of each volunteer, shape (n_volunteers,), -1 who was not asked.
    """
    truth = expert_answers(galaxy)
    n = panel.skill.size
    asked = {name: np.zeros(n, dtype=bool) for name in _ASKED_IN_ORDER}
    asked[_ASKED_IN_ORDER[0]][:] = True
    given: dict[str, NDArray[np.int64]] = {}
    for name in _ASKED_IN_ORDER:
        answers = _answer(truth[name], name, clear, panel, rng)
        answers[~asked[name]] = -1
        given[name] = answers
        for index, answer in enumerate(_QUESTIONS[name].answers):
            if answer.next_question:
                asked[answer.next_question] |= answers == index
    return given


def _answer(
    truth: Floats, name: str, clear: float, panel: Panel, rng: np.random.Generator
) -> NDArray[np.int64]:
    sees = 1.0 / (1.0 + np.exp(-(clear + _EASE[name] + panel.skill)))[:, None]
    chances = sees * truth + (1.0 - sees) * np.asarray(_BLIND[name])
    slips = panel.slips[:, None]
    chances = (1.0 - slips) * chances + slips / truth.size
    limits = np.cumsum(chances, axis=1)[:, :-1]
    answers: NDArray[np.int64] = (rng.uniform(size=(panel.skill.size, 1)) > limits).sum(axis=1)
    return answers


def tally(given: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.int64]]:
    """Count the votes of each question; arrays have shape (n_answers,)."""
    return {
        name: np.bincount(given[name][given[name] >= 0], minlength=len(question.answers))
        for name, question in _QUESTIONS.items()
    }
