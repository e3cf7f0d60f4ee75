import io

import pytest

from astro_core.errors import BadInputError
from astro_core.workflows.uploads import (
    IMPORT_LIMITS,
    STRETCH_LIMITS,
    UploadLimits,
    clean_name,
    discard,
    receive,
)
from astro_core.workspace import Workspace


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "w").ensure()


def files(*names, content=b"x" * 10):
    return [(name, io.BytesIO(content)) for name in names]


def test_files_arrive_with_their_bytes(space):
    upload = receive(space, files("a_G.fits", "a_R.fits"), STRETCH_LIMITS)
    assert upload.names == ("a_G.fits", "a_R.fits")
    assert upload.path == upload.folder
    assert (upload.folder / "a_R.fits").read_bytes() == b"x" * 10
    discard(upload.folder)
    assert not upload.folder.exists()


def test_one_file_is_its_own_path(space):
    upload = receive(space, files("survey.tar.gz"), IMPORT_LIMITS)
    assert upload.path.name == "survey.tar.gz"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.fits", "passwd.fits"),
        ("C:\\users\\me\\x.fits", "x.fits"),
        ("/abs/x.fits", "x.fits"),
        (".hidden.fits", "hidden.fits"),
        ("my galaxy (1).fits", "my_galaxy_1_.fits"),
        ("Ö.fits", "Ö.fits"),
        ("a\x00b\n.fits", "a_b_.fits"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_names_become_harmless(given, kept):
    assert clean_name(given) == kept


def test_long_names_keep_their_suffix():
    name = clean_name("é" * 400 + ".fits.gz")
    assert name.endswith(".fits.gz")
    assert len(name.encode()) <= 160


def test_equal_names_do_not_overwrite_each_other(space):
    upload = receive(space, files("d1/a.fits", "d2/A.fits"), STRETCH_LIMITS)
    assert upload.names == ("a.fits", "A_2.fits")
    assert ("d2/A.fits", "A_2.fits") in upload.renamed


def test_too_many_bytes_leave_nothing_behind(space):
    limits = UploadLimits(max_files=3, max_bytes=25, suffixes=(".fits",))
    with pytest.raises(BadInputError, match="more than can be uploaded"):
        receive(space, files("a.fits", "b.fits", "c.fits"), limits)
    assert not list(space.scratch.iterdir())


def test_too_many_files_are_refused(space):
    limits = UploadLimits(max_files=2, max_bytes=1000, suffixes=(".fits",))
    with pytest.raises(BadInputError, match="2 files"):
        receive(space, files("a.fits", "b.fits", "c.fits"), limits)


def test_other_kinds_are_refused_by_name(space):
    with pytest.raises(BadInputError, match=r"'run\.exe' is of a kind"):
        receive(space, files("run.exe"), STRETCH_LIMITS)


def test_nothing_is_said(space):
    with pytest.raises(BadInputError, match="No file"):
        receive(space, [], STRETCH_LIMITS)
