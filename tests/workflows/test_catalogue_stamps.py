"""Catalogues with gaps, and with paths that lead elsewhere."""

import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from PIL import Image

from astro_core import runs
from astro_core.datasets.store import open_dataset
from astro_core.errors import BadInputError
from astro_core.workflows.catalogue import KIND, open_answers
from astro_core.workflows.catalogue_source import SurveyRequest, open_survey
from astro_core.workspace import Workspace

NAMES_NONE, NO_ID = "This row names no stamp.", "This row has no identifier."


@pytest.fixture
def space(tmp_path, colour_model):
    space = Workspace(tmp_path / "space").ensure()
    shutil.copytree(colour_model, space.models / "colours")
    return space


def stamps_in(folder, names):
    folder.mkdir(parents=True)
    for shade, name in enumerate(names):
        pixels = np.full((20, 20, 3), (180, 90, shade), np.uint8)
        pixels[5] = 0
        Image.fromarray(pixels).save(folder / name)


def request(path, stamps, **more):
    return SurveyRequest(model="colours", catalogue=str(path), stamps=str(stamps), **more)


def classified(space, asked):
    run = runs.execute(space, KIND, asked.params(space), title="Survey")
    assert run.state == "done", run.error
    found = open_answers(space, run.run_id)
    bad = pd.read_parquet(found.problems)
    return pd.read_parquet(found.answers), list(bad.itertuples(index=False, name=None))


def written(table, path):
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        table.to_pandas(types_mapper=pd.ArrowDtype).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_rows_with_gaps_are_listed_and_end_nothing(space, tmp_path, suffix):
    images = [f"{name}.png" for name in "abcdef"]
    stamps_in(tmp_path / "5", images)
    table = pa.table(
        {
            "id": ["a", "b", None, "d", "e", None],
            "image": [None, *images[1:]],
            "field": pa.array([5, 5, 5, None, 5, 5]),
        }
    )
    path = written(table, tmp_path / f"survey.{suffix}")
    asked = request(path, tmp_path / "{field}" / "{image}", keep_as="Gaps")
    answers, bad = classified(space, asked)
    assert answers["object_id"].tolist() == ["b", "e"]
    assert answers["file"].tolist() == ["5/b.png", "5/e.png"]
    assert bad == [
        ("a", "", NAMES_NONE), ("", "5/c.png", NO_ID), ("d", "", NAMES_NONE), ("", "5/f.png", NO_ID)
    ]  # fmt: skip
    dataset = open_dataset(space, "Gaps")
    assert (dataset.n_objects, dataset.n_bad) == (2, 4)


@pytest.fixture
def bands(tmp_path):
    """A folder of the bands of one galaxy."""
    folder = tmp_path / "stamps" / "G1"
    folder.mkdir(parents=True)
    for band, level in zip("grz", (1, 2, 8), strict=True):
        sky = np.random.default_rng(2).normal(0, 0.05, (20, 20)).astype(np.float32)
        sky[6:14, 6:14] += level
        fits.PrimaryHDU(sky).writeto(folder / f"{band}.fits")
    return folder


def test_paths_that_lead_elsewhere_are_listed(space, tmp_path, bands):
    outside = shutil.copytree(bands, tmp_path / "G2")
    table = pa.table({"id": list("abcd"), "path": [None, str(outside), "../G2", "G1"]})
    path = written(table, tmp_path / "survey.parquet")
    answers, bad = classified(space, request(path, tmp_path / "stamps" / "{path}" / "{band}.fits"))
    assert answers["object_id"].tolist() == ["d"]
    assert [object_id for object_id, _, _ in bad] == ["a", "b", "c"]
    assert bad[0][2] == NAMES_NONE
    assert all("leads outside" in reason for _, _, reason in bad[1:])


@pytest.mark.parametrize("stamps", ["{path}/{band}.fits", "{path}.png", "{path}"])
@pytest.mark.parametrize("given", ["{root}/G2", "../G2"])
def test_a_survey_of_paths_that_all_lead_elsewhere_is_refused(
    space, tmp_path, bands, stamps, given
):
    table = pa.table({"id": ["a"], "path": [given.format(root=tmp_path)]})
    path = written(table, tmp_path / "survey.parquet")
    with pytest.raises(BadInputError, match="leads outside"):
        open_survey(space, request(path, bands.parent / stamps))


def test_a_survey_that_names_no_stamp_at_all_is_refused(space, tmp_path, bands):
    table = pa.table({"id": ["a", "b"], "path": pa.array([None, None], pa.string())})
    path = written(table, tmp_path / "survey.parquet")
    with pytest.raises(BadInputError, match="None of the first 2 rows names a stamp"):
        open_survey(space, request(path, bands.parent / "{path}" / "{band}.fits"))
