import json
import shutil

import pandas as pd
import pytest
from astropy.io import votable
from astropy.table import Table

SKY = {"spiral": 6, "elliptical": 4, "merger": 2}


def test_inspect_tells_the_reader_the_classes_and_every_problem(shell, sample):
    before = sorted(p.name for p in shell.workspace.root.rglob("*") if "engine" not in p.parts)
    said = shell("inspect", sample, "--json")
    assert said.status == 0
    found = said.json
    assert found["reader"] == "folders"
    assert (found["n_objects"], found["n_bad"], found["classes"]) == (12, 2, SKY)
    assert {p["file"] for p in found["problems"]} == {"spiral/broken.png", "merger/empty.jpg"}
    assert all(p["reason"] for p in found["problems"])
    text = shell("inspect", sample)
    assert "* folders" in text.out
    assert "spiral 6, elliptical 4, merger 2" in text.out
    assert "broken.png" in text.out
    after = sorted(p.name for p in shell.workspace.root.rglob("*") if "engine" not in p.parts)
    assert [n for n in after if n not in before] == []


def test_import_reports_bad_files_and_goes_on(imported):
    assert imported.status == 0
    assert "Imported 'sky': 12 objects, 2 left out" in imported.out
    for name in ("broken.png", "empty.jpg"):
        line = next(line for line in imported.err.splitlines() if name in line)
        assert len(line.split(": ", 1)[1]) > 10


def test_datasets_lists_counts_and_bands(shell, imported):
    listed = {d["name"]: d for d in shell("datasets", "--json").json}
    sky = listed["sky"]
    assert (sky["n_objects"], sky["n_bad"], sky["classes"]) == (12, 2, SKY)
    assert sky["bands"] == ["R", "G", "B"]
    assert "spiral 6, elliptical 4, merger 2" in shell("datasets").out


def test_classes_are_merged_renamed_and_left_out(shell, sample):
    classes = "late=spiral+merger,elliptical"
    said = shell("import", sample, "--name", "two", "--classes", classes, "--json")
    assert said.json["classes"] == {"late": 8, "elliptical": 4}
    one = shell("import", sample, "--name", "one", "--classes", "spiral", "--json")
    assert one.json["classes"] == {"spiral": 6}
    assert one.json["n_objects"] == 6


def test_labels_may_lie_elsewhere(shell, sample, tmp_path):
    folder = tmp_path / "pictures"
    shutil.copytree(sample / "elliptical", folder)
    labels = tmp_path / "labels.csv"
    names = sorted(p.name for p in folder.iterdir())
    rows = "\n".join(f"{name},{'round' if i else 'cigar'}" for i, name in enumerate(names))
    labels.write_text("file,label\n" + rows + "\n")
    said = shell("import", "pictures", "--name", "elsewhere", "--labels", labels, "--json",
                 cwd=tmp_path)  # fmt: skip
    assert said.json["classes"] == {"round": 3, "cigar": 1}


def test_the_same_seed_gives_the_same_split(shell, sample, tmp_path):
    splits = []
    for name in ("s1", "s2"):
        shell("import", sample, "--name", name, "--seed", 5, "--train", 0.5, "--validation", 0.25)
        out = tmp_path / f"{name}.parquet"
        shell("export", name, "--format", "parquet", "--out", out)
        splits.append(pd.read_parquet(out).set_index("object_id")["split"].to_dict())
    assert splits[0] == splits[1]
    assert set(splits[0].values()) == {"train", "validation", "test"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("inspect", "/nowhere"), "There is nothing at '/nowhere'"),
        (("import", "/nowhere", "--name", "x"), "There is nothing at '/nowhere'"),
        (("import", ".", "--name", "../x"), "cannot be named"),
        (("import", "."), "--name"),
        (("import", ".", "--name", "x", "--reader", "tea"), "reader named 'tea'"),
        (("import", ".", "--name", "x", "--train", "2"), "out of bounds"),
        (("export", "tea", "--format", "csv", "--out", "f"), "no dataset named 'tea'"),
        (("export", "sky", "--format", "tea", "--out", "f"), "no export format named 'tea'"),
        (("datasets", "rename", "tea", "coffee"), "no dataset named 'tea'"),
        (("datasets", "delete", "tea"), "no dataset named 'tea'"),
        (("brew",), "No such command"),
        (("demo", "--objects", "many"), "valid integer"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(shell, imported, words, told, tmp_path):
    said = shell(*words, cwd=tmp_path)
    assert said.status == 1
    assert said.out == ""
    assert told in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_refused_before_anything_is_done(shell, imported, sample):
    said = shell("import", sample, "--name", "SKY")
    assert (said.status, said.out) == (1, "")
    assert "already a dataset named 'SKY'" in said.err


def test_nothing_is_left_of_an_import_that_failed(shell, imported, tmp_path):
    (tmp_path / "a.png").write_bytes(b"no image")
    before = shell("datasets", "--json").json
    assert shell("import", tmp_path, "--name", "bad").status == 1
    assert shell("datasets", "--json").json == before
    assert list(shell.workspace.scratch.iterdir()) == []


READ = {
    "csv": lambda path: pd.read_csv(path, dtype={"object_id": str}),
    "ecsv": lambda path: Table.read(path, format="ascii.ecsv").to_pandas(),
    "votable": lambda path: votable.parse_single_table(path).to_table().to_pandas(),
    "fits": lambda path: Table.read(path, format="fits").to_pandas(),
    "parquet": pd.read_parquet,
}


@pytest.mark.parametrize("format", READ)
def test_export_writes_the_catalogue_with_labels(shell, imported, tmp_path, format):
    out = tmp_path / f"sky.{format}"
    said = shell("export", "sky", "--format", format, "--out", out)
    assert (said.status, said.out) == (0, f"Wrote 12 objects to {out}\n")
    table = READ[format](out)
    labels = [v.decode() if isinstance(v, bytes) else v for v in table["label"]]
    assert pd.Series(labels).value_counts().to_dict() == SKY
    assert table["object_id"].nunique() == 12
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_datasets_are_extended(shell, sample, tmp_path):
    shell("import", sample / "merger", "--name", "grows")
    said = shell("datasets", "extend", "grows", sample / "elliptical", "--json")
    assert said.status == 0
    assert said.json["n_objects"] == 6
    assert "empty.jpg" in said.err


def test_datasets_are_renamed_and_deleted(shell, sample):
    shell("import", sample, "--name", "before")
    assert shell("datasets", "rename", "before", "after").status == 0
    names = [d["name"] for d in shell("datasets", "--json").json]
    assert "after" in names
    assert "before" not in names
    assert shell("datasets", "delete", "after").status == 0
    assert "after" not in [d["name"] for d in shell("datasets", "--json").json]
    assert sample.exists()


@pytest.mark.slow
def test_the_demo_survey_is_made(shell):
    said = shell("demo", "--objects", 8, "--seed", 1, "--name", "small")
    assert said.status == 0
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == [
        "small", "small-fields", "small-objects",
    ]  # fmt: skip
    made = {d["name"]: d for d in shell("datasets", "--json").json}["small"]
    assert made["simulated"]
    assert made["n_objects"] + made["n_bad"] >= 8
    assert set(made["bands"]) == {"U", "G", "R", "I", "Z", "F660"}
    again = shell("demo", "--objects", 8, "--name", "small")
    assert (again.status, again.out) == (1, "")
    assert "already a dataset named 'small'" in again.err


REAL = {
    "galaxyzoo1": (3615, 0),
    "galaxychallenge": (4168, 0),
    "galaxyzoo2": (700, 0),
    "skyobjects": (847, 0),
    "mirabest": (1099, 0),
    "fits/decals_grz": (4, 2),
    "fits/sdss_gri": (1, 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_sets_import_with_the_right_counts(shell, real, name):
    dataset = name.replace("/", "-")
    said = shell("import", real(name), "--name", dataset, "--json")
    assert said.status == 0
    assert (said.json["n_objects"], said.json["n_bad"]) == REAL[name]
    if name == "fits/decals_grz":
        assert "example_incomplete.fits" in said.err
        assert "example_bad_pix.fits" in said.err


def test_json_is_one_value_on_standard_output(shell, imported):
    for words in (("datasets", "--json"), ("runs", "--json")):
        said = shell(*words)
        assert isinstance(json.loads(said.out), list)
        assert said.err == ""
