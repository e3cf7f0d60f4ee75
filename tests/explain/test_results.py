import numpy as np
import pytest

from astro_core.errors import NotFoundError
from astro_core.explain.results import Maps, Rotation, enlarge, scaled


def test_a_map_keeps_its_place_when_enlarged():
    values = np.zeros((4, 4))
    values[0, 3] = 2
    large = enlarge(values, 40)
    assert large.shape == (40, 40)
    assert large[:10, 30:].mean() > 1
    assert large[0, 39] == 2
    assert large[20:, :20].max() == 0


@pytest.mark.parametrize("size", [3, 7, 48, 100])
def test_a_flat_map_stays_flat(size):
    np.testing.assert_allclose(enlarge(np.full((3, 3), 0.4), size), 0.4, rtol=1e-6)


def test_a_map_of_one_cell_covers_the_image():
    assert (enlarge(np.ones((1, 1)), 9) == 1).all()


def test_nothing_scaled_is_nothing():
    assert not scaled(np.full((2, 2), -1.0), 0.0).any()
    assert not scaled(np.zeros((2, 2)), float("nan")).any()


def test_what_speaks_against_an_answer_is_in_the_signed_map_only():
    values = np.array([[[-1.0, 0.5]]], dtype=np.float32)
    maps = Maps(outputs=("a",), values=values, size_px=2)
    assert maps.signed("a").min() == -1
    assert maps.shown("a").min() == 0
    with pytest.raises(NotFoundError, match="no map for 'b'"):
        maps.shown("b")


def turned(maps, answers=((0.8, 0.2), (0.4, 0.6), (0.7, 0.3))):
    n = len(answers)
    return Rotation(
        views=tuple("abc"[:n]),
        angles_deg=np.zeros(n, np.float32),
        mirrored=np.zeros(n, bool),
        outputs=("x", "y"),
        answers=np.array(answers, np.float32),
        images=np.zeros((n, 2, 2, 3), np.uint8),
        maps=np.asarray(maps, np.float32),
    )


def test_agreement_counts_the_usual_answer():
    found = turned(np.zeros((0, 2, 2, 2)))
    assert (found.usual, found.n_agreeing, found.n_views) == ("x", 2, 3)
    assert found.spread("x") == pytest.approx(np.std([0.8, 0.4, 0.7]))
    assert found.map_agreement("x") is None


def test_maps_that_are_alike_agree_and_flat_ones_say_nothing():
    one = np.arange(4).reshape(2, 2)
    alike = np.broadcast_to(one, (3, 2, 2, 2))
    assert turned(alike).map_agreement("x") == pytest.approx(1)
    assert turned(np.zeros((3, 2, 2, 2))).map_agreement("x") is None
