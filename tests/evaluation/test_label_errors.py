"""Planted label errors are found; clean labels are left alone."""

import numpy as np
import pytest

from astro_core.errors import BadInputError
from astro_core.evaluation.label_errors import label_errors

NAMES = ("elliptical", "spiral", "merger")


def seen(n=600, wrong=30, seed=0, k=3):
    """Probabilities of a good model that never saw these galaxies; the first labels are wrong."""
    rng = np.random.default_rng(seed)
    real = rng.integers(0, k, n)
    p = rng.dirichlet(np.ones(k), n) * 0.3
    p[np.arange(n), real] += 0.7
    labels = real.copy()
    labels[:wrong] = (labels[:wrong] + 1) % k
    return p, labels, real


def test_planted_errors_come_first_with_the_right_class():
    p, labels, real = seen()
    found = label_errors(p, labels, NAMES)
    assert set(found["row"]) <= set(range(30))  # not one that is right
    assert len(found) > 20  # the others the model was not so sure of
    assert found["suggested"].tolist() == [NAMES[c] for c in real[found["row"]]]
    assert found["label"].tolist() == [NAMES[c] for c in labels[found["row"]]]
    assert found["p_label"].is_monotonic_increasing
    assert (found["p_suggested"] > found["p_label"]).all()


def test_clean_labels_are_left_alone():
    p, labels, _ = seen(wrong=0)
    assert label_errors(p, labels, NAMES).empty


def test_a_class_without_labels_suggests_nothing():
    p, labels, _ = seen(k=2)
    p = np.hstack([p, np.zeros((len(p), 1))])
    found = label_errors(p, labels, NAMES)
    assert len(found) > 20
    assert set(found["suggested"]) <= {"elliptical", "spiral"}


def test_the_same_labels_give_the_same_list_and_are_not_changed():
    p, labels, _ = seen()
    before = p.copy()
    assert label_errors(p, labels, NAMES).equals(label_errors(p, labels, NAMES))
    assert (p == before).all()


def test_what_cannot_be_judged_is_refused():
    p, labels, _ = seen()
    with pytest.raises(BadInputError, match="one class only"):
        label_errors(p, np.zeros_like(labels), NAMES)
    with pytest.raises(BadInputError, match="no probabilities"):
        label_errors(p * 2, labels, NAMES)
    with pytest.raises(BadInputError, match="not numbers"):
        label_errors(np.full_like(p, np.nan), labels, NAMES)
    with pytest.raises(BadInputError, match="no labelled galaxy"):
        label_errors(p[:0], labels[:0], NAMES)
