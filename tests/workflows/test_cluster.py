import json
from dataclasses import replace

import numpy as np
import pytest

from astro_core import runs
from astro_core.clustering import CLUSTERERS
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import delete_dataset, replace_state
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.runs import execute, get_run, list_runs
from astro_core.runs.folder import RunFolder
from astro_core.workflows import cluster as workflow
from astro_core.workflows.cluster import (
    find_clustering,
    open_scan,
    recut,
    submit_clustering,
    submit_scan,
)
from astro_core.workflows.cluster_means import mean_images
from astro_core.workflows.cluster_overview import overview
from astro_core.workflows.clustering_store import (
    delete_clustering,
    describe_clustering,
    list_clusterings,
    name_group,
    open_clustering,
    outdated_clusterings,
    save_clustering,
)

THREE = {"n_clusters": 3}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Do runs in this process, at once, instead of by an engine."""

    def submit(workspace, kind, params, *, title):
        return execute(workspace, kind, params, title=title).run_id

    monkeypatch.setattr(workflow.runs, "submit", submit)


@pytest.fixture
def three(survey_space, blobs):
    return submit_clustering(survey_space, blobs, "kmeans", THREE).result["key"]


@pytest.mark.parametrize("method", CLUSTERERS.names())
def test_every_method_is_stored_and_opened_as_it_was(survey_space, survey, blobs, method):
    params = {"rows": 1, "columns": 3} if method == "som" else {}
    params = THREE if "n_clusters" in workflow.settings(method, {}) else params
    run = submit_clustering(survey_space, blobs, method, params)
    assert run.state == "done", run.error
    result = open_clustering(survey_space, run.result["key"])
    again = workflow.cluster(workflow.open_features(survey_space, blobs), method, params)
    np.testing.assert_array_equal(result.labels, again.labels)
    np.testing.assert_array_equal(result.strengths, again.strengths)
    for name in (
        "object_ids", "method", "params", "n_clusters", "features", "dropped", "notes"
    ):  # fmt: skip
        assert getattr(result, name) == getattr(again, name), name
    assert set(result.details) == set(again.details)
    for name, array in again.details.items():
        np.testing.assert_array_equal(result.details[name], array)
        assert result.details[name].dtype == array.dtype
    about = describe_clustering(survey_space, run.result["key"])
    assert about.label == CLUSTERERS.get(method).label
    assert (about.n_objects, about.fingerprint) == (60, survey.fingerprint)


def test_the_same_request_is_done_once(survey_space, blobs, three, monkeypatch):
    def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr(workflow, "cluster", never)
    monkeypatch.setattr(workflow.runs, "submit", never)
    assert find_clustering(survey_space, blobs, "kmeans", {"n_clusters": "3"}) == three
    run = submit_clustering(survey_space, blobs, "kmeans", {**THREE, "seed": 0})
    assert (run.state, run.result) == ("done", {"key": three})
    assert find_clustering(survey_space, blobs, "kmeans", {"n_clusters": 3, "seed": 1}) is None
    assert find_clustering(survey_space, blobs, "gmm", THREE) is None


def test_a_request_under_way_is_not_made_twice(survey_space, blobs, monkeypatch):
    def submit(workspace, kind, params, *, title):
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(workflow.runs, "submit", submit)
    first = submit_clustering(survey_space, blobs, "kmeans", THREE)
    assert submit_clustering(survey_space, blobs, "kmeans", {**THREE, "seed": 0}) == first
    submit_clustering(survey_space, blobs, "kmeans", {"n_clusters": 4})
    assert len(list_runs(survey_space)) == 2


def test_what_pages_ask_for_is_prepared_in_the_run(survey_space, survey, three, monkeypatch):
    for name in ("agreement", "validity", "representatives"):
        monkeypatch.delattr(f"astro_core.workflows.cluster_overview.{name}")
    monkeypatch.delattr("astro_core.workflows.cluster_means.render_now")
    assert overview(survey_space, survey, three).sizes.tolist() == [20, 20, 20]
    assert set(mean_images(survey_space, survey, three)) == {0, 1, 2}


def test_a_cancelled_run_leaves_nothing(survey_space, blobs):
    store = RunFolder.create(
        survey_space, kind="cluster", title="",
        params={"features": blobs, "method": "kmeans", "params": THREE},
    )  # fmt: skip
    store.request_cancel()
    from astro_core.runs.context import map_here
    from astro_core.runs.perform import perform

    perform(store, mapper=map_here)
    assert get_run(survey_space, store.run_id).state == "cancelled"
    assert find_clustering(survey_space, blobs, "kmeans", THREE) is None
    assert not list(survey_space.scratch.glob("*/*"))


def test_errors_are_told_before_a_run_begins(survey_space, blobs):
    with pytest.raises(NotFoundError, match=r"one of kmeans, hierarchical"):
        submit_clustering(survey_space, blobs, "magic", {})
    with pytest.raises(BadInputError, match="n_clusters"):
        submit_clustering(survey_space, blobs, "kmeans", {"n_clusters": 0})
    with pytest.raises(BadInputError, match="no setting named 'k'"):
        submit_clustering(survey_space, blobs, "kmeans", {"k": 3})
    assert runs.list_runs(survey_space) == ()


@pytest.mark.parametrize(
    ("values", "params", "said"),
    [
        (np.ones((5, 2)), {"n_clusters": 2}, "same"),
        (np.eye(4), {"n_clusters": 12}, "12"),
        (np.full((6, 2), np.nan), {"n_clusters": 2}, "finite"),
        (np.ones((1, 2)), {"n_clusters": 2}, "galax"),
    ],
)
def test_galaxies_that_cannot_be_grouped_are_a_sentence(
    survey_space, store_features, values, params, said
):
    run = submit_clustering(survey_space, store_features(values), "kmeans", params)
    assert run.state == "failed"
    assert said in run.error
    assert "program" not in run.error
    assert not survey_space.clusterings.exists()


def test_objects_without_a_value_are_listed(survey_space, store_features):
    values = np.random.default_rng(0).normal(size=(30, 2))
    values[3, 0] = np.nan
    run = submit_clustering(survey_space, store_features(values), "kmeans", {"n_clusters": 2})
    result = open_clustering(survey_space, run.result["key"])
    assert [i[-4:] for i, _ in result.dropped] == ["6741"]
    assert describe_clustering(survey_space, run.result["key"]).n_dropped == 1


def test_saving_naming_and_deleting(survey_space, survey, blobs, three):
    four = submit_clustering(survey_space, blobs, "kmeans", {"n_clusters": 4}).result["key"]
    assert list_clusterings(survey_space, survey, saved_only=True) == []
    assert save_clustering(survey_space, three, " Three kinds ").name == "Three kinds"
    with pytest.raises(ConflictError, match="'Three kinds'"):
        save_clustering(survey_space, four, "three KINDS")
    assert save_clustering(survey_space, three, "Kinds").name == "Kinds"
    name_group(survey_space, three, 1, "round ones")
    assert name_group(survey_space, three, 2, "x").group_names == {1: "round ones", 2: "x"}
    assert name_group(survey_space, three, 2, " ").group_names == {1: "round ones"}
    with pytest.raises(NotFoundError, match="no group 3"):
        name_group(survey_space, three, 3, "x")
    saved = list_clusterings(survey_space, survey, saved_only=True)
    assert [(c.key, c.name, c.group_names) for c in saved] == [(three, "Kinds", {1: "round ones"})]
    assert len(list_clusterings(survey_space, survey)) == 2
    delete_clustering(survey_space, three)
    for gone in (open_clustering, describe_clustering, delete_clustering):
        with pytest.raises(NotFoundError, match="no grouping"):
            gone(survey_space, three)
    with pytest.raises(BadInputError):
        open_clustering(survey_space, "../../datasets/small-survey")


def test_groups_of_an_earlier_state_are_not_shown_as_current(survey_space, survey, blobs, three):
    frame = read_catalogue(survey).assign(label="spiral")
    changed = replace_state(survey, replace(survey, fingerprint="small0002"), frame, [])
    assert list_clusterings(survey_space, changed) == []
    assert outdated_clusterings(survey_space, changed) == []
    save_clustering(survey_space, three, "before")
    assert [c.key for c in outdated_clusterings(survey_space, changed)] == [three]
    assert outdated_clusterings(survey_space, survey) == []
    assert open_clustering(survey_space, three).n_clusters == 3
    for ask in (overview, mean_images):
        with pytest.raises(ConflictError, match="not of 'Small Survey' as it is now"):
            ask(survey_space, changed, three)
    run = submit_clustering(survey_space, blobs, "kmeans", {"n_clusters": 5})
    assert "has changed or was deleted" in run.error
    delete_dataset(survey_space, changed.name)
    assert list(survey_space.clusterings.iterdir()) == []


def test_a_cut_of_the_tree_is_the_grouping_of_that_number(survey_space, blobs, three):
    key = submit_clustering(survey_space, blobs, "hierarchical", {"n_clusters": 2}).result["key"]
    cut = recut(survey_space, key, n_clusters=3)
    assert cut == find_clustering(survey_space, blobs, "hierarchical", THREE)
    fresh = workflow.cluster(workflow.open_features(survey_space, blobs), "hierarchical", THREE)
    np.testing.assert_array_equal(open_clustering(survey_space, cut).labels, fresh.labels)
    height = float(fresh.details["cut_height"])
    assert recut(survey_space, key, height=height) == cut
    with pytest.raises(BadInputError, match="no tree"):
        recut(survey_space, three, n_clusters=2)


def test_a_scan_is_kept_and_is_no_grouping(survey_space, survey, blobs):
    assert open_scan(survey_space, blobs, "kmeans", [2, 3, 4], {}) is None
    run = submit_scan(survey_space, blobs, "kmeans", [4, 2, 3], {"seed": 1})
    assert run.state == "done", run.error
    table = open_scan(survey_space, blobs, "kmeans", [2, 3, 4], {"seed": 1})
    assert table["k"].tolist() == [2, 3, 4]
    assert table["silhouette"].idxmax() == 1
    assert list_clusterings(survey_space, survey) == []
    assert submit_scan(survey_space, blobs, "kmeans", [2, 3, 4], {"seed": 1}).state == "done"
    with pytest.raises(NotFoundError):
        describe_clustering(survey_space, run.result["key"])


def test_nothing_stored_is_a_pickle(survey_space, three):
    folder = survey_space.clusterings / three
    assert {p.suffix for p in folder.iterdir()} == {".json", ".parquet", ".npz"}
    with np.load(folder / "details.npz", allow_pickle=False) as stored:
        assert dict(stored)
    json.loads((folder / "meta.json").read_text("utf-8"))
