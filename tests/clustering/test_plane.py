import numpy as np
import pytest

from astro_core.clustering.plane import leading_plane


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
