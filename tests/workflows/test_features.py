"""Features as a run: kept under a key, gone on with after a stop, turned back into images."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from astro_core import runs
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import delete_dataset
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features import EXTRACTORS
from astro_core.features.registry import ExtractorSpec
from astro_core.params import param
from astro_core.runs import execute
from astro_core.workflows import feature_parts
from astro_core.workflows import features as workflow
from astro_core.workflows.feature_store import partial_path

BAD_FILE = 9
PCA = {"n_components": 5, "batch": 10}


@dataclasses.dataclass(frozen=True, kw_only=True)
class GreyParams:
    offset: float = param(0.0, label="Offset", minimum=-1, maximum=9, help="Added to it.")


MEASURED = []


def measure_grey(pixels, params):
    MEASURED.append(pixels.object_id)
    mean = float(pixels.values.mean())
    if mean > 135:
        raise BadInputError("Too bright to be measured")
    level = np.float64("nan") if mean < 120 else mean
    return {"grey": level + params.offset, "rows": np.int64(pixels.values.shape[1]), "flag": "ok"}


@pytest.fixture
def grey(monkeypatch):
    spec = ExtractorSpec(
        name="grey",
        label="Mean grey",
        description="The mean.",
        params=GreyParams,
        names=lambda dataset, params: ("grey", "rows"),
        measure=measure_grey,
        chunk=7,
    )
    monkeypatch.setitem(EXTRACTORS._entries, "grey", spec)
    MEASURED.clear()
    return spec


def compute(workspace, survey, extractor="pca", params=None, on_progress=None, **more):
    chosen = PCA if params is None and extractor == "pca" else params or {}
    asked = {"dataset": survey.name, "extractor": extractor, "params": chosen}
    asked |= {"sample": None, "seed": 0} | more
    kind = workflow.STAMP_RUN if extractor == "pca" else workflow.OBJECT_RUN
    return execute(workspace, kind, asked, title="features", on_progress=on_progress)


@pytest.fixture
def pca(survey_space, survey):
    run = compute(survey_space, survey)
    assert run.state == "done", run.error
    return run.result


def ids_of(survey):
    return list(read_catalogue(survey)["object_id"])


def test_an_image_that_cannot_be_read_is_left_out_and_listed(survey_space, survey, pca):
    ids = ids_of(survey)
    features = workflow.open_features(survey_space, pca["key"])
    assert list(features.object_ids) == ids[:BAD_FILE] + ids[BAD_FILE + 1 :]
    assert (pca["n"], pca["n_bad"], pca["n_features"]) == (59, 1, 5)
    problems = workflow.feature_problems(survey_space, pca["key"])
    assert problems["object_id"].tolist() == [ids[BAD_FILE]]
    assert "9.png" in problems["reason"].iloc[0]


def test_a_list_tells_what_the_vectors_hold(survey_space, survey, pca):
    (one,) = workflow.list_features(survey_space, survey)
    assert (one.key, one.extractor, one.n_objects, one.n_bad) == (pca["key"], "pca", 59, 1)
    ratios = workflow.explained_variance(survey_space, pca["key"])
    assert (np.diff(ratios) <= 0).all()
    assert pca["explained_variance"] == pytest.approx(ratios.sum())
    assert one.summary == f"5 components hold {ratios.sum():.1%} of the variance of 59 images"
    assert "no larger than 24 px" in one.notes[0]
    assert one.recipe["crop_px"] == one.recipe["size_px"] == 24
    assert workflow.describe_features(survey_space, one.key) == one


def test_the_same_request_is_computed_once(survey_space, survey, pca, monkeypatch):
    def never(*_):
        raise AssertionError("computed again")

    spec = dataclasses.replace(EXTRACTORS.get("pca"), learn=never)
    monkeypatch.setitem(EXTRACTORS._entries, "pca", spec)
    assert compute(survey_space, survey).result == pca
    assert compute(survey_space, survey, params=PCA | {"n_components": 4}).state == "failed"


def test_reduced_images_stand_beside_the_originals(survey_space, survey, pca):
    asked = [ids_of(survey)[i] for i in (40, 0, 12)]
    originals, reduced = workflow.reduced(survey_space, pca["key"], asked)
    assert originals.shape == reduced.shape == (3, 24, 24, 3)
    for i, row in enumerate((40, 0, 12)):
        stored = np.asarray(Image.open(survey.folder / "files" / f"{row}.png"))
        np.testing.assert_array_equal(originals[i], stored)
    features = workflow.open_features(survey_space, pca["key"])
    rows = [features.object_ids.index(i) for i in asked]
    again = workflow.reconstruct(survey_space, pca["key"], features.values[rows])
    np.testing.assert_array_equal(again, reduced)
    with pytest.raises(NotFoundError, match=ids_of(survey)[BAD_FILE]):
        workflow.reduced(survey_space, pca["key"], [ids_of(survey)[BAD_FILE]])
    with pytest.raises(BadInputError, match=r"do not belong.*\(n, 5\).*\(2, 4\)"):
        workflow.reconstruct(survey_space, pca["key"], np.zeros((2, 4)))


def test_the_middle_of_all_vectors_is_the_mean_image(survey_space, survey, pca):
    originals, _ = workflow.reduced(
        survey_space, pca["key"], workflow.open_features(survey_space, pca["key"]).object_ids
    )
    middle = workflow.reconstruct(survey_space, pca["key"], np.zeros((1, 5)))[0]
    assert np.abs(middle - originals.mean(axis=0)).max() < 1.5


def test_measured_columns_are_scaled_for_groups_and_kept_in_their_units(survey_space, survey, grey):
    run = compute(survey_space, survey, "grey", {"offset": 2})
    assert run.state == "done", run.error
    key = run.result["key"]
    features = workflow.open_features(survey_space, key)
    table = workflow.features_table(survey_space, key)
    assert list(table.columns) == ["object_id", "grey", "rows", "flag"]
    assert features.names == ("grey", "rows")
    assert np.nanmean(features.values[:, 0]) == pytest.approx(0, abs=1e-6)
    assert np.nanstd(features.values[:, 0]) == pytest.approx(1, abs=1e-5)
    assert (features.values[:, 1] == 0).all()
    assert table["grey"].between(122, 137).where(table["grey"].notna(), True).all()
    np.testing.assert_array_equal(np.isnan(features.values[:, 0]), table["grey"].isna())
    assert (
        run.result["summary"]
        == f"2 statistics of {run.result['n']} galaxies; 1 could not be measured"
    )
    assert workflow.reconstruct(survey_space, key, features.values) is None
    assert workflow.explained_variance(survey_space, key) is None
    with pytest.raises(BadInputError, match="cannot be turned back into images"):
        workflow.reduced(survey_space, key, features.object_ids[:1])


def stop_at(n):
    def report(done, total, message=""):
        if done >= n:
            raise Cancelled

    return report


def test_a_stopped_run_is_gone_on_with_object_by_object(survey_space, survey, grey):
    stopped = compute(survey_space, survey, "grey", on_progress=stop_at(20))
    assert stopped.state == "cancelled"
    first = list(MEASURED)
    assert 20 <= len(first) < 59
    plan = workflow.plan_features(survey, "grey", {})
    assert workflow.list_features(survey_space, survey) == []
    part = next(partial_path(survey_space, plan.key).glob("*.jsonl"))
    with part.open("a") as stream:
        stream.write('\n{"object_id": "58772')  # its process died while it wrote
    MEASURED.clear()
    seen = []
    done = compute(
        survey_space,
        survey,
        "grey",
        on_progress=lambda n, total, text="": seen.append((total, text)),
    )
    assert done.state == "done", done.error
    assert not set(MEASURED) & set(first)
    assert len(MEASURED) + len(first) == 59
    assert seen[0][0] == 60 - len(first) - 1 or seen[0][0] == 60 - len(first)
    assert "were measured before" in seen[0][1]
    assert not partial_path(survey_space, plan.key).exists()
    whole = compute(survey_space, survey, "grey", {"offset": 1})
    a, b = (workflow.features_table(survey_space, r.result["key"]) for r in (done, whole))
    np.testing.assert_allclose(a["grey"] + 1, b["grey"])


def test_nothing_measured_is_said(survey_space, survey, grey, monkeypatch):
    def fail(pixels, params):
        raise BadInputError("There is no galaxy here")

    monkeypatch.setitem(EXTRACTORS._entries, "grey", dataclasses.replace(grey, measure=fail))
    run = compute(survey_space, survey, "grey")
    assert run.state == "failed"
    assert run.error.startswith("Not one galaxy could be measured: There is no galaxy here")
    monkeypatch.setitem(EXTRACTORS._entries, "grey", grey)  # the disk with the images is back
    assert compute(survey_space, survey, "grey").state == "done"


def test_what_is_wrong_is_said_before_anything_runs(survey_space, survey):
    def submit(extractor, params, **more):
        return workflow.submit_features(survey_space, survey.name, extractor, params, **more)

    with pytest.raises(BadInputError, match="No trained model yet: it comes with training"):
        submit("embedding", {})
    with pytest.raises(NotFoundError, match="no feature extractor named 'magic'"):
        submit("magic", {})
    with pytest.raises(BadInputError, match="Components"):
        submit("pca", {"n_components": 0})
    with pytest.raises(BadInputError, match="at least one galaxy"):
        submit("pca", {}, sample=0)
    assert runs.list_runs(survey_space) == ()


def test_fewer_galaxies_than_components_is_a_sentence(survey_space, survey):
    run = compute(survey_space, survey, params={})
    assert run.state == "failed"
    assert run.error == (
        "75 components cannot be learned from so few galaxies. Expected at least 75 with an image; "
        "got 59. Ask for 59 components or fewer, or use more galaxies."
    )


def test_keys_that_lead_elsewhere_or_nowhere_are_refused(survey_space):
    with pytest.raises(NotFoundError, match="no features 'none'"):
        workflow.open_features(survey_space, "none")
    for key in ("../datasets", "/etc", ".hidden", ""):
        with pytest.raises(BadInputError):
            workflow.open_features(survey_space, key)


def test_deleted_features_are_gone(survey_space, survey, pca):
    workflow.open_features(survey_space, pca["key"])
    workflow.delete_features(survey_space, pca["key"])
    assert workflow.list_features(survey_space, survey) == []
    with pytest.raises(NotFoundError):
        workflow.open_features(survey_space, pca["key"])
    with pytest.raises(NotFoundError):
        workflow.delete_features(survey_space, pca["key"])


def test_features_end_with_their_dataset(survey_space, survey, pca):
    delete_dataset(survey_space, survey.name)
    assert not any(survey_space.features.iterdir())


def test_a_checkpoint_is_whole_or_the_last_one(tmp_path):
    checkpoint = feature_parts.FileCheckpoint(tmp_path / "part")
    assert checkpoint.load() is None
    checkpoint.save({"a": np.arange(3)})
    checkpoint.save({"a": np.arange(4), "n": np.array(2)})
    found = checkpoint.load()
    np.testing.assert_array_equal(found["a"], np.arange(4))
    assert int(found["n"]) == 2
