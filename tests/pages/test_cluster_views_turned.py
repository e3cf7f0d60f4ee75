"""What turning galaxies does, on components of real stamps."""

import pytest
from reading import said

from astro_core.params import to_mapping
from astro_core.runs import execute
from astro_core.workflows.feature_plan import plan_features
from astro_core.workflows.features import STAMP_RUN

SMALL = {"n_components": 4, "crop_px": 0, "size_px": 32, "batch": 20}


@pytest.fixture
def components(space, make_survey):
    survey = make_survey("pictures", 30)

    def compute(**params):
        plan = plan_features(survey, "pca", {**SMALL, **params})
        asked = {
            "dataset": survey.name,
            "extractor": "pca",
            "params": to_mapping(plan.params),
            "sample": None,
            "seed": 0,
            "key": plan.key,
        }
        assert execute(space, STAMP_RUN, asked, title="Features").state == "done"
        return plan.key

    return compute


@pytest.fixture
def look(open_page):
    def at(key):
        test = open_page("cluster.py", dataset="pictures", features=key, view="features")
        assert not test.error
        return test

    return at


def test_one_set_alone_says_how_to_see_it(components, look):
    assert "with **Same orientation** as well" in said(look(components()))


def test_both_sets_are_shown_beside_each_other(space, components, look, html_of):
    keys = [components(), components(normalise_orientation=True)]
    test = look(keys[0])
    assert "Group both sets by the same method" in said(test)
    assert html_of(test).count("turned") == 10
    for key in keys:
        asked = {"features": key, "method": "kmeans", "params": {"n_clusters": 3}}
        assert execute(space, "cluster", asked, title="Group").state == "done"
    test = look(keys[1])
    table = next(d.value for d in test.dataframe if "AMI turned" in d.value)
    assert table["groups"].tolist() == ["K-means 3"]
    assert table.drop(columns="groups").notna().all(axis=None)
