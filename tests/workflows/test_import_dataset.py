import json
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.catalogue import read_catalogue, read_problems
from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.store import (
    cache_bytes,
    clear_caches,
    disk_use,
    list_datasets,
    open_dataset,
)
from astro_core.domain import Cancelled
from astro_core.runs import execute
from astro_core.workspace import Workspace, size_bytes

from .import_sample import RNG, picture, run, write_sample


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


@pytest.fixture
def sample(tmp_path):
    return write_sample(tmp_path / "sample")


def snapshot(space):
    folders = (space.datasets, space.stacks, space.scratch)
    return sorted(str(p) for folder in folders for p in folder.rglob("*"))


def test_an_import_publishes_the_good_and_names_each_bad_object(space, sample):
    done = run(space, "import", path=sample, name="my survey")
    assert done.state == "done", done.error
    dataset = open_dataset(space, "my survey")
    table = read_catalogue(dataset)
    assert (dataset.n_objects, dataset.n_bad) == (27, 4)
    assert dataset.class_counts == {
        "elliptical": 11,
        "merger": 6,
        "spiral_anticlockwise": 5,
        "spiral_clockwise": 5,
    }
    assert dataset.source.reader == "images-csv"
    assert dataset.source.location == str(sample)
    assert dataset.taxonomy.mirror["spiral_clockwise"] == "spiral_anticlockwise"
    assert dataset.recipe.transform == "picture"
    assert table["object_id"][0] == "5877229817338267300"
    problems = read_problems(dataset).set_index("object_id")["reason"]
    assert "cut short" in problems["cut"]
    assert "zero" in problems["black"]
    assert "no such picture" in problems["gone"]
    assert "outside" in problems["out"]
    assert "more than once" in problems["t1"]
    assert "labelled 'merger'" in problems["t2"]
    assert json.loads(json.dumps(done.result))["n_bad"] == 4
    pixels = read_pixels(dataset, table.iloc[0].to_dict())
    assert pixels.values.shape == (3, 12, 10)
    assert not list(space.scratch.iterdir())


def test_the_same_import_gives_the_same_fingerprint_and_another_seed_another_split(space, sample):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        run(space, "import", path=sample, name=name, seed=seed)
    a, b, c = (open_dataset(space, n) for n in "abc")
    assert a.fingerprint == b.fingerprint != c.fingerprint
    assert read_catalogue(a)["split"].equals(read_catalogue(b)["split"])
    assert set(read_catalogue(c)["split"]) == {"train", "validation", "test"}


def test_classes_are_merged_and_left_out(space, sample):
    chosen = "spiral=spiral_clockwise+spiral_anticlockwise,elliptical"
    run(space, "import", path=sample, name="two", classes=chosen)
    dataset = open_dataset(space, "two")
    assert dataset.class_counts == {"spiral": 10, "elliptical": 11}
    assert dataset.taxonomy.class_names == ("spiral", "elliptical")
    assert dataset.n_bad == 4


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"name": "../evil"}, "cannot be named"),
        ({"name": "taken"}, "already a dataset"),
        ({"classes": "lens"}, "no class 'lens'"),
        ({"classes": "a="}, "choice of classes"),
        ({"reader": "fork"}, "no reader"),
        ({"train": 0.9, "validation": 0.3}, "more than the whole"),
        ({"path": "/no/such/folder"}, "nothing at"),
        ({"path": ""}, "No path"),
        ({"labels": "/no/table.csv"}, "nothing at"),
        ({"colour": "blue"}, "no setting"),
    ],
)
def test_what_cannot_work_fails_in_words_and_leaves_nothing(space, sample, params, words):
    run(space, "import", path=sample, name="taken")
    before = snapshot(space)
    failed = run(space, "import", **{"path": sample, "name": "new", **params})
    assert failed.state == "failed"
    assert words in failed.error
    assert snapshot(space) == before


def test_a_folder_with_nothing_says_what_could_be_there(space, tmp_path):
    (tmp_path / "void").mkdir()
    failed = run(space, "import", path=tmp_path / "void", name="void")
    assert "Nothing that can be imported" in failed.error
    assert "Folder per class" in failed.error


def test_cancelling_at_any_moment_leaves_the_workspace_as_it_was(space, sample):
    before = snapshot(space)
    for moment in ("Listing", "Reading", "Checking", "Storing"):

        def stop(current, moment=moment):
            if current.message.startswith(moment):
                raise Cancelled

        cancelled = execute(
            space,
            "import",
            {"path": str(sample), "name": "x", "copy_images": True},
            title="t",
            on_progress=lambda done, total, message="", stop=stop: stop(_Message(message)),
        )
        assert cancelled.state == "cancelled", moment
        assert snapshot(space) == before


class _Message:
    def __init__(self, message):
        self.message = message


def test_copied_images_make_the_dataset_independent(space, sample):
    run(space, "import", path=sample, name="copied", copy_images=True)
    shutil.rmtree(sample)
    dataset = open_dataset(space, "copied")
    for row in read_catalogue(dataset).to_dict("records"):
        assert read_pixels(dataset, row).values.any()
    assert not Path(dataset.parts[0].root).is_absolute()


def test_an_archive_is_unpacked_into_the_dataset(space, sample, tmp_path):
    with tarfile.open(tmp_path / "sample.tar.gz", "w:gz") as archive:
        archive.add(sample, "sample")
    done = run(space, "import", path=tmp_path / "sample.tar.gz", name="archived")
    assert done.state == "done", done.error
    (tmp_path / "sample.tar.gz").unlink()
    dataset = open_dataset(space, "archived")
    assert dataset.n_objects == 27
    assert read_pixels(dataset, read_catalogue(dataset).iloc[3].to_dict()).values.any()


def test_a_table_named_in_place_of_a_folder_means_its_folder(space, sample):
    assert run(space, "import", path=sample / "labels.csv", name="x").result["n_objects"] == 27


def test_a_table_elsewhere_labels_a_plain_folder(space, sample, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("name,type\n0,S\n1,E\n")
    (sample / "labels.csv").unlink()
    done = run(space, "import", path=sample, name="x", labels=table)
    assert done.result["classes"] == {"E": 1, "S": 1}
    assert done.result["n_objects"] == 27


def test_two_tables_that_each_number_their_rows_come_in_whole(space, tmp_path):
    for part in ("train", "test"):
        rows = ["id,file,label"]
        for i in range(4):
            picture(tmp_path / "both" / f"{part}{i}.png")
            rows.append(f"{i},{part}{i}.png,{part}")
        (tmp_path / "both" / f"{part}.csv").write_text("\n".join(rows) + "\n")
    done = run(space, "import", path=tmp_path / "both", name="both")
    assert done.state == "done", done.error
    table = read_catalogue(open_dataset(space, "both"))
    assert table["object_id"].nunique() == len(table) == 8
    assert all(row.file.startswith(row.label) for row in table.itertuples())


def test_grey_pictures_keep_one_band(space, tmp_path):
    for i in range(4):
        picture(tmp_path / "grey" / f"{i}.png", RNG.integers(1, 255, (6, 6), dtype=np.uint8))
    run(space, "import", path=tmp_path / "grey", name="grey")
    dataset = open_dataset(space, "grey")
    assert dataset.bands == ("grey",)
    assert dataset.recipe.bands == ("grey", "grey", "grey")


# inspect


def test_inspect_writes_nothing_and_tells_what_import_will_do(space, sample):
    seen = run(space, "inspect", path=sample)
    assert seen.state == "done", seen.error
    result = seen.result
    assert list_datasets(space) == ()
    assert [r["name"] for r in result["readers"]] == ["images-csv", "folders"]
    assert (result["n_objects"], result["n_bad"], result["n_problems"]) == (27, 4, 6)
    assert result["classes"]["merger"] == 6
    assert result["sizes"] == [{"width_px": 10, "height_px": 12, "n": 27}]
    assert result["image_bytes"] > 27 * 360
    assert result["n_duplicates"] == 1
    labels = {p["label"] for p in result["previews"]}
    assert labels == {"elliptical", "merger", "spiral_clockwise", "spiral_anticlockwise"}
    run_folder = space.runs / seen.run_id
    with Image.open(run_folder / result["previews"][0]["image"]) as image:
        assert image.size == (128, 128)


def test_inspect_follows_the_reader_that_was_chosen(space, sample):
    result = run(space, "inspect", path=sample, reader="folders").result
    assert result["reader"] == "folders"
    assert result["classes"] == {}
    assert result["n_unlabelled"] == 27


# disk


def test_disk_use_and_caches(space, sample):
    run(space, "import", path=sample, name="x", copy_images=True)
    dataset = open_dataset(space, "x")
    stack = space.stacks / f"{dataset.fingerprint}-abc"
    stack.mkdir()
    (stack / "pixels.npy").write_bytes(b"0" * 1000)
    space.downloads.mkdir()
    (space.downloads / "Galaxy10.h5").write_bytes(b"0" * 500)
    use = disk_use(space, dataset)
    assert use.stacks == 1000
    assert use.images == size_bytes(dataset.folder / "files")
    assert use.total > use.images > 0
    assert cache_bytes(space) == 1500
    assert clear_caches(space) == 1500
    assert not list(space.stacks.iterdir())
    assert open_dataset(space, "x") == dataset
    assert clear_caches(space) == 0
