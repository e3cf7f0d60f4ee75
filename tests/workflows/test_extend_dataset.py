"""More images join a dataset."""

import shutil

import numpy as np
import pytest

from astro_core.datasets.catalogue import read_catalogue, read_problems
from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.store import open_dataset
from astro_core.workspace import Workspace

from .import_sample import RNG, picture, run, write_sample


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


@pytest.fixture
def sample(tmp_path):
    return write_sample(tmp_path / "sample")


def more(tmp_path):
    root = tmp_path / "more"
    for i in range(6):
        picture(root / ("elliptical" if i % 2 else "ring") / f"m{i}.png")
    return root


def test_more_images_keep_the_old_splits_and_add_classes_at_the_end(space, sample, tmp_path):
    run(space, "import", path=sample, name="grows")
    old = open_dataset(space, "grows")
    before = read_catalogue(old).set_index("object_id")["split"]
    done = run(space, "extend", dataset="grows", path=more(tmp_path))
    assert done.state == "done", done.error
    new = open_dataset(space, "grows")
    table = read_catalogue(new).set_index("object_id")
    assert new.n_objects == 33
    assert new.taxonomy.class_names == (*old.taxonomy.class_names, "ring")
    assert new.taxonomy.version == old.taxonomy.version + 1
    assert table["split"][before.index].equals(before)
    assert table["split"].notna().all()
    assert len(new.parts) == 2
    assert new.fingerprint != old.fingerprint
    assert len(read_problems(new)) == 6
    assert len(list(new.folder.glob("catalogue-*.parquet"))) == 1
    assert read_pixels(new, table.reset_index().iloc[-1].to_dict()).values.any()


def test_the_same_images_again_are_nothing_new(space, sample):
    run(space, "import", path=sample, name="same")
    before = open_dataset(space, "same")
    failed = run(space, "extend", dataset="same", path=sample)
    assert "nothing new" in failed.error
    assert open_dataset(space, "same") == before


def test_a_copy_of_an_old_picture_joins_its_split(space, sample, tmp_path):
    run(space, "import", path=sample, name="x")
    for i in range(10):
        target = tmp_path / "again" / f"copy{i}.png"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(sample / "images" / f"{i}.png", target)
    run(space, "extend", dataset="x", path=tmp_path / "again", copy_images=True)
    dataset = open_dataset(space, "x")
    table = read_catalogue(dataset).set_index("object_id")
    copies = table[table.index.str.startswith("copy")]
    assert copies["duplicate_of"].notna().all()
    originals = table["split"][copies["duplicate_of"].to_list()]
    assert copies["split"].tolist() == originals.tolist()
    shutil.rmtree(tmp_path / "again")
    assert read_pixels(dataset, copies.reset_index().iloc[0].to_dict()).values.any()


def test_only_new_images_are_copied(space, sample, tmp_path):
    run(space, "import", path=sample, name="x")
    old = open_dataset(space, "x")
    done = run(space, "extend", dataset="x", path=more(tmp_path), copy_images=True)
    assert done.state == "done", done.error
    dataset = open_dataset(space, "x")
    assert dataset.parts[: len(old.parts)] == old.parts
    copied = sorted(path.name for path in dataset.folder.rglob("*.png"))
    assert copied == [f"m{i}.png" for i in range(6)]
    shutil.rmtree(tmp_path / "more")
    for row in read_catalogue(dataset).to_dict("records"):
        assert read_pixels(dataset, row).values.any()


def test_pictures_and_measurements_do_not_mix(space, sample, tmp_path):
    from astropy.io import fits

    run(space, "import", path=sample, name="x")
    (tmp_path / "stamps").mkdir()
    for band in "RGI":
        values = RNG.normal(size=(12, 10)).astype(np.float32)
        fits.PrimaryHDU(values).writeto(tmp_path / "stamps" / f"a_{band}.fits")
    failed = run(space, "extend", dataset="x", path=tmp_path / "stamps")
    assert "cannot be one dataset" in failed.error


def test_grey_pictures_may_join_coloured_ones(space, sample, tmp_path):
    run(space, "import", path=sample, name="x")
    picture(tmp_path / "grey" / "g1.png", RNG.integers(1, 255, (6, 6), dtype=np.uint8))
    done = run(space, "extend", dataset="x", path=tmp_path / "grey")
    assert done.state == "done", done.error
    assert open_dataset(space, "x").bands == ("R", "G", "B")
