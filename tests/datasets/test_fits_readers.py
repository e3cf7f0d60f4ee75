import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from astropy.table import Table

from astro_core.datasets.check import check_images
from astro_core.datasets.readers import READERS, ScanOptions
from astro_core.datasets.readers.fits_planes import describe_cube
from astro_core.domain import no_progress
from astro_core.errors import BadInputError

REAL = Path(__file__).parents[3] / "shared" / "data" / "fits"
BANDS, CUBES = READERS.get("fits-bands"), READERS.get("fits-cube")
SKY = np.random.default_rng(5).normal(0.0, 1.0, (16, 20)).astype("f4")


def stamp(path, data=SKY, **cards):
    path.parent.mkdir(parents=True, exist_ok=True)
    fits.writeto(path, data, fits.Header(cards))
    return path


def survey(root, names, bands="GRI", **cards):
    for name in names:
        for band in bands:
            stamp(root / f"{name}_{band}.fits", **cards)
    return root


def best(path):
    found = [(spec.sniff(path), spec.name) for spec in READERS]
    return max(((m.score, name) for m, name in found if m is not None), default=(0, ""))[1]


def scan(reader, path, **options):
    return reader.scan(path, ScanOptions(**options), no_progress)


def checked(found):
    from dataclasses import asdict

    columns = ["object_id", "part", "file", "row"]
    columns += ["missing_bands"] if "missing_bands" in found.catalogue else []
    rows = found.catalogue[columns].to_dict("records")
    return [c["reason"] for c in check_images("/", [asdict(p) for p in found.parts], rows)]


def test_splus_stamps_with_a_catalogue(tmp_path):
    survey(tmp_path / "stamps", ["s1", "s2", "s3"], "ugriz")
    for name in ("s1", "s2", "s3"):
        stamp(tmp_path / "stamps" / f"{name}_F660.fits")
    (tmp_path / "stamps" / "labels.csv").write_text(
        "object_id,label,ra,dec,mag\ns1,spiral,10,-1,17.5\ns2,elliptical,11,-2,18\nnone,spiral,1,1,1\n"
    )
    assert best(tmp_path / "stamps") == "fits-bands"
    found = scan(BANDS, tmp_path / "stamps")
    assert found.parts[0].bands == ("U", "G", "R", "F660", "I", "Z")
    assert found.parts[0].options["tokens"]["U"] == "u"
    frame = found.catalogue.set_index("object_id")
    assert frame.loc["s1", "label"] == "spiral"
    assert pd.isna(frame.loc["s3", "label"])
    assert (frame.loc["s2", "ra_deg"], frame.loc["s2", "mag"]) == (11.0, 18.0)
    assert [p.object_id for p in found.problems] == ["none"]
    assert checked(found) == ["", "", ""]


def test_objects_that_lack_a_band_are_left_out_or_kept(tmp_path):
    survey(tmp_path, ["a", "b", "c"])
    (tmp_path / "b_I.fits").unlink()
    stamp(tmp_path / "c_z.fits")
    found = scan(BANDS, tmp_path)
    assert list(found.catalogue["object_id"]) == ["a", "c"]
    assert found.parts[0].bands == ("G", "R", "I")
    (problem,) = found.problems
    assert (problem.object_id, problem.reason) == ("b", "Band I is missing. Expected G, R, I.")
    assert any("z (1)" in note for note in found.notes)
    kept = scan(BANDS, tmp_path, keep_incomplete=True)
    assert list(kept.catalogue["missing_bands"]) == ["", "I", ""]
    assert checked(kept) == ["", "", ""]


def test_mixed_case_of_tokens_makes_parts_with_the_same_bands(tmp_path):
    survey(tmp_path, ["a", "b"], "gri")
    survey(tmp_path, ["c"], "GRI")
    found = scan(BANDS, tmp_path)
    assert [p.bands for p in found.parts] == [("g", "r", "i")] * 2
    assert checked(found) == ["", "", ""]


def test_position_and_scale_come_from_the_header(tmp_path):
    wcs = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 200.0, "CRVAL2": -30.0}
    wcs |= {"CRPIX1": 10.5, "CRPIX2": 8.5, "CDELT1": -0.55 / 3600, "CDELT2": 0.55 / 3600}
    survey(tmp_path, ["a"], **wcs)
    found = scan(BANDS, tmp_path)
    assert found.catalogue["ra_deg"][0] == pytest.approx(200.0)
    assert found.catalogue["dec_deg"][0] == pytest.approx(-30.0)
    assert found.pixel_scale_arcsec == pytest.approx(0.55, abs=1e-5)


@pytest.mark.parametrize(
    ("cards", "names"),
    [
        ({"BANDS": "grz"}, ("g", "r", "z")),
        ({"BANDS": "G,R,Z"}, ("G", "R", "Z")),
        ({"BAND0": "g", "BAND1": "r", "BAND2": "z"}, ("g", "r", "z")),
        ({"FILTER1": "HSC-G", "FILTER2": "HSC-R", "FILTER3": "HSC-I"}, ("G", "R", "I")),
        ({}, ("band1", "band2", "band3")),
        ({"BANDS": "ggg"}, ("band1", "band2", "band3")),
    ],
)
def test_bands_of_a_cube_as_its_header_says(tmp_path, cards, names):
    path = stamp(tmp_path / "c.fits", np.stack([SKY] * 3), **cards)
    assert describe_cube(path, "c.fits").bands == names


def test_extensions_and_single_images(tmp_path):
    extensions = [fits.ImageHDU(SKY, name=n) for n in ("SCI_R", "SCI_G", "ERR")]
    fits.HDUList([fits.PrimaryHDU(), *extensions]).writeto(tmp_path / "e.fits")
    cube = describe_cube(tmp_path / "e.fits", "e.fits")
    assert (cube.bands, cube.planes) == (("R", "G"), ((1, 0), (2, 0)))
    assert describe_cube(stamp(tmp_path / "f_r.fits"), "f_r.fits").bands == ("r",)
    assert describe_cube(stamp(tmp_path / "f.fits", FILTER="i SDSS"), "f.fits").bands == ("i",)
    assert describe_cube(stamp(tmp_path / "f1.fits"), "f1.fits").bands == ("image",)
    with pytest.raises(BadInputError, match="at most 32 planes"):
        describe_cube(stamp(tmp_path / "ifu.fits", np.zeros((40, 4, 4), "f4")), "ifu.fits")


def test_cubes_with_a_table_and_one_of_other_bands(tmp_path):
    for name, bands in (("a", "grz"), ("b", "grz"), ("c", "zrg"), ("d", "gri"), ("e", "JHK")):
        stamp(
            tmp_path / "deep" / "er" / f"{name}.fits",
            np.stack([SKY, SKY + 1, SKY + 2]),
            BANDS=bands,
        )
    Table({"name": ["a", "b", "x"], "class": ["spiral", "ring", "no"]}).write(
        tmp_path / "catalogue.fits"
    )
    assert best(tmp_path) == "fits-cube"
    found = scan(CUBES, tmp_path)
    frame = found.catalogue.set_index("object_id")
    assert list(frame.index) == ["a", "b", "c", "d"]
    assert list(frame["label"][:2]) == ["spiral", "ring"]
    bands = {name: found.parts[part].bands for name, part in frame["part"].items()}
    assert bands == {**dict.fromkeys("abc", ("g", "r", "z")), "d": ("g", "r", "i")}
    assert found.parts[frame["part"]["c"]].options["planes"] == [[0, 2], [0, 1], [0, 0]]
    assert {p.object_id for p in found.problems} == {"e", "x"}
    assert any("different bands" in note for note in found.notes)
    assert checked(found) == [""] * 4


def test_a_fits_catalogue_is_found_among_many_stamps(tmp_path):
    survey(tmp_path, ["a", "b", "c"])
    table = Table({"ID": ["a", "c"], "CLASS": ["spiral", "ring"], "mag_auto": [17.0, 18.0]})
    table.write(tmp_path / "catalogue.fits")
    Table({"x": [1, 2]}).write(tmp_path / "other.fits")
    found = scan(BANDS, tmp_path)
    assert list(found.catalogue["label"].fillna("")) == ["spiral", "", "ring"]
    assert found.problems == ()
    assert any("other.fits names none" in note for note in found.notes)


def test_bands_and_cubes_side_by_side_are_two_parts(tmp_path):
    survey(tmp_path / "stamps", ["a", "b"], "gri")
    for name in ("c_b", "d"):
        stamp(tmp_path / "cubes" / f"{name}.fits", np.stack([SKY] * 3), BANDS="grz")
    stamp(tmp_path / "odd.fits")
    assert best(tmp_path) == "fits-bands"
    found = scan(BANDS, tmp_path)
    assert sorted(found.catalogue["object_id"]) == ["a", "b", "c_b", "d"]
    assert {p.layout for p in found.parts} == {"fits_bands", "fits_cube"}
    assert set(found.catalogue["label"]) == {"stamps", "cubes"}
    assert [p.object_id for p in found.problems] == ["odd"]


def test_one_file_may_be_given(tmp_path):
    path = stamp(tmp_path / "c.fits", np.stack([SKY] * 3), BANDS="grz")
    stamp(tmp_path / "other.fits")
    assert best(path) == "fits-cube"
    assert list(scan(CUBES, path).catalogue["object_id"]) == ["c"]


def test_broken_headers_are_listed_and_the_others_go_on(tmp_path):
    survey(tmp_path, ["a", "b"])
    (tmp_path / "b_G.fits").write_bytes(b"not FITS at all" * 300)
    (tmp_path / "c.fits").write_bytes(b"")
    found = scan(BANDS, tmp_path)
    assert list(found.catalogue["object_id"]) == ["a"]
    assert {p.object_id: "FITS" in p.reason or "empty" in p.reason for p in found.problems} == {
        "b": True,
        "c": True,
    }


def test_nothing_there_is_said_plainly(tmp_path):
    assert BANDS.sniff(tmp_path) is None
    for reader in (BANDS, CUBES):
        with pytest.raises(BadInputError, match="no FITS files"):
            scan(reader, tmp_path)
    stamp(tmp_path / "plain.fits")
    with pytest.raises(BadInputError, match="names a band"):
        scan(BANDS, tmp_path)
    (tmp_path / "labels.csv").write_text("object_id,label\nx,spiral\n")
    with pytest.raises(BadInputError, match="No row of"):
        scan(CUBES, tmp_path, labels=tmp_path / "labels.csv")


def test_names_alike_in_different_folders_stay_apart(tmp_path):
    survey(tmp_path / "f1", ["a"])
    survey(tmp_path / "f2", ["a", "b"])
    found = scan(BANDS, tmp_path)
    assert sorted(found.catalogue["object_id"]) == ["b", "f1/a", "f2/a"]


def test_votes_beside_stamps_bring_the_decision_tree(tmp_path):
    from astro_core.datasets.gz2 import gz2_columns

    survey(tmp_path, ["a", "b"])
    columns = [c for row in gz2_columns("debiased") for c in row]
    votes = pd.DataFrame({"object_id": ["a", "b"], "gz2_class": ["Sb2m", "Er"]})
    votes[columns] = 0.25
    votes.to_csv(tmp_path / "votes.csv", index=False)
    found = scan(BANDS, tmp_path)
    assert len(found.taxonomy.questions) == 11
    assert found.catalogue["label"].notna().all()


def test_links_are_not_followed_out_of_the_folder(tmp_path):
    survey(tmp_path / "out", ["x"])
    survey(tmp_path / "in", ["a"])
    (tmp_path / "in" / "far").symlink_to(tmp_path / "out")
    for band in "GRI":
        (tmp_path / "in" / f"l_{band}.fits").symlink_to(tmp_path / "out" / f"x_{band}.fits")
    found = scan(BANDS, tmp_path / "in")
    assert list(found.catalogue["object_id"]) == ["a"]
    assert [p.file for p in found.problems] == ["l_G.fits", "l_I.fits", "l_R.fits"]
    assert all("outside" in p.reason for p in found.problems)


def test_a_look_at_very_many_files_is_quick(tmp_path):
    for i in range(9000):
        (tmp_path / f"obj{i // 3}_{'GRI'[i % 3]}.fits").touch()
    began = time.perf_counter()
    assert best(tmp_path) == "fits-bands"
    assert time.perf_counter() - began < 2.0


@pytest.mark.skipif(not REAL.is_dir(), reason="the real FITS files are not here")
def test_real_folders(tmp_path):
    found = scan(CUBES, REAL / "decals_grz")
    assert (len(found.catalogue), found.parts[0].bands) == (6, ("g", "r", "z"))
    bad = {i for i, reason in enumerate(checked(found)) if reason}
    names = found.catalogue["object_id"]
    assert {names[i] for i in bad} == {"example_bad_pix", "example_incomplete"}
    found = scan(BANDS, REAL / "sdss_gri")
    assert found.parts[0].bands == ("g", "r", "i")
    assert found.pixel_scale_arcsec == pytest.approx(1.1877, abs=1e-3)
    found = scan(BANDS, REAL)
    assert (len(found.catalogue), len(found.parts)) == (7, 2)
    shutil.copytree(REAL / "sdss_gri", tmp_path / "a" / "b" / "c")
    assert best(tmp_path) == "fits-bands"
