"""Planted patterns are found again; what is too little is said in a sentence."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from astro_core.domain import Cancelled, RenderRecipe, no_progress
from astro_core.errors import BadInputError
from astro_core.features.pca import PcaParams, learn, pca_recipe, reconstruct, show

SIDE = 16


def blends(n=120, n_patterns=6, seed=0, noise=2.0):
    """Images that are sums of a few smooth patterns, with a little noise."""
    rng = np.random.default_rng(seed)
    axis = np.linspace(-1, 1, SIDE)
    x, y = axis[None, :, None], axis[:, None, None]
    colour = rng.uniform(0.3, 1, (n_patterns, 3))
    patterns = [
        np.cos(np.pi * (i % 3) * x / 2) * np.cos(np.pi * (i // 3) * y / 2) * colour[i]
        for i in range(n_patterns)
    ]
    weights = rng.normal(0, 1, (n, n_patterns)) * np.linspace(25, 8, n_patterns)
    images = (
        110 + np.tensordot(weights, patterns, axes=1) + rng.normal(0, noise, (n, SIDE, SIDE, 3))
    )
    return np.clip(np.rint(images), 0, 255).astype(np.uint8)


def run(source, memory, progress=no_progress, **settings):
    return learn(source, PcaParams(**{"n_components": 6, "batch": 30} | settings), progress, memory)


def test_vectors_are_the_scores_of_an_exact_pca(stamps_on_disk, memory):
    stamps = blends()
    learned = run(stamps_on_disk(stamps), memory, scale=False)
    exact = PCA(6).fit(stamps.reshape(len(stamps), -1) / 255)
    scores = exact.transform(stamps.reshape(len(stamps), -1) / 255)
    assert learned.values.shape == (120, 6)
    assert learned.values.dtype == np.float32
    for ours, theirs in zip(learned.values.T, scores.T, strict=True):
        assert abs(np.corrcoef(ours, theirs)[0, 1]) > 0.999
    np.testing.assert_allclose(
        learned.model["explained"], exact.explained_variance_ratio_, rtol=0.02
    )
    share = f"{learned.model['explained'].sum():.1%}"
    assert learned.summary == f"6 components hold {share} of the variance of 120 images"
    assert learned.names[0] == "pc001"


@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_images_come_back_from_their_vectors(stamps_on_disk, memory, scale, turned):
    stamps = blends()
    params = PcaParams(n_components=6, batch=30, scale=scale, normalise_orientation=turned)
    learned = learn(stamps_on_disk(stamps), params, no_progress, memory)
    if not turned:
        back = reconstruct(learned.model, learned.values).astype(float)
        assert np.abs(back - show(stamps, params)).mean() < 2.5
    assert reconstruct(learned.model, learned.values[:3]).shape == (3, SIDE, SIDE, 3)
    if scale:
        np.testing.assert_allclose(learned.values.std(axis=0), 1, rtol=1e-3)


def test_the_seed_decides_and_some_rows_are_left_out(stamps_on_disk, memory):
    source = stamps_on_disk(blends(), rows=np.arange(0, 120, 2))
    first, again = run(source, memory), run(source, memory)
    np.testing.assert_array_equal(first.values, again.values)
    assert len(first.values) == 60
    only = stamps_on_disk(blends()[::2])
    np.testing.assert_array_equal(run(only, memory).values, first.values)
    assert not np.array_equal(run(source, memory, seed=1).values, first.values)


def test_a_killed_run_goes_on_and_ends_at_the_same_numbers(stamps_on_disk, memory):
    source = stamps_on_disk(blends(600))
    whole = run(source, type(memory)(), batch=12)

    def stop_late(done, total, message=""):
        if done > 300:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(source, memory, stop_late, batch=12)
    assert memory.saved == 2
    seen = []
    again = run(source, memory, lambda done, *_: seen.append(done), batch=12)
    assert seen[0] == 240
    np.testing.assert_array_equal(again.values, whole.values)


def test_a_short_last_batch_is_spread_over_the_others(stamps_on_disk, memory):
    done = []
    source = stamps_on_disk(blends(61))
    learned = run(source, memory, lambda n, *_: done.append(n), batch=30, n_components=6)
    assert done[:2] == [0, 30]
    assert done[2] == 61
    assert len(learned.values) == 61


def test_too_few_galaxies_for_the_components_is_said(stamps_on_disk, memory):
    with pytest.raises(BadInputError, match=r"6 components cannot.*got 5\. Ask for 5 components"):
        run(stamps_on_disk(blends(5)), memory)
    with pytest.raises(BadInputError, match=r"at least 2 with an image; got 1\. Use more"):
        run(stamps_on_disk(blends(1)), memory, n_components=1)


def test_images_that_do_not_differ_enough_are_said(stamps_on_disk, memory):
    flat = np.full((40, SIDE, SIDE, 3), 77, np.uint8)
    with pytest.raises(BadInputError, match="All images are the same"):
        run(stamps_on_disk(flat), memory)
    few = np.repeat(blends(4), 10, axis=0)
    with pytest.raises(BadInputError, match=r"differ in 3 independent ways.*Ask for 3 components"):
        run(stamps_on_disk(few), memory)


def test_stamps_are_cut_in_their_own_pixels():
    params = PcaParams()
    recipe, notes = pca_recipe(RenderRecipe(), params, np.full(10, 424))
    assert (recipe.crop_px, recipe.size_px, notes) == (174, 174, ())
    recipe, notes = pca_recipe(RenderRecipe(), params, np.array([128] * 9 + [60, 256]))
    assert (recipe.crop_px, recipe.size_px) == (128, 128)
    assert "no larger than 128 px" in notes[0]
    assert notes[1] == "1 image is smaller than the 128 px crop: black around."
    recipe, notes = pca_recipe(RenderRecipe(), PcaParams(crop_px=0, size_px=64), np.full(10, 424))
    assert (recipe.crop_px, recipe.size_px, notes) == (0, 64, ())
