from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from astro_core.clustering import MEASURES
from astro_core.datasets.catalogue import catalogue_path, read_catalogue, write_catalogue
from astro_core.datasets.tables import read_table
from astro_core.domain import ClusteringResult
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.cluster_compare import (
    compare,
    compare_table,
    groups_table,
)
from astro_core.workflows.cluster_means import mean_image_counts, mean_images
from astro_core.workflows.cluster_overview import NOISE, labels_of, overview
from astro_core.workflows.clustering_files import store_clustering
from astro_core.workflows.clustering_store import name_group, save_clustering
from astro_core.workflows.export_tables import write_table
from astro_core.workflows.feature_store import delete_features, open_features
from astro_core.workflows.stack import open_stack


@pytest.fixture
def store(survey_space, survey, blobs):
    """Stores a grouping with these labels and returns its key."""

    def make(key, labels, *, first=0, n_clusters=3):
        features = open_features(survey_space, blobs)
        ids = features.object_ids[first : first + len(labels)]
        values = np.array(features.values)[first : first + len(labels)]
        centres = [
            values[np.equal(labels, g)].mean(axis=0) if g in labels else np.full(3, np.nan)
            for g in range(n_clusters)
        ]
        result = ClusteringResult(
            object_ids=ids,
            labels=labels,
            strengths=np.ones(len(labels)),
            method="kmeans",
            params={"n_clusters": n_clusters, "seed": 0},
            n_clusters=n_clusters,
            features=blobs,
            details={"centroids": np.array(centres)},
        )
        store_clustering(survey_space, key, result, label="k-means", dataset=survey)
        return key

    return make


@pytest.fixture
def noisy(store):
    """The planted blobs, of which the last nine objects are called noise and group 3 is empty."""
    labels = np.arange(60) % 3
    labels[-9:] = NOISE
    return store("noisy", labels, n_clusters=4)


def test_sizes_and_classes_of_groups_and_noise(survey_space, survey, noisy):
    found = overview(survey_space, survey, noisy)
    assert found.sizes.to_dict() == {0: 17, 1: 17, 2: 17, 3: 0, NOISE: 9}
    assert list(found.sizes.index) == [0, 1, 2, 3, NOISE]
    table = found.class_counts
    assert list(table.columns) == ["elliptical", "spiral", "merger", ""]
    assert list(table.index) == [0, 1, 2, 3, NOISE]
    assert table.loc[0].tolist() == [16, 0, 1, 0]
    assert table.loc[NOISE].tolist() == [3, 6, 0, 0]
    assert table[""].sum() == 2
    assert (table.sum(axis=1) == found.sizes).all()


def test_agreement_is_over_objects_with_a_class(survey_space, survey, noisy):
    found = overview(survey_space, survey, noisy)
    assert found.agreement["n"] == 58
    best = sum(found.class_counts.drop(columns="").max(axis=1))
    assert found.agreement["purity"] == pytest.approx(best / 58)
    assert found.validity["n"] == 51
    assert found.validity["silhouette"] > 0.7
    assert set(found.agreement) | set(found.validity) >= {m.name for m in MEASURES}


def relabelled(dataset, labels):
    frame = read_catalogue(dataset).assign(label=labels)
    write_catalogue(catalogue_path(dataset), frame)


def test_uncertain_is_a_label_and_no_class(survey_space, survey, noisy):
    relabelled(survey, ["uncertain"] * 40 + ["spiral"] * 10 + ["merger"] * 5 + [None] * 5)
    found = overview(survey_space, survey, noisy)
    assert list(found.class_counts.columns) == ["spiral", "merger", "uncertain", ""]
    assert found.agreement["n"] == 15


def test_without_labels_there_is_no_agreement(survey_space, survey, noisy):
    relabelled(survey, [None] * 60)
    found = overview(survey_space, survey, noisy)
    assert found.agreement == {}
    assert list(found.class_counts.columns) == [""]


def test_typical_members_lie_at_the_centre_and_strange_ones_far_away(survey_space, survey, noisy):
    found = overview(survey_space, survey, noisy)
    features = open_features(survey_space, survey.fingerprint + "-vectors")
    for group in (0, 1, 2):
        rows = [features.object_ids.index(i) for i in found.typical[group]]
        assert {r % 3 for r in rows} == {group}
        assert found.typical[group] == found.strangest[group][::-1]  # 17 members, all are shown
    assert found.typical[3] == ()
    assert len(found.typical[NOISE]) == 9


def test_an_overview_is_kept(survey_space, survey, noisy, blobs):
    first = overview(survey_space, survey, noisy)
    delete_features(survey_space, blobs)
    again = overview(survey_space, survey, noisy)
    pd.testing.assert_series_equal(again.sizes, first.sizes)
    pd.testing.assert_frame_equal(again.class_counts, first.class_counts)
    assert (again.agreement, again.validity) == (first.agreement, first.validity)
    assert (again.typical, again.strangest) == (first.typical, first.strangest)


def test_one_group_has_no_validity(survey_space, survey, store):
    found = overview(survey_space, survey, store("one", np.zeros(60, int)))
    assert found.validity == {"n": 60, "n_silhouette": 60}
    assert found.sizes.to_dict() == {0: 60, 1: 0, 2: 0}


def test_mean_images_are_means_of_the_members(survey_space, survey, noisy):
    execute(survey_space, "pixels", {"dataset": survey.name}, title="")
    images = mean_images(survey_space, survey, noisy, 16)
    assert set(images) == {0, 1, 2, NOISE}
    assert mean_image_counts(survey_space, survey, noisy, 16) == {0: 16, 1: 17, 2: 17, NOISE: 9}
    stack = open_stack(survey_space, survey, survey.recipe)
    assert not stack.ok[9]  # a member of group 0 that cannot be read is not counted as black
    for group, start in ((1, 1), (0, 0)):
        rows = [r for r in range(start, 51, 3) if stack.ok[r]]
        np.testing.assert_allclose(images[group], stack.pixels[rows].mean(axis=0), atol=0.51)


def test_mean_images_without_a_stack_agree(survey_space, survey, noisy):
    rendered = mean_images(survey_space, survey, noisy, 16)
    counts = mean_image_counts(survey_space, survey, noisy, 16)
    execute(survey_space, "pixels", {"dataset": survey.name}, title="")
    stacked = mean_images(survey_space, survey, noisy, 16)
    assert counts == {0: 16, 1: 17, 2: 17, NOISE: 9}
    for group, image in rendered.items():
        np.testing.assert_array_equal(image, stacked[group])
    assert mean_images(survey_space, survey, noisy)[0].shape == (160, 160, 3)


def test_groupings_are_compared_by_object(survey_space, store):
    one = store("one", np.arange(60) % 3)
    labels = np.arange(40) % 2
    labels[:4] = NOISE
    two = store("two", labels, first=20, n_clusters=2)
    table = compare(survey_space, one, two)
    assert table.to_numpy().sum() == 40
    assert list(table.columns) == [0, 1, NOISE]
    assert (table.index.name, table.columns.name) == ("group_a", "group_b")
    assert table.loc[2, NOISE] == 2  # objects 20 and 23
    np.testing.assert_array_equal(table, compare(survey_space, two, one).T)
    with pytest.raises(BadInputError, match="no object in common"):
        compare(survey_space, store("begin", [0, 1]), store("end", [0, 1], first=50))


def test_the_table_of_groupings(survey_space, survey, noisy, store):
    one = store("one", np.zeros(60, int), n_clusters=1)
    save_clustering(survey_space, noisy, "mine")
    table = compare_table(survey_space, survey, [noisy, one])
    assert table["key"].tolist() == [noisy, one]
    assert table["name"].tolist() == ["mine", ""]
    assert table[["n_objects", "n_clusters", "n_noise", "n_labelled"]].to_numpy().tolist() == [
        [60, 4, 9, 58],
        [60, 1, 0, 58],
    ]
    assert np.isnan(table["silhouette"][1])
    assert table["ari"][1] == pytest.approx(0)


@pytest.mark.parametrize("format", ["csv", "ecsv", "votable", "fits", "parquet"])
def test_groups_are_exported(survey_space, survey, noisy, tmp_path, format):
    name_group(survey_space, noisy, 1, "arms")
    frame = groups_table(survey_space, survey, noisy)
    assert list(frame) == ["object_id", "cluster", "strength", "group_name", "label"]
    assert set(frame.loc[frame["cluster"] == 1, "group_name"]) == {"arms"}
    path = tmp_path / f"g.{format}"
    write_table(pa.Table.from_pandas(frame, preserve_index=False), format, path)
    back = read_table(path).frame
    assert back["object_id"].astype(str).tolist() == frame["object_id"].tolist()
    assert back["cluster"].tolist() == frame["cluster"].tolist()
    assert [p.name for p in tmp_path.glob("*g.*")] == [f"g.{format}"]


def test_a_table_that_cannot_be_written_is_told(tmp_path):
    table = pa.table({"object_id": ["1"], "cluster": [0]})
    with pytest.raises(NotFoundError, match="one of csv"):
        write_table(table, "docx", tmp_path / "g.docx")
    (tmp_path / "taken").mkdir()
    with pytest.raises(BadInputError, match="cannot be written"):
        write_table(table, "csv", tmp_path / "taken")
    assert [p.name for p in tmp_path.iterdir() if "taken" in p.name] == ["taken"]


def test_labels_are_joined_by_id(survey):
    frame = read_catalogue(survey)
    ids = tuple(frame["object_id"].iloc[[7, 6, 4]])
    assert labels_of(survey, ids).tolist() == ["spiral", "merger", ""]
    renamed = replace(survey, name="other")
    assert labels_of(renamed, ids[:1]).tolist() == ["spiral"]
