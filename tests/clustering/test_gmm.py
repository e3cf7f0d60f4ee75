"""Gaussian mixture."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from astro_core.clustering import agreement, cluster
from astro_core.clustering.gmm import COVARIANCES, GaussianMixtureParams, n_free
from astro_core.errors import BadInputError


@pytest.fixture(scope="module")
def noisy(features_of):
    rng = np.random.default_rng(0)
    return features_of(rng.normal(size=(400, 4)) * (1, 2, 1, 0.5) + rng.choice(3, (400, 1)) * 3)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_it_is_the_library_s_answer(noisy, kind):
    settings = {"n_clusters": 3, "covariance": kind, "reg_covar": 0.0, "n_init": 2, "seed": 4}
    ours = cluster(noisy, "gmm", settings)
    values = noisy.values.astype(float)
    plain = GaussianMixture(
        3, covariance_type=kind, reg_covar=0, n_init=2, random_state=4, max_iter=200
    ).fit(values)
    assert agreement(ours.labels, [str(v) for v in plain.predict(values)])["ari"] > 0.99
    assert float(ours.details["bic"]) == pytest.approx(plain.bic(values), rel=1e-4)
    assert float(ours.details["aic"]) == pytest.approx(plain.aic(values), rel=1e-4)
    assert n_free(GaussianMixtureParams(n_clusters=3, covariance=kind), 4) == plain._n_parameters()


@pytest.mark.parametrize("kind", COVARIANCES)
def test_covariances_are_matrices_of_whatever_kind(noisy, kind):
    found = cluster(noisy, "gmm", {"n_clusters": 3, "covariance": kind}).details
    assert found["covariances"].shape == (3, 4, 4)
    for matrix in found["covariances"]:
        np.testing.assert_allclose(matrix, matrix.T, rtol=1e-6)
        assert np.linalg.eigvalsh(matrix).min() > 0
        if kind in ("diag", "spherical"):
            np.testing.assert_array_equal(matrix, np.diag(np.diag(matrix)))
    if kind == "tied":
        np.testing.assert_array_equal(found["covariances"][0], found["covariances"][2])


def test_a_long_group_is_found_whole(features_of):
    rng = np.random.default_rng(1)
    long = rng.normal(size=(300, 2)) * (10, 0.3)
    other = rng.normal(size=(150, 2)) * (10, 0.3) + (0, 3)
    values = np.vstack([long, other])
    result = cluster(features_of(values), "gmm", {"n_clusters": 2, "n_init": 3})
    truth = np.repeat(["a", "b"], (300, 150))
    assert agreement(result.labels, truth)["ari"] > 0.95
    turned = result.details["covariances"][0]
    assert turned[0, 0] == pytest.approx(100, rel=0.3)
    np.testing.assert_allclose(result.details["means"][1], (0, 3), atol=2)


def test_probabilities_weights_and_strengths_fit_together(noisy):
    result = cluster(noisy, "gmm", {"n_clusters": 3})
    probabilities = result.details["probabilities"]
    assert probabilities.shape == (400, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), result.labels)
    np.testing.assert_allclose(result.strengths, probabilities.max(axis=1))
    np.testing.assert_allclose(result.details["weights"], probabilities.mean(axis=0), atol=0.02)


def test_a_collapsed_gaussian_is_a_sentence(features_of):
    values = np.repeat(np.random.default_rng(0).normal(size=(5, 3)), 20, axis=0)
    with pytest.raises(BadInputError, match=r"A Gaussian collapsed.*Raise Regularisation"):
        cluster(features_of(values), "gmm", {"n_clusters": 5, "reg_covar": 0.0})


def test_regularisation_does_not_depend_on_the_unit(noisy, features_of):
    settings = {"n_clusters": 3, "reg_covar": 0.1}
    small = cluster(features_of(noisy.values * 1e-6), "gmm", settings)
    np.testing.assert_array_equal(small.labels, cluster(noisy, "gmm", settings).labels)


def test_more_parameters_than_galaxies_are_said(features_of):
    values = np.random.default_rng(0).normal(size=(100, 20))
    result = cluster(features_of(values), "gmm", {"n_clusters": 3})
    assert "692 free parameters for 100 galaxies" in result.notes[0]


def test_too_few_iterations_are_said(noisy):
    result = cluster(noisy, "gmm", {"n_clusters": 8, "max_iter": 2})
    assert "raise Iterations" in result.notes[-1]


def test_an_empty_gaussian_is_said(features_of):
    values = np.repeat([[0.0, 0], [1, 1]], 50, axis=0)
    result = cluster(features_of(values), "gmm", {"n_clusters": 4})
    assert "2 of 4 Gaussians hold no galaxy: ask for fewer." in result.notes
