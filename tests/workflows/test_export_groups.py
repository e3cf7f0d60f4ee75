import numpy as np
import pytest

from astro_core.datasets.tables import read_table
from astro_core.errors import NotFoundError
from astro_core.runs import execute
from astro_core.workflows.clustering_store import name_group, open_clustering
from astro_core.workflows.export import EXPORTS
from astro_core.workflows.export_groups import groups_and_features, write_groups
from astro_core.workflows.export_tables import WRITERS
from astro_core.workflows.feature_store import open_features


@pytest.fixture
def key(survey_space, blobs):
    asked = {"features": blobs, "method": "kmeans", "params": {"n_clusters": 3}}
    run = execute(survey_space, "cluster", asked, title="Group")
    assert run.state == "done", run.error
    name_group(survey_space, run.result["key"], 1, "rings")
    return run.result["key"]


def test_groups_and_features_are_joined_by_object_id(survey_space, survey, blobs, key):
    table = groups_and_features(survey_space, survey, key)
    features = open_features(survey_space, blobs)
    result = open_clustering(survey_space, key)
    assert list(table.columns[:3]) == ["object_id", "cluster", "strength"]
    assert dict(zip(table["object_id"], table["cluster"], strict=True)) == dict(
        zip(result.object_ids, result.labels, strict=True)
    )
    rows = table.set_index("object_id").loc[list(features.object_ids), list(features.names)]
    assert np.allclose(rows.to_numpy(), features.values)
    assert set(table.loc[table["cluster"] == 1, "group_name"]) == {"rings"}


@pytest.mark.parametrize("format", WRITERS)
def test_every_format_can_be_read_again(survey_space, survey, key, format, tmp_path):
    path = tmp_path / f"groups{EXPORTS.get(format).suffix}"
    write_groups(survey_space, survey, key, format, path)
    table = read_table(path).frame
    expected = groups_and_features(survey_space, survey, key)
    assert list(table["object_id"].astype(str)) == list(expected["object_id"])
    assert list(table["cluster"].astype(int)) == list(expected["cluster"])
    assert set(expected.columns) == set(table.columns)


def test_features_can_be_left_out(survey_space, survey, key, tmp_path):
    write_groups(survey_space, survey, key, "csv", tmp_path / "g.csv", with_features=False)
    header = (tmp_path / "g.csv").read_text("utf-8").splitlines()[0].replace('"', "")
    assert header == "object_id,cluster,strength,group_name,label"


def test_an_unknown_format_leaves_nothing(survey_space, survey, key, tmp_path):
    with pytest.raises(NotFoundError, match="cannot be written as 'xls'"):
        write_groups(survey_space, survey, key, "xls", tmp_path / "g.xls")
    assert not list(tmp_path.glob("g*"))
