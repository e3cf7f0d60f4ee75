import numpy as np
import pytest

from astro_core.classifiers.augmentation import (
    augments,
    dihedral_views,
    draw_views,
    resample,
    resample_here,
    views,
)
from astro_core.classifiers.settings import TrainingParams

SIZE = 16


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return rng.uniform(0, 255, (1, SIZE, SIZE, 3)).astype(np.float32)


def one(turn=0.0, slant=0.0, scale=1.0, move=(0.0, 0.0), *, mirrored=False):
    return views(
        np.array([turn]),
        np.array([slant]),
        np.array([scale]),
        np.array([move]),
        np.array([mirrored]),
        SIZE,
    )


def test_nothing_changes_when_nothing_is_asked_for(images):
    np.testing.assert_allclose(resample(images, one()), images, atol=1e-3)
    assert not augments(TrainingParams())


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_quarter_turn_is_exact(images, quarters):
    turned = np.asarray(resample(images, one(turn=quarters * np.pi / 2)))
    expected = np.rot90(images, quarters, axes=(1, 2))
    np.testing.assert_allclose(turned, expected, atol=0.05)


def test_a_mirror_image_is_exact(images):
    mirrored = resample(images, one(mirrored=True))
    np.testing.assert_allclose(mirrored, images[:, :, ::-1], atol=1e-3)


def test_a_move_goes_right_and_down_and_repeats_the_edge(images):
    moved = np.asarray(resample(images, one(move=(3, 2))))
    np.testing.assert_allclose(moved[:, 2:, 3:], images[:, :-2, :-3], atol=1e-3)
    np.testing.assert_allclose(moved[:, 2:, :3], images[:, :-2, :1].repeat(3, axis=2), atol=1e-3)


def test_a_smaller_scale_enlarges_about_the_centre():
    bright = np.zeros((1, SIZE, SIZE, 3), dtype=np.float32)
    bright[:, 6:10, 6:10] = 255
    enlarged = np.asarray(resample(bright, one(scale=0.5)))
    assert enlarged.sum() == pytest.approx(4 * bright.sum(), rel=0.1)
    assert (enlarged[0, 4:12, 4:12] > 60).all()


def test_the_same_draws_come_from_the_same_seed():
    params = TrainingParams(rotation_deg=180, shift=0.1, zoom=0.2, shear_deg=10, dihedral=True)
    a = draw_views(params, 20, SIZE, np.random.default_rng(3))
    b = draw_views(params, 20, SIZE, np.random.default_rng(3))
    np.testing.assert_array_equal(a.matrices, b.matrices)
    assert 0 < a.mirrored.sum() < 20


def test_mirrored_views_are_those_with_a_negative_determinant():
    params = TrainingParams(rotation_deg=180, shift=0.1, zoom=0.2, shear_deg=10, flip=True)
    drawn = draw_views(params, 50, SIZE, np.random.default_rng(0))
    a0, a1, _, b0, b1 = drawn.matrices.T[:5]
    np.testing.assert_array_equal(a0 * b1 - a1 * b0 < 0, drawn.mirrored)


def test_the_eight_views_are_all_different_and_half_are_mirrored(images):
    seen = dihedral_views(images, 8)
    assert len({view.tobytes() for view, _ in seen}) == 8
    assert [mirrored for _, mirrored in seen] == [False] * 4 + [True] * 4
    assert len(dihedral_views(images, 1)) == 1


def test_the_preview_shows_what_training_does():
    rng = np.random.default_rng(3)
    many = rng.uniform(0, 255, (12, SIZE, SIZE, 3)).astype(np.float32)
    params = TrainingParams(
        rotation_deg=180, shift=0.2, shear_deg=20, zoom=0.3, flip=True, dihedral=True
    )
    drawn = draw_views(params, len(many), SIZE, rng)
    there = np.asarray(resample(many, drawn))
    here = resample_here(many, drawn)
    assert np.abs(there - many).mean() > 10
    np.testing.assert_allclose(here, there, atol=0.05)
