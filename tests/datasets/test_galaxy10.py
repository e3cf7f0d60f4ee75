import gc
from pathlib import Path

import h5py
import numpy as np
import pytest

from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.layouts import hdf5 as layout
from astro_core.datasets.readers import READERS, ScanOptions
from astro_core.datasets.readers.galaxy10 import CLASSES
from astro_core.domain import no_progress
from astro_core.errors import BadInputError

GALAXY10 = READERS.get("galaxy10")


def make(path, n=12, side=69, **more):
    rng = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        file["images"] = rng.integers(0, 255, (n, side, side, 3), dtype=np.uint8)
        more.setdefault("ans", np.arange(n, dtype=np.uint8) % 10)
        for key, value in more.items():
            file[key] = value
    return path


def read(scan, i):
    part = scan.parts[0]
    row = scan.catalogue.iloc[i].to_dict()
    return LAYOUTS.get(part.layout).read(Path(part.root), part, row)


@pytest.mark.parametrize(
    ("side", "edition", "third"),
    [(256, "decals", "In-between Round Smooth"), (69, "sdss", "Smooth Cigar shaped")],
)
def test_both_editions_with_their_published_classes(tmp_path, side, edition, third):
    n = 12
    path = make(
        tmp_path / "g.h5",
        n,
        side,
        ra=np.linspace(1, 2, n),
        dec=np.linspace(-3, 3, n),
        redshift=np.full(n, 0.1),
        pxscale=np.full(n, 0.262),
    )
    match = GALAXY10.sniff(path)
    assert match.score > 0.9
    assert "12 images" in match.reason
    scan = GALAXY10.scan(path, ScanOptions(), no_progress)
    frame = scan.catalogue
    assert list(frame["object_id"][:2]) == [f"{edition}-00000", f"{edition}-00001"]
    assert frame["label"][3] == third
    assert frame["label"][10] == frame["label"][0]
    assert scan.taxonomy.class_names == CLASSES[edition]
    assert frame["ra_deg"][0] == 1.0
    assert frame["redshift"][0] == pytest.approx(0.1)
    assert scan.pixel_scale_arcsec == pytest.approx(0.262)
    pixels = read(scan, 5)
    with h5py.File(path) as file:
        assert np.array_equal(pixels.values, np.moveaxis(file["images"][5], -1, 0))
    assert pixels.display
    assert pixels.bands == ("R", "G", "B")
    assert pixels.pixel_scale_arcsec == pytest.approx(0.262)


def test_class_names_and_ids_in_the_file_win(tmp_path):
    path = make(tmp_path / "g.h5", 4, 40, object_id=np.array([b"a", b"b", b"c", b"d"]))
    with h5py.File(path, "a") as file:
        file.attrs["class_names"] = ["one", "two", "three", "four"]
    scan = GALAXY10.scan(tmp_path, ScanOptions(), no_progress)
    assert list(scan.catalogue["object_id"]) == ["a", "b", "c", "d"]
    assert list(scan.catalogue["label"]) == ["one", "two", "three", "four"]


def test_grey_and_deep_images_and_no_labels(tmp_path):
    path = tmp_path / "g.h5"
    with h5py.File(path, "w") as file:
        file["images"] = np.linspace(0, 1, 5 * 20 * 30).reshape(5, 20, 30)
    scan = GALAXY10.scan(path, ScanOptions(), no_progress)
    assert "label" not in scan.catalogue
    assert scan.notes
    pixels = read(scan, 0)
    assert pixels.values.shape == (1, 20, 30)
    assert (pixels.values.min(), pixels.values.max()) == (0, 255)


def test_reading_is_lazy_and_the_handle_is_shared(tmp_path, monkeypatch):
    scan = GALAXY10.scan(make(tmp_path / "g.h5"), ScanOptions(), no_progress)
    opened = []
    real = layout.open_hdf5
    monkeypatch.setattr(layout, "open_hdf5", lambda *a: opened.append(a) or real(*a))
    read(scan, 0)
    gc.collect()
    read(scan, 11)
    assert len(opened) == 1
    make(tmp_path / "new.h5", 3).replace(tmp_path / "g.h5")
    read(scan, 0)
    assert len(opened) == 2
    with pytest.raises(BadInputError, match="no image 11"):
        read(scan, 11)


def virtual(file, secret):
    made = h5py.VirtualLayout((4, 69, 69, 3), "u1")
    made[:] = h5py.VirtualSource(secret, "images", (4, 69, 69, 3))
    file.create_virtual_dataset("images", made)


def link(target):
    return lambda file, _secret: file.__setitem__("images", target)


def declared(*shape, chunks=None, dtype="u1"):
    def write(file, _secret):
        file.create_dataset("images", shape, dtype, chunks=chunks)

    return write


KINDS = {
    "external link": link(h5py.ExternalLink("secret.h5", "/images")),
    "soft link": link(h5py.SoftLink("/elsewhere")),
    "external storage": lambda file, secret: file.create_dataset(
        "images", (4, 8, 8, 3), "u1", external=[(secret, 0, 768)]
    ),
    "virtual": virtual,
    "huge": declared(10**9, 512, 512, 3, chunks=(1, 64, 64, 3)),
    "wide": declared(2, 10**6, 10**6, chunks=(1, 64, 64)),
    "huge chunk": declared(9, 9000, 9000, chunks=(9, 9000, 9000)),
    "text": lambda file, _: file.create_dataset(
        "images", data=["x"] * 4, dtype=h5py.string_dtype()
    ),
    "compound": declared(4, 8, 8, dtype=np.dtype([("a", "i4"), ("b", "f8")])),
    "group": lambda file, _: file.create_group("images"),
    "shape": lambda file, _: file.__setitem__("images", np.zeros((4, 8, 8, 5), np.uint8)),
    "none": lambda file, _: None,
}


def hostile(path, kind):
    secret = make(path.parent / "secret.h5", 4)
    with h5py.File(path, "w") as file:
        file["ans"] = np.zeros(4, np.uint8)
        KINDS[kind](file, str(secret))
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_files_are_refused_in_words(tmp_path, kind):
    path = hostile(tmp_path / "x.h5", kind)
    assert GALAXY10.sniff(path).score < 0.5
    with pytest.raises(BadInputError):
        GALAXY10.scan(path, ScanOptions(), no_progress)


def test_the_layout_checks_again_when_the_file_was_exchanged(tmp_path):
    scan = GALAXY10.scan(make(tmp_path / "x.h5"), ScanOptions(), no_progress)
    read(scan, 0)
    (tmp_path / "x.h5").unlink()
    with pytest.raises(BadInputError, match="missing"):
        read(scan, 0)
    hostile(tmp_path / "x.h5", "external storage")
    with pytest.raises(BadInputError, match="other files"):
        read(scan, 0)


def test_labels_that_do_not_fit_and_strange_columns(tmp_path):
    with pytest.raises(BadInputError, match="do not fit"):
        GALAXY10.scan(
            make(tmp_path / "a.h5", 4, ans=np.zeros(3, int)),
            ScanOptions(),
            no_progress,
        )
    path = make(tmp_path / "b.h5", 4, ans=np.array([0, -5, 3, 9999]))
    with h5py.File(path, "a") as file:
        file["far"] = h5py.ExternalLink("/etc/passwd", "/x")
    scan = GALAXY10.scan(path, ScanOptions(), no_progress)
    assert scan.catalogue["label"].isna().tolist() == [False, True, False, True]
    assert any("not followed" in note for note in scan.notes)
    assert any("2 labels" in note for note in scan.notes)


def test_a_cut_file_says_so(tmp_path):
    path = make(tmp_path / "g.h5")
    path.write_bytes(path.read_bytes()[:5000])
    assert GALAXY10.sniff(path).score < 0.5
    with pytest.raises(BadInputError):
        GALAXY10.scan(path, ScanOptions(), no_progress)
