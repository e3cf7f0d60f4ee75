"""Cluster without a browser, on planted features: object i lies in blob i % 3."""

import pytest
from reading import named, said

from astro_core.clustering import CLUSTERERS
from astro_core.params import describe
from astro_core.runs import execute
from astro_core.runs.folder import RunFolder
from astro_core.ui import cluster_state as state
from astro_core.workflows import features as feature_workflow
from astro_core.workflows.cluster import settings
from astro_core.workflows.clustering_store import (
    describe_clustering,
    list_clusterings,
    save_clustering,
)
from astro_core.workspace import read_json, write_json

N = 48


def make_other(space, key):
    """Move stored features to another key, as if they were other ones."""
    other = key.replace("planted", "others")
    (space.features / key).rename(space.features / other)
    meta = read_json(space.features / other / "meta.json")
    write_json(space.features / other / "meta.json", meta | {"key": other})
    return other


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N)


@pytest.fixture
def features(plant, survey):
    return plant(survey)


@pytest.fixture
def group(space, features):
    """Groups the planted features now, and says how that ended."""

    def by(method="kmeans", **params):
        asked = {"features": features, "method": method, "params": settings(method, params)}
        return execute(space, "cluster", asked, title=f"Group by {method}")

    return by


@pytest.fixture
def see(open_page, survey):
    return lambda **query: open_page("cluster.py", dataset=survey.name, **query)


@pytest.fixture
def submitted(monkeypatch):
    """What is submitted, kept from the engine; the run's folder is there as if it were queued."""
    asked = []

    def submit(workspace, kind, params, *, title):
        asked.append((kind, params))
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(feature_workflow.runs, "submit", submit)
    return asked


def test_without_a_dataset_it_says_how_to_get_one(space, open_page):
    assert "no dataset yet" in said(open_page("cluster.py"))


def test_the_first_visit_offers_one_button_that_gets_there(see, submitted):
    test = see()
    assert "48 objects: which of them belong together?" in said(test)
    assert not test.get("plotly_chart")
    named(test.button, "Compute features and group").click().run()
    assert [kind for kind, _ in submitted] == ["features"]
    assert submitted[0][1]["extractor"] == "pca"
    assert submitted[0][1]["params"]["normalise_orientation"] is True
    assert "Waiting for its turn" in [p.text for p in test.get("progress")]
    assert "Compute features and group" not in [b.label for b in test.button]
    assert test.query_params["then"]


def test_the_projects_own_features_are_one_click_away(see, submitted):
    test = see()
    named(test.button, "24 components, not turned").click().run()
    asked = submitted[0][1]["params"]
    assert (asked["n_components"], asked["normalise_orientation"]) == (24, False)


def test_who_comes_back_finds_the_work_going_on(see, survey, space):
    asked = {"dataset": survey.name, "extractor": "pca"}
    RunFolder.create(space, kind="features", params=asked, title="Components of pictures")
    test = see()
    assert "Components of pictures" in said(test)
    assert "Cancel" in [b.label for b in test.button]


def test_other_features_are_offered_with_their_time_and_the_rest_with_the_reason(see):
    test = see()
    named(test.button, "Choose the features").click().run()
    assert named(test.number_input, "Components").value == 75
    assert "48 objects: about" in said(test)
    missing = next(c.value for c in test.caption if "trained" in c.value)
    assert missing.startswith(":material/block:")


def test_groups_are_shown_with_classes_measures_and_n(see, group, html_of):
    assert group(n_clusters=3).state == "done"
    test = see(n_clusters="3")
    words = said(test)
    assert "3 groups of 48 galaxies · three blobs" in words
    assert "**3** groups" in words
    assert len(test.get("plotly_chart")) == 1
    html = html_of(test)
    assert "n = 36 galaxies with a class" in html
    assert "Adjusted Rand index" in html
    assert "Silhouette" in html
    assert named(test.button, "Grouped").disabled


def test_nothing_stale_is_left_when_the_question_changes(see, group):
    group(n_clusters=3)
    test = see(n_clusters="3")
    named(test.number_input, "Groups").set_value(4).run()
    assert test.query_params["n_clusters"] == "4"
    assert "have not been tried yet" in said(test)
    assert not test.get("plotly_chart")
    assert not named(test.button, "Group").disabled
    named(test.number_input, "Groups").set_value(3).run()
    assert "3 groups of 48 galaxies" in said(test)
    assert test.get("plotly_chart")


def test_another_method_keeps_what_both_know(see, features):
    test = see(n_clusters="5", seed="7", n_init="2")
    named(test.selectbox, "Method").set_value("gmm").run()
    query = test.query_params
    assert (query["method"], query["n_clusters"], query["seed"]) == ("gmm", "5", "7")
    assert "n_init" not in query or query["n_init"] == "2"
    named(test.selectbox, "Method").set_value("som").run()
    assert "n_clusters" not in test.query_params
    assert {"Rows", "Columns"} <= {n.label for n in test.number_input}


def test_a_rare_setting_goes_into_the_address(see, features):
    test = see()
    named(test.number_input, "Seed").set_value(4).run()
    assert test.query_params["seed"] == "4"
    named(test.number_input, "Seed").set_value(0).run()
    assert "seed" not in test.query_params


def test_the_button_groups_what_is_asked(see, features, submitted):
    test = see(n_clusters="3", seed="2")
    named(test.button, "Group").click().run()
    kind, asked = submitted[0]
    assert (kind, asked["features"], asked["method"]) == ("cluster", features, "kmeans")
    assert (asked["params"]["n_clusters"], asked["params"]["seed"]) == (3, 2)
    assert "Waiting for its turn" in [p.text for p in test.get("progress")]


def test_why_grouping_failed_is_said_where_the_groups_would_be(see, group):
    assert group(n_clusters=60).state == "failed"
    test = see(n_clusters="60")
    assert "48" in test.error[0].value
    assert "60" in test.error[0].value
    assert not test.get("plotly_chart")
    assert not named(test.button, "Group").disabled


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"method": "magic"}, "no method 'magic'"),
        ({"n_clusters": "many"}, "A setting in the address was left out"),
        ({"n_clusters": "-3"}, "A setting in the address was left out"),
        ({"features": "../../etc"}, "The features that the address names are not there"),
        ({"grouping": "../x"}, "groups that the address names are not there"),
        ({"grouping": "nobody"}, "groups that the address names are not there"),
    ],
)
def test_nonsense_in_the_address_is_told(see, features, query, words):
    test = see(**query)
    assert words in test.warning[0].value.replace("\\", "")
    assert named(test.selectbox, "Method").value == "kmeans"


@pytest.mark.parametrize("number", ["99", "-1", "--5", "²", "x", ""])
def test_a_group_that_is_not_there_is_not_picked(see, group, number):
    group(n_clusters=3)
    test = see(n_clusters="3", group=number)
    assert not test.exception
    assert "Pick a group" in said(test)


def test_a_group_is_looked_at_and_named(see, group, space, html_of):
    key = group(n_clusters=3).result["key"]
    test = see(n_clusters="3", group="1")
    assert "**Group 1** · 16 (33.3%)" in said(test)
    named(test.text_input, "Name of the group").set_value("edge-on discs").run()
    assert describe_clustering(space, key).group_names == {1: "edge-on discs"}
    named(test.text_input, "Name of the group").set_value("a/b").run()
    assert "cannot be named" in test.error[0].value
    assert describe_clustering(space, key).group_names == {1: "edge-on discs"}
    named(test.button, "").click().run()
    assert "group" not in test.query_params


def test_noise_is_a_group_without_a_name(see, group, space):
    key = group("hdbscan", min_cluster_size=2, min_samples=1, selection="leaf").result["key"]
    noise = describe_clustering(space, key).n_noise
    assert noise
    test = see(grouping=key, group="-1")
    assert f"**Noise** · {noise}" in said(test)
    assert "Name of the group" not in [t.label for t in test.text_input]


def test_a_grouping_is_saved_and_opened_by_name(see, group, space, survey):
    first, second = (group(n_clusters=k).result["key"] for k in (3, 4))
    test = see(n_clusters="3")
    named(test.text_input, "Name of this grouping").set_value("three kinds")
    named(test.button, "Save grouping").click().run()
    assert [c.name for c in list_clusterings(space, survey, saved_only=True)] == ["three kinds"]
    save_clustering(space, second, "four kinds")
    test = see(grouping=second)
    assert "**four kinds**" in said(test)
    assert named(test.number_input, "Groups").value == 4
    next(b for b in test.button if b.label.startswith("three kinds")).click().run()
    assert test.query_params["grouping"] == first
    assert "**three kinds**" in said(test)
    named(test.number_input, "Groups").set_value(4).run()
    assert "grouping" not in test.query_params
    assert "**four kinds**" in said(test)


def test_the_features_are_told_and_can_be_deleted(see, features):
    test = see(view="features")
    words = said(test)
    assert "4 numbers for each of 48 objects" in words
    assert any("no light" in str(d.value) for d in test.dataframe)
    named(test.button, "Delete them").click().run()
    assert "which of them belong together?" in said(test)


def test_a_saved_grouping_outlives_its_features(see, group, plant, survey, space):
    key = group(n_clusters=3).result["key"]
    see(n_clusters="3")  # what it found is kept with it from here on
    feature_workflow.delete_features(space, describe_clustering(space, key).features)
    other = make_other(space, plant(survey))
    test = see(grouping=key)
    assert named(test.selectbox, "Features").value != other
    assert "3 groups of 48 galaxies" in said(test)
    assert test.get("plotly_chart")


def test_no_setting_of_a_method_has_the_name_of_something_else_in_the_address():
    taken = {*state.PARAMETERS, "dataset", "object"}
    for spec in CLUSTERERS:
        assert not taken & {info.name for info in describe(spec.params)}
