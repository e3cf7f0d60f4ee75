"""From candidates to boxes."""

import numpy as np
import pytest

from astro_core.detection.box_voting import SAME, vote
from astro_core.detection.matching import overlaps


def candidates(n, seed=0, size=200.0):
    rng = np.random.default_rng(seed)
    middles, sides = rng.uniform(0, size, (n, 2)), np.exp(rng.uniform(1.5, 4.5, (n, 2)))
    return np.hstack([middles - sides / 2, middles + sides / 2]), rng.uniform(0.2, 1, n)


def by_all_pairs(boxes, scores, overlap):
    """The same, every candidate compared with every other one."""
    alike = overlaps(boxes, boxes)
    votes = np.where(alike > SAME, alike, 0.0) * scores**2
    total = votes.sum(axis=1)
    kept = []
    for i in np.argsort(-total, kind="stable"):
        if not (alike[i, kept] > overlap).any():
            kept.append(i)
    return (votes @ boxes / total[:, None])[kept], (total / (1 + total))[kept]


@pytest.mark.parametrize("overlap", [0.1, 0.3, 0.6, 0.95])
def test_neighbours_alone_give_what_all_pairs_give(overlap):
    boxes, scores = candidates(600)
    found = vote(boxes, scores, overlap)
    corners, sure = by_all_pairs(boxes, scores, overlap)
    assert found.scores == pytest.approx(sure, abs=1e-6)
    assert found.corners == pytest.approx(corners, abs=1e-3)


def test_a_larger_picture_of_the_same_sky_has_as_many_boxes_for_its_size():
    boxes, scores = candidates(400)
    one = vote(boxes, scores, 0.3)
    tiles = [boxes + np.tile([1000.0 * x, 1000.0 * y], 2) for x in range(4) for y in range(4)]
    many = vote(np.concatenate(tiles), np.tile(scores, 16), 0.3)
    assert len(many) == 16 * len(one)
    assert many.scores == pytest.approx(np.repeat(one.scores, 16), abs=1e-6)


def test_many_and_sure_candidates_make_a_sure_box_at_their_mean():
    boxes = np.array([[10, 10, 40, 40], [10, 10, 44, 40], [80, 80, 90, 90]], dtype=float)
    found = vote(boxes, np.array([0.8, 0.8, 0.9]), 0.3)
    assert len(found) == 2
    assert 42 > found.corners[0, 2] > 40
    assert found.scores[0] > found.scores[1]


def test_nothing_makes_nothing():
    assert len(vote(np.zeros((0, 4)), np.zeros(0), 0.3)) == 0
    assert len(vote(np.array([[3.0, 3, 3.5, 9]]), np.ones(1), 0.3)) == 0
