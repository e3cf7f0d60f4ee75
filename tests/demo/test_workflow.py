import pandas as pd
import pytest

from astro_core.datasets.boxes import BACKGROUND, BOXES, read_boxes
from astro_core.datasets.catalogue import read_catalogue, read_problems
from astro_core.datasets.demo.consensus import DEMO_CLASSES
from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.store import list_datasets, open_dataset
from astro_core.detection import FINDERS
from astro_core.domain import Cancelled
from astro_core.errors import NotFoundError
from astro_core.params import describe
from astro_core.runs import execute
from astro_core.workflows.demo import DemoParams, picture_count
from astro_core.workflows.marked_pictures import marked_pictures
from astro_core.workflows.score_finder import deal_pictures, finds, score_folds, search
from astro_core.workspace import Workspace, size_bytes

OBJECTS = 24


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("workspace")).ensure()
    run = execute(space, "demo", {"objects": OBJECTS, "seed": 2}, title="Demo")
    assert run.state == "done", run.error
    return space


def test_three_datasets_are_published_and_say_that_they_are_simulated(workspace):
    datasets = {d.name: d for d in list_datasets(workspace)}
    assert set(datasets) == {"demo", "demo-fields", "demo-objects"}
    assert all(d.source.simulated for d in datasets.values())
    assert datasets["demo"].n_objects == OBJECTS
    assert datasets["demo"].bands == ("U", "G", "R", "F660", "I", "Z")
    assert datasets["demo"].pixel_scale_arcsec == pytest.approx(0.55)
    assert set(datasets["demo-objects"].class_counts) == {"cluster", "galaxy", "lens", "nebula"}


def test_damaged_objects_are_left_out_and_named(workspace):
    demo = open_dataset(workspace, "demo")
    problems = read_problems(demo)
    assert demo.n_bad == len(problems) == 3
    assert set(problems["object_id"]).isdisjoint(read_catalogue(demo)["object_id"])


def test_every_image_of_the_three_is_below_its_own_dataset_and_readable(workspace):
    for dataset in list_datasets(workspace):
        assert [part.root for part in dataset.parts] == ["files"]
        for row in read_catalogue(dataset).to_dict("records"):
            pixels = read_pixels(dataset, row)
            assert pixels.band(dataset.bands[-1]).size > 0


def test_the_catalogue_has_columns_to_filter_on(workspace):
    demo = open_dataset(workspace, "demo")
    catalogue = read_catalogue(demo)
    wanted = {"mag_u", "mag_f660", "redshift", "radius_arcsec", "true_type", "gz2_class", "snr_r"}
    assert wanted <= set(catalogue.columns)
    assert set(demo.taxonomy.vote_columns) <= set(catalogue.columns)
    assert set(catalogue["label"]) <= {c.name for c in DEMO_CLASSES}
    assert catalogue["split"].isin(["train", "validation", "test"]).all()
    assert catalogue["dec_deg"].between(-36, 3).all()
    assert catalogue["mag_r"].between(12, 21).all()


@pytest.mark.parametrize("name", ["demo", "demo-fields"])
def test_boxes_lie_beside_stamps_and_fields(workspace, name):
    dataset = open_dataset(workspace, name)
    boxes = read_boxes(dataset)
    assert len(boxes) > 0
    assert set(read_catalogue(dataset).query("label != 'star_or_artefact'")["object_id"]) <= set(
        boxes["field"]
    )
    pd.testing.assert_frame_equal(pd.read_csv(dataset.folder / f"{BOXES}.csv"), boxes)


def test_sky_objects_have_no_boxes_and_say_so(workspace):
    with pytest.raises(NotFoundError, match="no true boxes"):
        read_boxes(open_dataset(workspace, "demo-objects"))


@pytest.mark.parametrize("measured", [False, True])
def test_finders_are_scored_by_the_boxes(workspace, measured):
    stamps = open_dataset(workspace, "demo")
    searched = search(stamps, finds(FINDERS.get("source-extraction"), measured=measured))
    assert set(searched.truth) == set(read_catalogue(stamps)["object_id"])
    scores = score_folds(searched, deal_pictures(stamps, 3))
    assert scores["n_pictures"].sum() == OBJECTS
    assert (scores["map_50"] > 0.6).all()
    assert (scores["ar_1"] > 0.4).all()


def test_finding_a_galaxy_behind_that_of_a_stamp_is_no_mistake_and_missing_it_neither(workspace):
    behind = 0
    for marked in marked_pictures(open_dataset(workspace, "demo")):
        other = [label == BACKGROUND for label in marked.boxes.labels]
        assert len(marked.truth.boxes) <= 1
        assert BACKGROUND not in marked.truth.boxes.labels
        assert marked.truth.unsure.labels.count(BACKGROUND) == sum(other)
        behind += sum(other)
    assert behind > OBJECTS
    for marked in marked_pictures(open_dataset(workspace, "demo-fields")):
        assert len(marked.truth.boxes) > 1


def test_a_cancelled_demo_leaves_nothing(tmp_path):
    space = Workspace(tmp_path).ensure()

    def stop(done, total, message=""):
        if message == "Painting sky objects":
            raise Cancelled

    run = execute(space, "demo", {"objects": 8}, title="Demo", on_progress=stop)
    assert run.state == "cancelled"
    assert list_datasets(space) == ()
    assert not any(space.scratch.rglob("*.fits"))


def test_a_name_that_is_taken_is_refused_before_anything_is_drawn(workspace):
    seen = []
    run = execute(
        workspace, "demo", {"objects": 8}, title="Demo", on_progress=lambda *a: seen.append(a)
    )
    assert run.state == "failed"
    assert "already a dataset named 'demo'" in run.error
    assert not seen


def test_progress_only_grows(tmp_path):
    seen = []
    space = Workspace(tmp_path).ensure()
    run = execute(
        space,
        "demo",
        {"objects": 8, "name": "tiny"},
        title="Demo",
        on_progress=lambda done, total, message="": seen.append((done, total, message)),
    )
    assert run.state == "done", run.error
    assert [d for d, _, _ in seen] == sorted(d for d, _, _ in seen)
    assert len({t for _, t, _ in seen}) == 1
    assert {d.name for d in list_datasets(space)} == {"tiny", "tiny-fields", "tiny-objects"}


def test_the_full_survey_stays_below_350_mb_by_what_these_objects_take(workspace):
    per_object = size_bytes(open_dataset(workspace, "demo").folder / "files") / (OBJECTS + 3)
    per_picture = size_bytes(open_dataset(workspace, "demo-objects").folder) / picture_count(
        OBJECTS
    )
    fields = 6 * 6 * (1024 * 1024 * 2 + 2 * 2880)
    assert 1515 * per_object + 400 * per_picture + fields < 350e6


def test_settings_are_declared_once_with_bounds_and_help():
    infos = {info.name: info for info in describe(DemoParams)}
    assert set(infos) == {"objects", "seed", "name"}
    assert infos["objects"].default == 1500
    assert all(info.label and info.help for info in infos.values())
