"""Self-organising map."""

import numpy as np
import pytest
from minisom import MiniSom

from astro_core.clustering import agreement, cluster
from astro_core.errors import BadInputError


@pytest.fixture(scope="module")
def sheet(features_of):
    """A flat sheet in five dimensions, which a map can unroll."""
    rng = np.random.default_rng(0)
    flat = rng.uniform(-1, 1, (800, 2)) * (4, 3)
    turned, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    return features_of(np.hstack([flat, rng.normal(size=(800, 3)) * 0.05]) @ turned)


@pytest.mark.parametrize("trainer", ["batch", "online"])
def test_neighbours_on_the_map_are_alike(sheet, trainer):
    result = cluster(sheet, "som", {"rows": 4, "columns": 5, "trainer": trainer})
    assert float(result.details["topographic_error"]) < 0.1
    assert result.details["hits"].min() > 0
    weights = result.details["weights"]
    beside = np.linalg.norm(np.diff(weights, axis=1), axis=2).mean()
    across = np.linalg.norm(weights[:, 0] - weights[:, -1], axis=1).mean()
    assert across > 2.5 * beside


def test_the_numbers_fit_together(sheet):
    result = cluster(sheet, "som")
    cells = result.details["cells"]
    assert tuple(result.details["grid"]) == (3, 4)
    assert result.n_clusters == 12
    np.testing.assert_array_equal(result.labels, cells[:, 0] * 4 + cells[:, 1])
    np.testing.assert_array_equal(
        result.details["hits"].ravel(), np.bincount(result.labels, minlength=12)
    )
    flat = result.details["weights"].reshape(12, -1)
    apart = np.linalg.norm(sheet.values[:, None] - flat[None], axis=2)
    np.testing.assert_array_equal(result.labels, apart.argmin(axis=1))
    error = float(result.details["quantisation_error"])
    assert error == pytest.approx(apart.min(axis=1).mean(), rel=1e-5)
    assert result.details["u_matrix"].shape == (3, 4)
    assert result.details["u_matrix"].max() == 1


def test_batch_training_is_as_good_as_ten_passes_of_minisom(features_of, planted):
    features = features_of(planted(n=600, k=12, n_features=20, apart=3, seed=5)[0])
    ours = cluster(features, "som")
    som = MiniSom(3, 4, 20, sigma=1.0, learning_rate=0.5, random_seed=0)
    som.random_weights_init(features.values)
    som.train(features.values, 10 * 600)
    theirs = som.quantization_error(features.values)
    assert float(ours.details["quantisation_error"]) <= theirs


def test_online_training_is_minisom_s(sheet):
    from astro_core.clustering.som_training import start_weights

    settings = {"trainer": "online", "passes": 2, "sigma": 1.0, "seed": 3}
    ours = cluster(sheet, "som", settings)
    som = MiniSom(3, 4, 5, sigma=1.0, learning_rate=0.5, random_seed=3)
    som.get_weights()[...] = start_weights(sheet.values, 3, 4, "pca", 3)
    som.train(sheet.values, 2 * 800)
    np.testing.assert_allclose(ours.details["weights"], som.get_weights())


@pytest.mark.parametrize("shape", [(1, 4), (4, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("start", ["pca", "sample"])
def test_any_grid(features_of, planted, shape, start):
    values, truth = planted(k=2, n_features=1, apart=20)
    rows, columns = shape
    settings = {"rows": rows, "columns": columns, "start": start}
    result = cluster(features_of(values), "som", settings)
    assert result.n_clusters == rows * columns
    assert agreement(result.labels, [str(t) for t in truth])["homogeneity"] > 0.99


def test_an_empty_cell_is_said_and_has_no_mean(features_of):
    values = np.repeat([[0.0, 0], [9, 9]], 20, axis=0)
    result = cluster(features_of(values), "som", {"rows": 2, "columns": 2})
    empty = result.details["hits"].ravel() == 0
    assert f"{empty.sum()} of 4 cells are empty." in result.notes
    assert np.isnan(result.details["centroids"][empty]).all()
    assert np.isfinite(result.details["weights"]).all()


def test_one_cell_is_no_map(sheet):
    with pytest.raises(BadInputError, match="one cell has no groups"):
        cluster(sheet, "som", {"rows": 1, "columns": 1})
