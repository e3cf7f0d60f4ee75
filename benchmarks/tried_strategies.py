"""Ways to choose that are no entries of the registry: mixtures that were tried against it.

Each is ``choose(known, size, rng) -> places``; see `Known`.
"""

from dataclasses import dataclass

import numpy as np

from astro_core.labels.acquisition.kcenter import farthest_first
from astro_core.labels.acquisition.margin import margin


@dataclass(frozen=True)
class Known:
    """What is known of the galaxies that may be chosen.

    Attributes
    ----------
    probabilities : array, shape (n, n_classes)
    features : array, shape (n, n_features)
    covered : array, shape (m, n_features)
        Features of those that are labelled.
    labelled : array of int, shape (n_classes,)
        How many have each label.
    """

    probabilities: np.ndarray
    features: np.ndarray
    covered: np.ndarray
    labelled: np.ndarray


def margin_then_kcenter(known, size, rng):
    """The most diverse of the four times as many that are nearest to two classes."""
    near = np.argsort(margin(known.probabilities))[: 4 * size]
    return near[farthest_first(known.features[near], known.covered, size, rng)]


def rare_drawn(known, size, rng):
    """As the strategy margin_drawn, and the more the fewer labels the likely class has."""
    scarce = known.probabilities @ (1 / (known.labelled + 1))
    scores = np.log(scarce * (1 - margin(known.probabilities)) + 1e-12)
    return np.argsort(-(scores + rng.gumbel(size=len(scores))))[:size]


def badge(known, size, rng):
    """k-means++ on the gradients of the head (Ash et al. 2020, ICLR)."""
    p = known.probabilities
    off = np.eye(p.shape[1])[p.argmax(axis=1)] - p
    gradients = (off[:, :, None] * known.features[:, None, :]).reshape(len(p), -1)
    squares = np.einsum("ij,ij->i", gradients, gradients)
    chosen, far = [int(squares.argmax())], np.full(len(p), np.inf)
    while len(chosen) < size:
        last = chosen[-1]
        off = squares + squares[last] - 2 * gradients @ gradients[last]
        far = np.minimum(far, np.maximum(off, 0))
        far[chosen] = 0
        whole = far.sum()
        chances = far / whole if whole > 0 else None
        chosen.append(int(rng.choice(len(p), p=chances)))
    return np.array(chosen)


TRIED = {
    "margin+kcenter": margin_then_kcenter,
    "rare_drawn": rare_drawn,
    "badge": badge,
}
