"""A whole survey is classified, whatever ends the work meanwhile."""

import shutil
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table
from PIL import Image

from astro_core import runs
from astro_core.datasets.store import open_dataset
from astro_core.domain import Person
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.runs.context import map_here
from astro_core.runs.folder import RunFolder
from astro_core.runs.perform import perform
from astro_core.workflows import catalogue
from astro_core.workflows.browse import open_view
from astro_core.workflows.catalogue import KIND, open_answers, save_answers, submit_survey
from astro_core.workflows.catalogue_dataset import review_undefined
from astro_core.workflows.catalogue_source import SurveyRequest, open_survey
from astro_core.workflows.review_queues import list_queues
from astro_core.workspace import Workspace

N = 300
COLOURS = {"red": (180, 90, 20), "blue": (20, 90, 180), "grey": (90, 90, 90)}


def colour_of(number):
    return list(COLOURS)[number % 3]


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """A catalogue of N galaxies and their stamps; number 7 is damaged, number 8 is missing."""
    folder = tmp_path_factory.mktemp("survey")
    (folder / "stamps").mkdir()
    rng = np.random.default_rng(1)
    for number in range(N):
        noise = rng.integers(0, 12, (20, 20, 3))
        pixels = (np.array(COLOURS[colour_of(number)]) + noise).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "stamps" / f"J{number:04d}.png")
    (folder / "stamps" / "J0007.png").write_bytes(b"not a picture")
    (folder / "stamps" / "J0008.png").unlink()
    frame = pd.DataFrame(
        {
            "objid": [f"J{number:04d}" for number in range(N)],
            "ra": np.linspace(0, 359, N),
            "dec": np.linspace(-60, 60, N),
            "mag": 17.0,
        }
    )
    frame.to_parquet(folder / "survey.parquet", row_group_size=70)
    return folder


def workspace_with(model, folder):
    workspace = Workspace(folder / "space").ensure()
    shutil.copytree(model, workspace.models / "colours")
    return workspace


@pytest.fixture
def space(tmp_path, colour_model):
    return workspace_with(colour_model, tmp_path)


def request(survey, **more):
    told = {
        "model": "colours",
        "catalogue": str(survey / "survey.parquet"),
        "stamps": str(survey / "stamps"),
    }
    return SurveyRequest(**(told | more))


def classified(space, asked):
    run = runs.execute(space, KIND, asked.params(space), title="Survey")
    assert run.state == "done", run.error
    return open_answers(space, run.run_id)


@pytest.fixture(scope="module")
def found(tmp_path_factory, colour_model, survey):
    """The survey classified once, and kept as a dataset."""
    space = workspace_with(colour_model, tmp_path_factory.mktemp("found"))
    return space, classified(space, request(survey, keep_as="My survey"))


def test_every_galaxy_has_its_answer_and_bad_stamps_are_listed(found):
    _, found = found
    table = pd.read_parquet(found.answers).set_index("object_id")
    assert len(table) == N - 2
    for number in range(N):
        if number not in (7, 8):
            row, colour = table.loc[f"J{number:04d}"], colour_of(number)
            assert row["undefined"] == (colour == "grey")
            assert colour == "grey" or row["label"] == colour
            assert row["prediction_set"] == ("red|blue" if colour == "grey" else colour)
            assert row["ra_deg"] == pytest.approx(number * 359 / (N - 1))
    np.testing.assert_allclose(table["p_red"] + table["p_blue"], 1, atol=1e-3)
    assert table["calibrated"].all()
    assert set(table["model"]) == {"colours"}
    bad = pd.read_parquet(found.problems).set_index("object_id")["reason"]
    assert "not a picture" in bad["J0007"]
    assert "missing" in bad["J0008"]
    told = found.run.result
    assert (told["n_objects"], told["n_bad"], told["n_undefined"]) == (N - 2, 2, 100 - 1)
    assert sum(told["classes"].values()) == N - 2
    assert told["undefined"].keys() <= {"red", "blue"}


@pytest.mark.parametrize("suffix", ["vot", "fits", "csv"])
def test_the_answers_are_written_in_other_formats(found, tmp_path, suffix):
    _, found = found
    path = tmp_path / f"out.{suffix}"
    save_answers(found, path)
    again = Table.read(path).to_pandas() if suffix != "csv" else pd.read_csv(path)
    ours = pd.read_parquet(found.answers)
    assert again["object_id"].astype("S5").tolist() == ours["object_id"].astype("S5").tolist()
    np.testing.assert_allclose(again["p_red"], ours["p_red"], rtol=1e-5)
    assert again["undefined"].astype(bool).tolist() == ours["undefined"].tolist()
    with pytest.raises(NotFoundError, match="answers cannot be written"):
        save_answers(found, tmp_path / "out.doc")


def test_what_was_done_is_not_done_again(space, survey, monkeypatch):
    asked, done = request(survey), []
    real = catalogue.classify_shard

    def fails_at_the_second(workspace, folder, shard):
        if len(done) == 1:
            raise BadInputError("The lights went out")
        done.append(shard)
        return real(workspace, folder, shard)

    monkeypatch.setattr(catalogue, "classify_shard", fails_at_the_second)
    first = runs.execute(space, KIND, asked.params(space), title="Survey")
    assert (first.state, len(done)) == ("failed", 1)
    monkeypatch.setattr(catalogue, "classify_shard", real)
    monkeypatch.setattr(runs, "resume", lambda _, run_id: done.append(run_id))
    assert submit_survey(space, asked) == first.run_id == done[-1]
    assert len(list((space.runs / first.run_id / "shards").glob("??????.parquet"))) == 1


def again(space, run):
    """Take a run up where it was killed."""
    store = RunFolder(space, run.run_id)
    store.ask_again()
    perform(store, mapper=map_here)
    return open_answers(space, run.run_id)


def test_a_kill_behind_the_answers_leaves_no_shards(space, survey):
    found = classified(space, request(survey))
    shards = found.answers.parent / "shards"
    shards.mkdir()
    shutil.copy(found.answers, shards / "000000.parquet")
    again(space, found.run)
    assert not shards.exists()


def test_a_stamp_that_is_repaired_after_a_kill_is_no_problem(space, survey, tmp_path, monkeypatch):
    stamps = shutil.copytree(survey / "stamps", tmp_path / "stamps")
    asked = request(survey, stamps=str(stamps))

    def killed(*_):
        raise BadInputError("The lights went out")

    with monkeypatch.context() as patched:
        patched.setattr(catalogue, "_join", killed)
        run = runs.execute(space, KIND, asked.params(space), title="Survey")
    (space.runs / run.run_id / "shards" / "000000.parquet").unlink()
    shutil.copy(stamps / "J0010.png", stamps / "J0007.png")
    shutil.copy(stamps / "J0011.png", stamps / "J0008.png")
    found = again(space, run)
    assert pd.read_parquet(found.problems).empty
    assert len(pd.read_parquet(found.answers)) == N


def test_the_galaxies_become_a_dataset_with_the_answers_in_browse(found, survey):
    space, answered = found
    dataset = open_dataset(space, "My survey")
    assert dataset.n_objects == N - 2
    assert dataset.n_bad == 2
    assert dataset.taxonomy.class_names == ("red", "blue")
    assert not dataset.class_counts
    view = open_view(dataset)
    assert {"colours_p_red", "colours_label", "colours_undefined"} <= set(view.columns)
    person = Person(name="Ana", role="reviewer")
    queue = review_undefined(space, answered.run, person)
    (shown,) = list_queues(space, dataset)
    assert (shown.queue_id, shown.name) == (queue, "Undefined by colours")
    assert shown.n_objects == 99
    with pytest.raises(ConflictError, match="already a dataset named"):
        submit_survey(space, request(survey, keep_as="my survey", head="colour"))


def test_a_dataset_is_classified_as_it_is(found):
    space, _ = found
    run = classified(space, SurveyRequest(model="colours", dataset="My survey")).run
    assert (run.result["n_objects"], run.result["n_bad"]) == (N - 2, 0)
    assert run.result["selection"] == "undefined by colours"
    with pytest.raises(BadInputError, match="A circle is cut out of a catalogue"):
        submit_survey(space, SurveyRequest(model="colours", dataset="My survey", cone="0,0,1"))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"catalogue": "/nowhere.parquet"}, "no catalogue"),
        ({"stamps": "/nowhere"}, "no folder"),
        ({"stamps": "{root}/stamps/{{nothing}}.png"}, "no column 'nothing'"),
        ({"stamps": "{root}/stamps/{{objid}}.jpg"}, "None of the first 50 stamps is there"),
        ({"stamps": "{root}/stamps/a{{band}}.jpg"}, "names no column"),
        ({"stamps": "{root}"}, "no images in"),
    ],
)
def test_what_cannot_work_is_refused_at_once(space, survey, change, error):
    given = {name: value.format(root=survey) for name, value in change.items()}
    with pytest.raises(BadInputError, match=error):
        submit_survey(space, request(survey, **given))
    assert not runs.list_runs(space)


def test_columns_of_the_catalogue_say_where_the_stamps_are(survey, tmp_path, space):
    (tmp_path / "a" / "17.0").mkdir(parents=True)
    shutil.copy(survey / "stamps" / "J0001.png", tmp_path / "a" / "17.0" / "J0001.png")
    pq.write_table(pq.read_table(survey / "survey.parquet").slice(1, 1), tmp_path / "one.parquet")
    asked = request(
        survey,
        catalogue=str(tmp_path / "one.parquet"),
        stamps=f"{tmp_path}/a/{{mag}}/{{objid}}.png",
    )
    assert open_survey(space, asked).first(1)["file"].tolist() == ["17.0/J0001.png"]


@pytest.mark.parametrize(
    "tile", ["Dir=0/Npix={}.parquet", "Dir=0/Npix={}/part0.parquet", "{}.parquet"]
)
def test_a_hats_catalogue_is_read_tile_by_tile(survey, tmp_path, space, tile):
    whole = pq.read_table(survey / "survey.parquet")
    dataset = tmp_path / "hats" / "dataset"
    for number in range(3):
        path = dataset / "Norder=1" / tile.format(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(whole.slice(number * 100, 100), path)
    pq.write_table(whole.slice(0, 5), dataset / "data_thumbnail.parquet")
    pq.write_table(pa.table({"Norder": [1]}), tmp_path / "hats" / "partition_info.parquet")
    found = open_survey(space, request(survey, catalogue=str(tmp_path / "hats")))
    assert found.n_objects == N == sum(len(frame) for frame in found.batches())


@pytest.mark.skipif(find_spec("lsdb") is None, reason="the extra 'hats' is not installed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # lsdb's own
def test_a_circle_of_a_hats_catalogue_is_classified_alone(survey, tmp_path, space):
    import lsdb

    frame = pd.read_parquet(survey / "survey.parquet")
    lsdb.from_dataframe(frame, margin_threshold=None).write_catalog(
        tmp_path / "sky", progress_bar=False
    )
    asked = request(survey, catalogue=str(tmp_path / "sky"), cone="180,0,30")
    found = pd.read_parquet(classified(space, asked).answers)
    near = frame[np.hypot(frame["ra"] - 180, frame["dec"]) < 29]["objid"]
    assert set(near) <= set(found["object_id"])
    assert 0 < len(found) < N / 4


def test_measured_bands_are_stretched_for_a_model_of_pictures(space, tmp_path):
    rng = np.random.default_rng(2)
    (tmp_path / "s").mkdir()
    for number in range(4):
        levels = (1, 2, 8) if number % 2 else (8, 2, 1)
        for band, level in zip("grz", levels, strict=True):
            sky = rng.normal(0, 0.05, (20, 20)).astype(np.float32)
            sky[6:14, 6:14] += level
            fits.PrimaryHDU(sky).writeto(tmp_path / "s" / f"G{number}_{band}.fits")
    pd.DataFrame({"id": [f"G{n}" for n in range(4)]}).to_csv(tmp_path / "c.csv", index=False)
    asked = SurveyRequest(
        model="colours",
        catalogue=str(tmp_path / "c.csv"),
        stamps=f"{tmp_path}/s/{{id}}_{{band}}.fits",
    )
    found = classified(space, asked)
    assert pd.read_parquet(found.answers)["label"].tolist() == ["blue", "red"] * 2
    assert "stretched automatically" in runs.read_log(space, found.run.run_id)
