import numpy as np
import pytest

from astro_core.clustering.plane import leading_plane, parting_plane


@pytest.fixture
def values():
    random = np.random.default_rng(4)
    flat = random.normal(size=(4000, 2)) * [5.0, 2.0]
    turn = np.linalg.qr(random.normal(size=(6, 6)))[0]
    wide = np.concatenate([flat, 0.1 * random.normal(size=(4000, 4))], axis=1)
    return wide @ turn + 7


def test_the_plane_holds_what_varies_most(values):
    plane = leading_plane(values)
    assert plane.shares.sum() > 0.99
    np.testing.assert_allclose(plane.axes.T @ plane.axes, np.eye(2), atol=1e-12)
    spread = plane.points(values).std(axis=0)
    np.testing.assert_allclose(spread, [5, 2], rtol=0.05)


def test_components_are_taken_as_they_are(values):
    plane = leading_plane(values, components=True)
    np.testing.assert_allclose(
        plane.points(values), values[:, :2] - values[:, :2].mean(axis=0), atol=1e-9
    )


def test_a_plane_does_not_flip_with_the_order_of_the_galaxies(values):
    one, other = leading_plane(values), leading_plane(values[::-1])
    np.testing.assert_allclose(one.axes, other.axes, atol=1e-9)


def test_groups_part_where_their_means_differ_not_where_features_vary():
    random = np.random.default_rng(1)
    labels = np.arange(3000) % 3
    values = random.normal(size=(3000, 5)) * [9, 1, 1, 1, 1]
    values[:, 3] += 6 * (labels == 1)
    values[:, 4] += 6 * (labels == 2)
    means = np.stack([values[labels == group].mean(axis=0) for group in range(3)])
    plane = parting_plane(values, means, np.ones(3))
    assert (np.abs(plane.axes[3:]) ** 2).sum() > 1.9
    centres = plane.points(means)
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    assert apart[np.triu_indices(3, 1)].min() > 5
    np.testing.assert_allclose(plane.axes.T @ plane.axes, np.eye(2), atol=1e-12)
