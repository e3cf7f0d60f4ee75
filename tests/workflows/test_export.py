import csv
import tarfile
import zipfile

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy.table import Table
from PIL import Image

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.tables import read_table
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.browse import open_view
from astro_core.workflows.export import (
    EXPORTS,
    export_catalogue,
    export_dataset,
    file_name,
    is_small,
)
from astro_core.workflows.export_images import folder_names
from astro_core.workflows.export_tables import catalogue_table, guard_formulas
from astro_core.workflows.stack import stamps

CATALOGUES = ("csv", "ecsv", "votable", "fits", "parquet")
VOTE = "t01_smooth_or_features_a01_smooth_debiased"


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_format_reads_back(survey_space, survey, tmp_path, name):
    path = export_catalogue(survey_space, survey, name, tmp_path / file_name(survey, name))
    back = read_table(path).frame
    ours = read_catalogue(survey)
    assert back["object_id"].tolist() == ours["object_id"].tolist()
    labels = back["label"].where(back["label"].notna() & (back["label"] != ""), None)
    assert labels.tolist() == ours["label"].where(ours["label"].notna(), None).tolist()
    for column in ("ra_deg", "dec_deg", "redshift", VOTE):
        np.testing.assert_array_equal(back[column].to_numpy(float), ours[column].to_numpy(float))
    assert back["specobjid"].astype("int64").tolist() == ours["specobjid"].tolist()
    assert not {"part", "row"} & set(back.columns)


@pytest.mark.parametrize("name", CATALOGUES)
def test_other_readers_agree(survey_space, survey, tmp_path, name):
    path = export_catalogue(survey_space, survey, name, tmp_path / f"out.{name}")
    if name == "csv":
        back = pd.read_csv(path, dtype={"object_id": str})
    elif name == "parquet":
        back = pd.read_parquet(path)
    else:
        back = Table.read(path, format="ascii.ecsv" if name == "ecsv" else name)
        assert str(back["ra_deg"].unit) == "deg"
    ids = [i.decode() if isinstance(i, bytes) else str(i) for i in back["object_id"]]
    assert ids == read_catalogue(survey)["object_id"].tolist()
    assert int(back["specobjid"][59]) == 2**62 + 59


def test_chosen_objects_come_in_the_order_asked_for(survey_space, survey, tmp_path):
    ids = read_catalogue(survey)["object_id"].iloc[[7, 3]].tolist()
    path = export_catalogue(survey_space, survey, "csv", tmp_path / "two.csv", ids)
    assert read_table(path).frame["object_id"].tolist() == ids
    with pytest.raises(NotFoundError, match="no object 'nobody'"):
        export_catalogue(survey_space, survey, "csv", tmp_path / "no.csv", ["nobody"])
    with pytest.raises(BadInputError, match="nothing to export"):
        export_catalogue(survey_space, survey, "csv", tmp_path / "no.csv", [])
    assert not (tmp_path / "no.csv").exists()


def test_a_spreadsheet_runs_nothing(survey_space, survey, tmp_path):
    path = export_catalogue(survey_space, survey, "csv", tmp_path / "out.csv")
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["remark"] == "'=SUM(A1)"
    assert all(not r["label"].startswith(("=", "+", "@")) for r in rows)


def test_guarding_leaves_numbers_and_plain_text_alone():
    texts = ["-1.5e-3", "+2", "-x", "@a", "=1+1", "\tx", "spiral", None, "a=b", ""]
    table = guard_formulas(pa.table({"=name": texts, "n": range(10)}))
    assert table.column_names == ["'=name", "n"]
    assert table.column(0).to_pylist() == [
        "-1.5e-3", "+2", "'-x", "'@a", "'=1+1", "'\tx", "spiral", None, "a=b", "",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["fits", "votable", "ecsv", "parquet"])
def test_awkward_values_survive(tmp_path, name):
    from astro_core.workflows.export_tables import WRITERS

    table = pa.table(
        {
            "object_id": ["007", "ümlaut", "-x"],
            "big": pa.array([2**62 + 1, None, 3]),
            "single": pa.array(np.array([0.1, 0.2, 0.3], np.float32)),
            "maybe": [True, None, False],
            "empty": pa.array([None] * 3, pa.string()),
        }
    )
    WRITERS[name](table, tmp_path / f"t.{name}")
    if name == "parquet":
        assert pd.read_parquet(tmp_path / "t.parquet")["object_id"].tolist()[0] == "007"
        return
    back = Table.read(tmp_path / f"t.{name}", format="ascii.ecsv" if name == "ecsv" else name)
    ids = [i.decode() if isinstance(i, bytes) else str(i) for i in back["object_id"]]
    assert ids == ["007", "ümlaut", "-x"]
    assert back["big"][0] == 2**62 + 1
    assert np.ma.is_masked(back["big"][1])
    assert back["single"].dtype.itemsize == 4


def test_the_exported_catalogue_puts_first_things_first(survey):
    names = catalogue_table(open_view(survey)).column_names
    assert names[:5] == ["object_id", "label", "split", "ra_deg", "dec_deg"]
    assert names[-1] == "content"


def _index(text):
    return {r["file"]: r for r in csv.DictReader(text.splitlines())}


@pytest.mark.parametrize("name", ["folder", "zip", "tar.gz"])
def test_a_folder_per_class(survey_space, survey, tmp_path, name):
    path = tmp_path / f"images.{name}"
    report = export_dataset(survey_space, survey, name, path)
    assert (report.n_objects, report.n_left_out) == (59, 1)  # one file is no picture
    root = tmp_path / "unpacked"
    if name == "folder":
        root = path
    elif name == "zip":
        zipfile.ZipFile(path).extractall(root)
    else:
        with tarfile.open(path) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in 3.11.2
            archive.extractall(root)
    index = _index((root / "index.csv").read_text())
    assert len(index) == 59 == len(list(root.rglob("*.jpg")))
    labels = read_catalogue(survey).set_index("object_id")["label"]
    for file, row in index.items():
        folder, stem = file.split("/")
        assert stem.startswith(f"{folder}-")
        assert folder == (row["label"] or "unlabelled")
        known = labels[row["object_id"]]
        assert row["label"] == ("" if pd.isna(known) else known)
    assert (root / "merger" / "merger-1.jpg").exists()
    with Image.open(root / "merger" / "merger-1.jpg") as picture:
        assert picture.size == (16, 16)


def test_galaxy10_layout(survey_space, survey, tmp_path):
    path = tmp_path / "g.h5"
    report = export_dataset(survey_space, survey, "hdf5", path)
    ours = read_catalogue(survey).set_index("object_id")
    with h5py.File(path) as file:
        assert file["images"].dtype == file["ans"].dtype == np.uint8
        assert file["images"].shape == (57, 16, 16, 3) == (report.n_objects, 16, 16, 3)
        names = list(file.attrs["class_names"])
        ids = [i.decode() for i in file["object_id"][:]]
        assert [names[a] for a in file["ans"][:]] == ours.loc[ids, "label"].tolist()
        for column, source in (("ra", "ra_deg"), ("dec", "dec_deg"), ("redshift", "redshift")):
            np.testing.assert_array_equal(file[column][:], ours.loc[ids, source])
        assert file["pxscale"][:] == pytest.approx([0.4 * 24 / 16] * 57)
        expected, _ = stamps(survey_space, survey, survey.recipe, ids)
        np.testing.assert_array_equal(file["images"][:], expected)


def test_galaxy10_without_labels_is_said(survey_space, survey, tmp_path):
    ids = read_catalogue(survey)["object_id"].iloc[[4, 5]].tolist()
    with pytest.raises(BadInputError, match="labelled objects"):
        export_dataset(survey_space, survey, "hdf5", tmp_path / "g.h5", ids)
    assert list(tmp_path.glob("*g.h5*")) == []


def test_cancelling_leaves_nothing(survey_space, survey, tmp_path):
    def stop(done, total, message=""):
        raise Cancelled

    place = tmp_path / "out"
    for name in ("folder", "zip", "hdf5"):
        with pytest.raises(Cancelled):
            export_dataset(survey_space, survey, name, place / f"x.{name}", progress=stop)
    assert list(place.iterdir()) == []


def test_what_is_there_is_not_overwritten_by_a_folder(survey_space, survey, tmp_path):
    with pytest.raises(BadInputError, match="there already"):
        export_dataset(survey_space, survey, "folder", tmp_path)


def test_folder_names_are_safe_and_different():
    names = folder_names(("a/b", "a:b", "..", "Spiral", "spiral", "unlabelled"))
    assert names[""] == "unlabelled"
    assert len({v.lower() for v in names.values()}) == len(names)
    assert all("/" not in v and not v.startswith(".") for v in names.values())


def test_a_large_export_is_a_run(survey_space, survey):
    assert is_small("csv", 20_000)
    assert not is_small("zip", 301)
    params = {"dataset": survey.name, "format": "csv", "query": {"class": "merger"}}
    run = execute(survey_space, "export", params, title="Export")
    assert run.state == "done", run.error
    made = survey_space.runs / run.run_id / run.result["file"]
    assert read_table(made).frame["label"].tolist() == ["merger"]
    assert run.result["n_objects"] == 1


def test_a_run_with_an_unreadable_filter_fails_in_words(survey_space, survey):
    params = {"dataset": survey.name, "format": "csv", "query": {"class": "dragon"}}
    run = execute(survey_space, "export", params, title="Export")
    assert run.state == "failed"
    assert "dragon" in run.error


def test_formats_are_complete():
    assert EXPORTS.names()[:5] == CATALOGUES
