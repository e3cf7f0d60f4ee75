"""Planted groups, to be found again."""

import numpy as np
import pytest

from astro_core.domain import Features


def _features_of(values, key="k"):
    values = np.asarray(values, dtype=np.float32)
    return Features(
        object_ids=tuple(f"G{i * 37 % 9973:04d}" for i in range(len(values))),
        values=values,
        names=tuple(f"f{i}" for i in range(values.shape[1])),
        key=key,
    )


def _planted(n=240, k=4, n_features=6, apart=8.0, seed=0):
    """Round groups, all equally far from each other, the first the largest."""
    rng = np.random.default_rng(seed)
    share = np.arange(k, 0, -1) + k
    truth = rng.choice(k, n, p=share / share.sum())
    return apart * np.eye(k, n_features)[truth] + rng.normal(size=(n, n_features)), truth


@pytest.fixture(scope="session")
def features_of():
    return _features_of


@pytest.fixture(scope="session")
def planted():
    return _planted
