"""Whether two maps agree, and how far from the centre a map is strong."""

import numpy as np
import pytest

from astro_core.errors import NotFoundError
from astro_core.explain.agreement import agreement, coarse, radial_profile
from astro_core.explain.results import Maps


def maps_of(values, outputs=("a",)):
    values = np.asarray(values, dtype=np.float32)
    return Maps(outputs=outputs, values=values.reshape(-1, *values.shape[-2:]), size_px=32)


def spot(size, row, column):
    y, x = np.mgrid[:size, :size] / size + 0.5 / size
    return np.exp(-((y - row) ** 2 + (x - column) ** 2) / 0.02)


def test_the_same_place_agrees_whatever_the_grid():
    fine, grid = maps_of(spot(32, 0.3, 0.7)), maps_of(spot(8, 0.3, 0.7))
    assert agreement(fine, grid, "a") > 0.95
    assert agreement(fine, grid, "a") == pytest.approx(agreement(grid, fine, "a"))
    assert agreement(fine, maps_of(spot(8, 0.8, 0.2)), "a") < 0


def test_what_speaks_against_the_answer_does_not_count():
    one = spot(8, 0.5, 0.5)
    other = one - 3 * spot(8, 0.1, 0.1)
    assert agreement(maps_of(one), maps_of(np.where(other < 0, -5, other)), "a") > 0.9


@pytest.mark.parametrize("values", [np.zeros((8, 8)), np.ones((8, 8)), spot(3, 0.5, 0.5)])
def test_nothing_is_compared_with_a_flat_map_or_one_of_few_cells(values):
    assert agreement(maps_of(values), maps_of(spot(8, 0.5, 0.5)), "a") is None


def test_an_answer_without_a_map_is_told():
    with pytest.raises(NotFoundError, match="no map for 'b'"):
        agreement(maps_of(spot(8, 0.5, 0.5)), maps_of(spot(8, 0.5, 0.5)), "b")


def test_means_over_a_grid():
    values = np.arange(36.0).reshape(6, 6)
    np.testing.assert_allclose(coarse(values, (2, 3))[0, 0], values[:3, :2].mean())
    assert coarse(values, (2, 3)).mean() == pytest.approx(values.mean())
    np.testing.assert_array_equal(coarse(values, (6, 6)), values)


def test_a_spot_in_the_centre_falls_off_outwards():
    profile = radial_profile(spot(64, 0.5, 0.5), 8)
    assert profile.shape == (8,)
    assert (np.diff(profile) < 0).all()
    np.testing.assert_allclose(radial_profile(np.ones((32, 32))), 1)
    assert np.isnan(radial_profile(np.ones((4, 4)), 16)).any()  # rings without a pixel
