"""Whether 80 per cent means eight in ten, and what makes it so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from astro_core.evaluation.report import Classes, Floats, check

N_BINS = 15
_TINY = 1e-12
UNDEFINED_BELOW = 0.75


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How well confidence matches accuracy.

    Attributes
    ----------
    ece : float
        Expected calibration error (Naeini et al. 2015, AAAI) in `N_BINS` bins of equal width.
    chance : float
        What a perfectly calibrated model of these confidences shows on so few objects, on the
        mean of the draws.
    chance_95 : float
        What 95 % of the draws stay below: an error beyond it is more than chance.
    bins : DataFrame
        Per bin with objects: low, high, n, confidence, accuracy.
    """

    n: int
    ece: float
    chance: float
    chance_95: float
    bins: pd.DataFrame


def calibration(
    probabilities: Floats, truth: Classes, *, draws: int = 200, seed: int = 0
) -> Calibration:
    """Compare the confidence of the answers with how often they are right.

    Parameters
    ----------
    probabilities : array, shape (n, n_classes)
    truth : array of int, shape (n,)
    draws : int
        Simulated perfectly calibrated models from which `chance` is taken; with none it is NaN.
    """
    check(probabilities, truth, probabilities.shape[1])
    confidence = np.clip(probabilities.max(axis=1), 0.0, 1.0)
    right = (probabilities.argmax(axis=1) == truth).astype(float)
    place = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    n = np.bincount(place, minlength=N_BINS)
    filled = n > 0
    mean = np.bincount(place, confidence, N_BINS)[filled] / n[filled]
    accuracy = np.bincount(place, right, N_BINS)[filled] / n[filled]
    rng = np.random.default_rng(seed)
    simulated = [
        _ece((rng.random(len(truth)) < confidence).astype(float), confidence, place)
        for _ in range(draws)
    ] or [np.nan]
    edges = np.linspace(0, 1, N_BINS + 1)
    bins = pd.DataFrame(
        {
            "low": edges[:-1][filled],
            "high": edges[1:][filled],
            "n": n[filled],
            "confidence": mean,
            "accuracy": accuracy,
        }
    )
    return Calibration(
        n=len(truth),
        ece=_ece(right, confidence, place),
        chance=float(np.mean(simulated)),
        chance_95=float(np.quantile(simulated, 0.95)),
        bins=bins,
    )


def _ece(right: Floats, confidence: Floats, place: Classes) -> float:
    gaps = np.abs(np.bincount(place, right - confidence, N_BINS))
    return float(gaps.sum() / len(right))


def temperature(probabilities: Floats, truth: Classes) -> float:
    """Find the temperature that makes the labels most probable (Guo et al. 2017, ICML).

    Fit it on galaxies that were used for nothing else.

    Returns
    -------
    float
        Above 1 for a model that is too sure of itself; between 0.05 and 20.
    """
    from scipy.optimize import minimize_scalar

    check(probabilities, truth, probabilities.shape[1])
    logits = np.log(np.maximum(probabilities, _TINY))

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        scaled -= scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(truth)), truth]
        return float((np.log(np.exp(scaled).sum(axis=1)) - chosen).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return float(np.exp(found.x))


def at_temperature(probabilities: Floats, value: float) -> Floats:
    """Return probabilities softened (above 1) or sharpened (below 1); rows still sum to 1."""
    logits = np.log(np.maximum(probabilities, _TINY)) / value
    logits -= logits.max(axis=1, keepdims=True)
    scaled = np.exp(logits)
    normal: Floats = scaled / scaled.sum(axis=1, keepdims=True)
    return normal


def conformal_threshold(probabilities: Floats, truth: Classes, coverage: float) -> float:
    """Find the probability from which on a class belongs to the prediction set.

    Split conformal prediction with the score 1 - p(label) (Sadinle et al. 2019, JASA 114, 223):
    sets built with it hold the label of a new galaxy of the same kind with at least the stated
    coverage. Fit it on galaxies that were used for nothing else.

    Returns
    -------
    float
        0 where there are too few galaxies for so high a coverage: the set is then every class.
    """
    check(probabilities, truth, probabilities.shape[1])
    n = len(truth)
    scores = 1.0 - probabilities[np.arange(n), truth]
    rank = int(np.ceil((n + 1) * coverage))
    if rank > n:
        return 0.0
    return float(1.0 - np.sort(scores)[rank - 1])


def undefined(probabilities: Floats, below: float = UNDEFINED_BELOW) -> np.ndarray:
    """Return which answers are undefined: the top probability is below the threshold.

    With two classes that is the band [1 - below, below] of either probability.
    """
    return np.asarray(probabilities.max(axis=1) < below)
