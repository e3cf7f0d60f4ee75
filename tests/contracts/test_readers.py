"""What every reader promises, whatever it is pointed at."""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from PIL import Image

from astro_core.datasets.gz2 import CHALLENGE_TREE, GZ2_TREE
from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.readers import READERS, ScanOptions
from astro_core.domain import SPLITS, Cancelled, no_progress
from astro_core.errors import BadInputError

RNG = np.random.default_rng(0)
OPENED: list[str] = []
WATCHING = [False]


def _watch(event, arguments):
    if WATCHING[0] and event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        OPENED.append(str(arguments[0]))


sys.addaudithook(_watch)


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(1, 255, (8, 8, 3), dtype=np.uint8)).save(path)


def stamp(path, planes=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (8, 8) if planes is None else (planes, 8, 8)
    fits.PrimaryHDU(RNG.normal(size=shape).astype(np.float32)).writeto(path)


def class_folders(root):
    for name in ("lens", "galaxy"):
        for i in range(3):
            picture(root / name / f"{name}{i}.png")


def labels(root):
    for i in range(5):
        picture(root / f"12376487201424016{i:02d}.png")
    rows = "".join(f"12376487201424016{i:02d},s\n" for i in range(5))
    (root / "labels.csv").write_text(f"objid,class\n{rows}")


def challenge(root):
    for i in range(3):
        picture(root / f"{i}.jpg")
    votes = pd.DataFrame(RNG.random((3, 37)), columns=list(CHALLENGE_TREE.vote_columns))
    votes.assign(GalaxyID=range(3)).to_csv(root / "training_solutions_rev1.csv", index=False)


def galaxy_zoo_2(root):
    for i in range(3):
        picture(root / f"{i}.jpg")
    votes = pd.DataFrame(RNG.random((3, 37)), columns=list(GZ2_TREE.vote_columns))
    votes.assign(asset_id=range(3), gz2_class="Er").to_csv(root / "gz2_hart16.csv", index=False)


def fits_bands(root):
    for name in ("a", "b"):
        for band in "GRI":
            stamp(root / f"{name}_{band}.fits")


def fits_cubes(root):
    for name in ("a", "b"):
        stamp(root / f"{name}.fits", planes=3)


def galaxy10(root):
    import h5py

    with h5py.File(root / "Galaxy10.h5", "w") as file:
        file["images"] = RNG.integers(0, 255, (12, 69, 69, 3), dtype=np.uint8)
        file["ans"] = np.arange(12, dtype=np.uint8) % 10


def rubbish(root):
    for name in ("a.jpg", "b.fits", "c.h5", "d.csv", "e.parquet", "f.vot", "g.zip", "h.fits.gz"):
        (root / name).write_bytes(RNG.bytes(500))
        (root / f"empty-{name}").touch()
    (root / "labels.csv").write_text("")
    (root / "notes.txt").write_text("milk, bread")
    (root / "sub").mkdir()


def empty(root):
    (root / ".hidden.png").touch()


FOLDERS = {
    f.__name__: f
    for f in (
        class_folders,
        labels,
        challenge,
        galaxy_zoo_2,
        fits_bands,
        fits_cubes,
        galaxy10,
        rubbish,
        empty,
    )
}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """One folder of each kind; all but the empty one hold links to secrets outside."""
    base = tmp_path_factory.mktemp("places")
    secrets = base / "secrets"
    secrets.mkdir()
    picture(secrets / "secret.png")
    stamp(secrets / "secret_R.fits")
    for name, make in FOLDERS.items():
        root = base / name
        root.mkdir()
        make(root)
        if make is not empty:
            for secret in secrets.iterdir():
                (root / f"link-{secret.name}").symlink_to(secret)
            (root / "link-folder").symlink_to(secrets)
    return base


@pytest.fixture(params=list(FOLDERS))
def place(request, places):
    return places / request.param


@pytest.fixture(params=READERS.names())
def reader(request):
    return READERS.get(request.param)


def test_it_says_what_it_is(reader):
    assert reader.name == reader.name.lower()
    assert reader.label
    assert reader.description.endswith(".")


def test_a_look_never_fails_and_gives_a_reason(reader, place):
    for path in (place, *place.iterdir()):
        found = reader.sniff(path)
        if found is not None:
            assert 0 < found.score <= 1
            assert found.reason


def test_nothing_is_seen_in_an_empty_folder(reader, places):
    assert reader.sniff(places / "empty") is None
    with pytest.raises(BadInputError):
        reader.scan(places / "empty", ScanOptions(), no_progress)


def test_somebody_elses_folder_is_read_rightly_or_refused_in_words(reader, place, places):
    before = sorted(places.rglob("*"))
    OPENED.clear()
    WATCHING[0] = True
    try:
        found = reader.scan(place, ScanOptions(), no_progress)
    except BadInputError as error:
        assert len(str(error)) > 20  # noqa: PT017 - refusing is one of two right answers
        return
    finally:
        WATCHING[0] = False
        assert not [p for p in OPENED if "secret" in Path(p).name]
        assert sorted(places.rglob("*")) == before
    keeps_the_contract(found)


def keeps_the_contract(found):
    table = found.catalogue
    assert {"object_id", "part", "file", "row"} <= set(table.columns)
    assert table["object_id"].is_unique
    assert all(isinstance(i, str) and i for i in table["object_id"])
    assert table["part"].isin(range(len(found.parts))).all()
    for part in found.parts:
        assert Path(part.root).is_absolute()
        assert part.bands
        assert part.layout in LAYOUTS
    for row in table.to_dict("records"):
        part = found.parts[row["part"]]
        for file in LAYOUTS.get(part.layout).files(part, row):
            resolved = (Path(part.root) / file).resolve()
            assert resolved.is_relative_to(Path(part.root).resolve())
    if "split" in table:
        assert set(table["split"].dropna()) <= set(SPLITS)
    if found.taxonomy is not None:
        assert set(found.taxonomy.vote_columns) <= set(table.columns)
    assert all(p.reason for p in found.problems)


def test_reading_twice_gives_the_same(reader, place):
    if reader.sniff(place) is None:
        return
    try:
        first = reader.scan(place, ScanOptions(), no_progress)
    except BadInputError:
        return
    again = reader.scan(place, ScanOptions(), no_progress)
    pd.testing.assert_frame_equal(first.catalogue, again.catalogue)
    assert first.problems == again.problems


def test_it_stops_when_told_to(reader, place):
    found = reader.sniff(place)
    if found is None or found.score < 0.9:
        return

    def stop(done, total, message=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        reader.scan(place, ScanOptions(), stop)


EXPECTED = {
    "class_folders": "folders",
    "labels": "images-csv",
    "challenge": "galaxy-challenge",
    "galaxy_zoo_2": "galaxy-zoo-2",
    "fits_bands": "fits-bands",
    "fits_cubes": "fits-cube",
    "galaxy10": "galaxy10",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_right_reader_wins(places, name):
    if EXPECTED[name] not in READERS:
        pytest.skip("no such reader here")
    scores = {spec.name: spec.sniff(places / name) for spec in READERS}
    best = max((m.score, n) for n, m in scores.items() if m is not None)
    assert best[1] == EXPECTED[name]
