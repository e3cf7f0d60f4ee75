"""The views of Cluster that belong to one method, on planted features."""

import pytest
from reading import named, said

from astro_core.runs import execute
from astro_core.workflows.clustering_store import open_clustering, save_clustering

N = 48
METHODS = {
    "kmeans": {"n_clusters": 3},
    "hierarchical": {"n_clusters": 3},
    "hdbscan": {"min_cluster_size": 5},
    "som": {"rows": 2, "columns": 2},
    "gmm": {"n_clusters": 3, "covariance": "diag"},
}


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N)


@pytest.fixture
def features(plant, survey):
    return plant(survey)


@pytest.fixture
def group(space, features):
    def by(method, **params):
        asked = {"features": features, "method": method, "params": {**METHODS[method], **params}}
        run = execute(space, "cluster", asked, title="Group")
        assert run.state == "done", run.error
        return run.result["key"]

    return by


@pytest.fixture
def see(open_page, survey):
    def at(key, view="own", **query):
        return open_page("cluster.py", dataset=survey.name, grouping=key, view=view, **query)

    return at


@pytest.mark.parametrize("method", METHODS)
def test_the_own_view_of_each_method_opens(see, group, method):
    test = see(group(method))
    assert not test.error
    assert test.get("plotly_chart") or method == "kmeans"


def test_the_tree_is_cut_where_the_sliders_say(see, group, space):
    key = group("hierarchical")
    test = see(key)
    groups = named(test.slider, "Groups")
    height = named(test.slider, "Cut height")
    assert groups.value == 3
    assert "They are the groups in use" in said(test)
    before = height.value
    named(test.slider, "Groups").set_value(2).run()
    assert named(test.slider, "Cut height").value > before
    assert "2 groups of 16 to 32" in said(test)
    top = float(open_clustering(space, key).details["linkage"][-1, 2])
    named(test.slider, "Cut height").set_value(top * 1.04).run()
    assert named(test.slider, "Groups").value == 1
    assert not test.exception


def test_a_cut_becomes_groups_of_its_own(see, group, space):
    key = group("hierarchical")
    test = see(key)
    named(test.slider, "Groups").set_value(5).run()
    named(test.button, "Use this cut").click().run()
    new = test.query_params["grouping"]
    assert new not in (key, [key])
    new = new[0] if isinstance(new, list) else new
    assert open_clustering(space, new).n_clusters == 5
    assert "They are the groups in use" in said(test)


@pytest.mark.parametrize("part", ["condensed", "spanning", "strengths", "outliers"])
def test_each_part_of_density_opens(see, group, part):
    test = see(group("hdbscan"))
    named(test.segmented_control, "Part").set_value(part).run()
    assert not test.exception
    assert not test.error
    assert test.get("plotly_chart")


@pytest.mark.parametrize("part", ["plane", "ambiguous", "scan"])
def test_each_part_of_the_mixture_opens(see, group, part):
    test = see(group("gmm"))
    named(test.segmented_control, "Part").set_value(part).run()
    assert not test.exception
    assert not test.error


@pytest.mark.parametrize("kind", ["images", "u_matrix", "hits", "class_share"])
def test_the_cells_of_a_map_show_what_is_asked(see, group, kind):
    test = see(group("som"))
    named(test.segmented_control, "In each cell").set_value(kind).run()
    assert not test.exception
    assert not test.error
    assert "Topographic error" in said(test)


def test_numbers_of_groups_that_make_no_scan_are_told(see, group):
    test = see(group("kmeans"))
    named(test.number_input, "From").set_value(30).run()
    assert "must be below" in test.warning[0].value
    named(test.number_input, "To").set_value(200).run()
    named(test.number_input, "Step").set_value(1).run()
    assert "at most 40" in test.warning[0].value


def test_a_scan_that_is_there_is_drawn(see, group, space, features):
    key = group("kmeans")
    settings = dict(open_clustering(space, key).params)
    del settings["n_clusters"]
    ks = list(range(2, 25, 2))
    asked = {"features": features, "method": "kmeans", "ks": ks, "params": settings}
    assert execute(space, "cluster-scan", asked, title="Scan").state == "done"
    test = see(key)
    assert len(test.get("plotly_chart")) == 2
    assert not [b for b in test.button if b.label.startswith("Try ")]


def test_one_grouping_alone_cannot_be_compared(see, group):
    assert "takes two groupings" in said(see(group("kmeans"), "compare"))


def test_groupings_are_compared(see, group, space):
    one, other = group("kmeans"), group("gmm")
    save_clustering(space, one, "my k means")
    test = see(other, "compare")
    table = test.dataframe[0].value
    assert set(table["grouping"]) >= {"my k means"}
    assert {"ari", "ami", "silhouette"} <= set(table)
    assert "AMI 1.00" in said(test).replace("**", "")
    assert test.get("plotly_chart")


def test_the_odd_ones_come_first(see, group):
    test = see(group("kmeans"), "odd")
    assert not test.error
    top = named(test.number_input, "Oddest to keep")
    assert top.value == N
    top.set_value(5).run()
    assert "5 are marked" in said(test)


def test_features_are_told_with_who_got_none(see, group):
    test = see(group("kmeans"), "features")
    assert not test.error
    assert "Planted" in said(test)
    assert any("without features" in e.label for e in test.expander)


def test_each_feature_has_a_row_with_its_spread(see, group):
    test = see(group("kmeans"), "features")
    table = test.dataframe[0].value
    assert list(table["feature"]) == ["gini", "m20", "asymmetry", "concentration"]
    assert all(sum(counts) == N for counts in table["spread"])


@pytest.mark.parametrize("plane", ["leading", "parting"])
def test_the_mixture_is_seen_in_two_planes(see, group, plane):
    test = see(group("gmm"))
    named(test.segmented_control, "Plane").set_value(plane).run()
    assert not test.exception
    assert "of the variance" in said(test)
