import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from PIL import Image

from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.store import publish_dataset, write_state
from astro_core.domain import Dataset, ImagePart, Source, plain_taxonomy
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.stretch_tray import (
    TrayChoice,
    choose,
    parse_ids,
    read_fits_folder,
    read_tray,
)
from astro_core.workspace import Workspace

CLASSES = ("elliptical", "spiral", "merger")
LABELS = ["elliptical"] * 20 + ["spiral"] * 9 + ["merger"] + [None] * 4


@pytest.fixture
def survey(tmp_path):
    space = Workspace(tmp_path / "w").ensure()
    images = tmp_path / "images"
    images.mkdir()
    n = len(LABELS)
    for i in range(n):
        Image.fromarray(np.full((8, 8, 3), 5 * i, np.uint8)).save(images / f"g{i}.png")
    frame = pd.DataFrame({c: [None] * n for c in REQUIRED_COLUMNS})
    frame["object_id"] = [f"g{i}" for i in range(n)]
    frame["file"] = frame["object_id"] + ".png"
    frame["label"] = LABELS
    frame["part"] = frame["row"] = 0
    frame.loc[1, "duplicate_of"] = "g0"
    made = space.scratch_folder("new") / "dataset"
    made.mkdir()
    dataset = Dataset(
        name="toy",
        folder=made,
        parts=(ImagePart(layout="picture", root=str(images), bands=("R", "G", "B")),),
        bands=("R", "G", "B"),
        taxonomy=plain_taxonomy("toy", CLASSES),
        source=Source(reader="folders", location="here", imported_at="2026-01-01T00:00:00Z"),
        fingerprint="f",
        n_objects=n,
        n_bad=0,
        class_counts={"elliptical": 20, "spiral": 9, "merger": 1},
    )
    write_state(made, dataset, frame, [])
    return publish_dataset(space, made, "toy")


def test_a_varied_tray_takes_every_class_in_turn(survey):
    rows = choose(survey, TrayChoice(size=5))
    assert rows["label"].tolist() == ["elliptical"] * 2 + ["spiral"] * 2 + ["merger"]
    assert rows["object_id"].is_unique


def test_the_same_seed_gives_the_same_tray(survey):
    for kind in ("varied", "random"):
        one = choose(survey, TrayChoice(kind=kind, size=4, seed=1))
        assert one.equals(choose(survey, TrayChoice(kind=kind, size=4, seed=1)))
        assert not one.equals(choose(survey, TrayChoice(kind=kind, size=4, seed=2)))


def test_duplicates_are_not_shown_twice(survey):
    everything = choose(survey, TrayChoice(kind="random", size=24, seed=0))
    assert "g1" not in set(everything["object_id"])


def test_named_galaxies_come_in_their_order(survey):
    chosen = choose(survey, TrayChoice(kind="ids", object_ids=("g7", "g1", "g3")))
    assert chosen["object_id"].tolist() == ["g7", "g1", "g3"]
    with pytest.raises(NotFoundError, match="no object 'x'"):
        choose(survey, TrayChoice(kind="ids", object_ids=("g1", "x")))


@pytest.mark.parametrize(
    "choice",
    [
        TrayChoice(),
        TrayChoice(kind="random", size=24, seed=77),
        TrayChoice(kind="ids", object_ids=("a-b", "c d")),
    ],
)
def test_the_choice_fits_into_an_address(choice):
    assert TrayChoice.from_text(choice.to_text()) == choice


@pytest.mark.parametrize("text", ["", "varied", "varied-x-1", "varied-500-0", "best-3-0"])
def test_a_wrong_choice_is_said(text):
    with pytest.raises(BadInputError):
        TrayChoice.from_text(text)


def test_ids_are_read_from_lines_and_commas_once_each():
    assert parse_ids(" a, b\nb\n\nc ") == ("a", "b", "c")
    assert len(parse_ids(",".join(map(str, range(99))))) == 24


def test_a_tray_holds_pixels_labels_and_what_could_not_be_read(survey):
    Path(survey.parts[0].root, "g9.png").write_bytes(b"broken")
    rows = choose(survey, TrayChoice(kind="ids", object_ids=("g8", "g9", "g33")))
    tray = read_tray(survey, rows)
    assert tray.object_ids == ("g8", "g33")
    assert tray.labels == ("elliptical", "")
    assert tray.display
    assert [p.object_id for p in tray.problems] == ["g9"]
    assert tray.key == read_tray(survey, rows).key


def cube(path, n=3, size=32):
    data = np.random.default_rng(0).normal(1, 0.1, (n, size, size)).astype(np.float32)
    fits.writeto(path, data)
    return data


def test_one_cube_is_a_tray_of_one(tmp_path):
    cube(tmp_path / "galaxy.fits")
    tray = read_fits_folder(tmp_path)
    assert len(tray.pixels) == 1
    assert len(tray.bands) == 3
    assert not tray.display


def test_band_files_are_put_together(tmp_path):
    for band in ("R", "G", "I"):
        fits.writeto(
            tmp_path / f"ngc_{band}.fits",
            np.random.default_rng(1).normal(0, 1, (16, 16)).astype(np.float32),
        )
    tray = read_fits_folder(tmp_path)
    assert tray.bands == ("G", "R", "I")


def test_a_truncated_file_is_said_and_the_good_one_shown(tmp_path):
    cube(tmp_path / "good.fits")
    cube(tmp_path / "cut.fits")
    path = tmp_path / "cut.fits"
    path.write_bytes(path.read_bytes()[:6000])
    tray = read_fits_folder(tmp_path)
    assert tray.object_ids == ("good",)
    assert "cut.fits" in tray.problems[0].reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SIMPLE  =                    T",
        b"not FITS at all" * 400,
        gzip.compress(b"\0" * 50_000, mtime=0),
    ],
    ids=["empty", "cut header", "words", "packed zeros"],
)
def test_hostile_files_give_a_clear_message(tmp_path, content):
    (tmp_path / "x.fits").write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        read_fits_folder(tmp_path)
    assert "Traceback" not in str(caught.value)


def test_a_header_that_claims_too_much_is_refused(tmp_path):
    header = fits.Header()
    header["SIMPLE"], header["BITPIX"], header["NAXIS"] = True, -32, 3
    header["NAXIS1"], header["NAXIS2"], header["NAXIS3"] = 200_000, 200_000, 3
    (tmp_path / "huge.fits").write_bytes(header.tostring().encode() + b"\0" * 2880)
    with pytest.raises(BadInputError, match=r"huge\.fits"):
        read_fits_folder(tmp_path)
