"""Spectral grouping."""

import numpy as np

from astro_core.clustering import agreement, cluster


def test_rings_are_told_apart(features_of):
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 500)
    radius = np.repeat([1.0, 4.0], 250)
    values = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    values += rng.normal(size=values.shape) * 0.1
    result = cluster(features_of(values), "spectral", {"n_clusters": 2})
    assert agreement(result.labels, radius.astype(str))["ari"] == 1
    assert any("in pieces" in note for note in result.notes)


def test_a_large_sample_gets_a_web_of_some(features_of, planted):
    values, truth = planted(n=500)
    result = cluster(features_of(values), "spectral", {"n_clusters": 4, "max_graph": 150})
    assert agreement(result.labels, [str(t) for t in truth])["ari"] > 0.95
    assert "sample of 150 of 500 galaxies" in result.notes[0]


def test_as_many_groups_as_galaxies(features_of):
    values = np.random.default_rng(0).normal(size=(3, 2))
    result = cluster(features_of(values), "spectral", {"n_clusters": 3})
    assert sorted(result.labels) == [0, 1, 2]
