"""The same components as scikit-learn's, from the Gram matrix."""

import numpy as np
import pytest
from sklearn.decomposition import IncrementalPCA

from astro_core.features.incremental import IncrementalComponents


def rows_of_rank(n, n_columns, rank, seed=0, smallest=0.05):
    rng = np.random.default_rng(seed)
    basis = rng.normal(size=(rank, n_columns))
    return (rng.normal(size=(n, rank)) * np.geomspace(3, smallest, rank) @ basis + 5).astype(
        np.float32
    )


@pytest.mark.parametrize("sizes", [(80,), (20, 20, 40), (30, 25, 24, 1)])
def test_it_is_scikit_learns_incremental_pca(sizes):
    rows = rows_of_rank(80, 400, 60)
    theirs, ours = IncrementalPCA(12), IncrementalComponents(12)
    start = 0
    for size in sizes:
        theirs.partial_fit(rows[start : start + size].astype(np.float64))
        ours.update(rows[start : start + size])
        start += size
    np.testing.assert_allclose(ours.signed(), theirs.components_, atol=2e-6)
    np.testing.assert_allclose(ours.explained, theirs.explained_variance_ratio_, rtol=1e-5)
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-6)


def test_components_are_orthonormal_though_they_span_four_orders_of_magnitude():
    rows = rows_of_rank(200, 3000, 40, smallest=3e-4)
    ours = IncrementalComponents(30)
    for start in range(0, 200, 50):
        ours.update(rows[start : start + 50])
    np.testing.assert_allclose(ours.components @ ours.components.T, np.eye(30), atol=1e-3)


def test_directions_that_are_not_there_are_not_made_up():
    ours = IncrementalComponents(10)
    rows = rows_of_rank(60, 300, 4)
    ours.update(rows[:30])
    ours.update(rows[30:])
    assert ours.rank == 4
    assert ours.explained[:4].sum() == pytest.approx(1.0, abs=1e-5)


def test_it_goes_on_from_its_state_to_the_last_bit_and_leaves_its_input_alone():
    rows = rows_of_rank(60, 200, 30)
    before = rows.copy()
    whole = IncrementalComponents(8)
    for start in (0, 20, 40):
        whole.update(rows[start : start + 20])
    part = IncrementalComponents(8)
    part.update(rows[:20])
    state = {name: np.array(array) for name, array in part.state().items()}
    again = IncrementalComponents.from_state(state)
    again.update(rows[20:40])
    again.update(rows[40:])
    np.testing.assert_array_equal(again.components, whole.components)
    np.testing.assert_array_equal(again.mean, whole.mean)
    assert again.scatter == whole.scatter
    np.testing.assert_array_equal(rows, before)
