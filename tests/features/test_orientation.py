"""A galaxy seen at any angle becomes the same picture."""

import numpy as np
import pytest

from astro_core.features.orientation import normalise_orientation, orientations


def off(angle, expected):
    """Degrees between two directions."""
    return abs((angle - expected + 180) % 360 - 180)


@pytest.mark.parametrize("angle", [0, 17, 45, 90, 133, 180, 211, 270, 359])
@pytest.mark.parametrize("seed", [None, 1])
def test_the_angle_is_found_and_both_ends_are_told_apart(make, angle, seed):
    stamp = make.galaxy(angle=angle, tail=0.6, seed=seed)
    turned_by = orientations(stamp[None])[0]
    assert off(turned_by, -angle) < (0.6 if seed is None else 2.0)


def test_a_turned_galaxy_becomes_the_same_picture(make):
    lying = make.galaxy(angle=0)
    turned = np.stack([make.galaxy(angle=angle) for angle in (30, 77, 120, 200, 301)])
    same = normalise_orientation(turned).astype(float)
    reference = normalise_orientation(lying[None])[0].astype(float)
    before = np.abs(turned - lying.astype(float)).mean()
    for picture in same:
        assert np.abs(picture - reference).max() < 8  # of 255: interpolation
        assert np.abs(picture - reference).mean() < before / 20


def test_a_neighbour_and_a_bright_sky_do_not_turn_it(make):
    alone = make.galaxy(angle=40, side=97)
    crowded = alone.copy()
    crowded[6:16, 60:70] = 255
    assert off(orientations(crowded[None])[0], orientations(alone[None])[0]) < 0.5
    bright = np.clip(alone.astype(int) + 40, 0, 255).astype(np.uint8)
    assert off(orientations(bright[None])[0], orientations(alone[None])[0]) < 3


def test_a_mirrored_galaxy_stays_mirrored(make):
    """Arms that wind clockwise must not come to wind the other way."""
    stamp = make.galaxy(angle=50, tail=0.6)
    stamp[20:26, 34:40] = 255
    here, mirrored = normalise_orientation(np.stack([stamp, stamp[::-1]])).astype(float)
    assert np.abs(here - mirrored[::-1]).max() < 12
    assert np.abs(here - mirrored).max() > 60


def test_round_and_empty_images_are_left_as_they_are(make):
    stamps = np.stack(
        [
            make.galaxy(ratio=1.0, tail=0.0),
            np.zeros((65, 65, 3), np.uint8),
            np.full((65, 65, 3), 90, np.uint8),
        ]
    )
    before = stamps.copy()
    assert orientations(stamps).tolist() == [0.0, 0.0, 0.0]
    shown = normalise_orientation(stamps)
    np.testing.assert_array_equal(stamps, before)
    middle = slice(20, 45)
    np.testing.assert_array_equal(shown[:, middle, middle], stamps[:, middle, middle])


def test_corners_tell_nothing(make):
    stamps = np.stack([make.galaxy(angle=a, ratio=r) for a, r in ((0, 0.4), (45, 0.4), (0, 1.0))])
    shown = normalise_orientation(stamps)
    assert not shown[:, :8, :8].any()
    assert not shown[:, -8:, -8:].any()
