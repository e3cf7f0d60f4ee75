import gzip
import io
import os
import stat
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astro_core.datasets.archives import ArchiveLimits, is_archive, unpack
from astro_core.domain import Cancelled, no_progress
from astro_core.errors import BadInputError, ConflictError


def make_tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                archive.addfile(info)
    return path


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def files_below(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_of_every_packing_unpack_to_their_one_folder(tmp_path, mode):
    members = [("survey/a/1.jpg", b"one"), ("survey/b/2.jpg", b"two" * 5000)]
    path = make_tar(tmp_path / "x.tar", members, mode)
    assert is_archive(path)
    folder = unpack(path, tmp_path / "into")
    assert folder == tmp_path / "into" / "survey"
    assert files_below(folder) == ["a/1.jpg", "b/2.jpg"]
    assert (folder / "b/2.jpg").read_bytes() == b"two" * 5000


def test_zip_unpacks_and_reports_progress_to_the_end(tmp_path):
    path = make_zip(tmp_path / "x.zip", [("1.jpg", b"1" * 5_000_000), ("__MACOSX/1", b"no")])
    calls = []
    folder = unpack(path, tmp_path / "into", lambda *a: calls.append(a))
    assert files_below(folder) == ["1.jpg"]
    assert calls
    assert all(0 <= done <= total for done, total, _ in calls)


def test_a_packed_fits_or_csv_file_is_no_archive(tmp_path):
    for name, content in (("a.fits.gz", b"SIMPLE  =" + b" " * 3000), ("b.csv.gz", b"a,b\n1,2\n")):
        (tmp_path / name).write_bytes(gzip.compress(content))
        assert not is_archive(tmp_path / name)
    (tmp_path / "empty").write_bytes(b"")
    assert not is_archive(tmp_path / "empty")
    assert not is_archive(tmp_path / "none")


HOSTILE_NAMES = ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil", "a\nb", "x" * 300]


@pytest.mark.parametrize("kind", [make_tar, make_zip])
def test_names_that_leave_the_folder_are_listed_and_the_others_go_on(tmp_path, kind):
    path = kind(tmp_path / "x", [*((n, b"evil") for n in HOSTILE_NAMES), ("d/good.jpg", b"good")])
    problems = []
    folder = unpack(path, tmp_path / "deep" / "into", problems=problems)
    assert files_below(folder) == ["good.jpg"]
    assert len(problems) == len(HOSTILE_NAMES)
    assert all(p.file and p.reason for p in problems)
    assert files_below(tmp_path) == ["deep/into/d/good.jpg", "x"]


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), max_size=8))
def test_no_name_writes_outside(tmp_path_factory, names):
    base = tmp_path_factory.mktemp("names")
    members = [(n.replace("\0", "\1"), b"x") for n in names] + [("d/../../../up", b"x")]
    make_tar(base / "x.tar", [*members, ("good", b"x")], "w")
    unpack(base / "x.tar", base / "in" / "into", problems=[])
    assert {p.name for p in base.iterdir()} == {"x.tar", "in"}
    assert {p.name for p in (base / "in").iterdir()} == {"into"}


def test_links_devices_and_sparse_files_in_a_tar_are_left_out(tmp_path):
    def special(name, kind, target=""):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        return (name, info)

    members = [
        special("out", tarfile.SYMTYPE, "/etc"),
        ("out/passwd", b"through the link"),
        special("hard", tarfile.LNKTYPE, "../../x"),
        special("device", tarfile.CHRTYPE),
        special("pipe", tarfile.FIFOTYPE),
        special("sparse", tarfile.GNUTYPE_SPARSE),
    ]
    problems = []
    folder = unpack(
        make_tar(tmp_path / "x.tar", members, "w"), tmp_path / "into", problems=problems
    )
    assert files_below(folder) == ["passwd"]
    assert folder == tmp_path / "into" / "out"
    assert {p.file for p in problems} == {"out", "hard", "device", "pipe", "sparse"}
    assert not any(p.is_symlink() for p in (tmp_path / "into").rglob("*"))


def test_links_in_a_zip_are_left_out(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("good", b"good")
    problems = []
    assert files_below(unpack(path, tmp_path / "into", problems=problems)) == ["good"]
    assert [p.file for p in problems] == ["link"]


@pytest.mark.parametrize("kind", [make_tar, make_zip])
@pytest.mark.parametrize(
    ("limits", "word"),
    [
        (ArchiveLimits(max_bytes=2_000_000), "too large"),
        (ArchiveLimits(max_files=2), "too many files"),
        (ArchiveLimits(spare_bytes=2**62), "does not fit"),
    ],
)
def test_limits_refuse_the_whole_archive_and_leave_nothing(tmp_path, kind, limits, word):
    path = kind(tmp_path / "x", [(f"{i}.bin", bytes(1_000_000)) for i in range(3)])
    with pytest.raises(BadInputError, match=word):
        unpack(path, tmp_path / "into", limits=limits)
    assert list((tmp_path / "into").iterdir()) == []


@pytest.mark.parametrize("kind", [make_tar, make_zip])
def test_a_bomb_is_recognised_by_its_ratio(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("astro_core.datasets.archives.limits._RATIO_FROM", 3_000_000)
    path = kind(tmp_path / "x", [("zeros", bytes(30_000_000))])
    with pytest.raises(BadInputError, match="bomb"):
        unpack(path, tmp_path / "into")
    assert list((tmp_path / "into").iterdir()) == []


def test_a_tar_header_of_megabytes_is_not_read_into_memory(tmp_path):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**33
    (tmp_path / "x.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    with pytest.raises(BadInputError, match="absurdly long"):
        unpack(tmp_path / "x.tar", tmp_path / "into")


def test_one_archive_inside_is_unpacked_and_a_deeper_one_is_listed(tmp_path):
    third = make_zip(tmp_path / "third.zip", [("c.jpg", b"c")])
    second = make_zip(tmp_path / "s.zip", [("third.zip", third.read_bytes()), ("b.jpg", b"b")])
    first = make_tar(
        tmp_path / "first.tgz", [("s.zip", second.read_bytes()), ("a.jpg", b"a"), ("s/x", b"x")]
    )
    problems = []
    folder = unpack(first, tmp_path / "into", problems=problems)
    assert files_below(folder) == ["a.jpg", "s-2/b.jpg", "s-2/third.zip", "s/x"]
    assert [p.file for p in problems] == ["s-2/third.zip"]


def test_a_truncated_archive_says_so_and_leaves_nothing(tmp_path):
    for kind, name in ((make_tar, "x.tar.gz"), (make_zip, "x.zip")):
        whole = kind(tmp_path / name, [(f"{i}.bin", os.urandom(200_000)) for i in range(5)])
        whole.write_bytes(whole.read_bytes()[:500_000])
        with pytest.raises(BadInputError, match=r"cut short|not an archive"):
            unpack(whole, tmp_path / "into")
        assert list((tmp_path / "into").iterdir()) == []


def test_a_damaged_member_of_a_zip_is_listed_and_the_others_go_on(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("bad.bin", b"A" * 1000)
        archive.writestr("good.bin", b"B" * 1000)
    path.write_bytes(path.read_bytes().replace(b"A" * 1000, b"A" * 999 + b"Z"))
    problems = []
    assert files_below(unpack(path, tmp_path / "into", problems=problems)) == ["good.bin"]
    assert [p.file for p in problems] == ["bad.bin"]


def test_cancelling_leaves_nothing(tmp_path):
    path = make_tar(tmp_path / "x.tgz", [(f"{i}.bin", os.urandom(3_000_000)) for i in range(4)])

    def stop_late(done, total, message=""):
        if done > total / 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        unpack(path, tmp_path / "into", stop_late)
    assert list((tmp_path / "into").iterdir()) == []


def test_other_files_and_full_folders_are_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"hello")
    with pytest.raises(BadInputError, match="not an archive"):
        unpack(tmp_path / "x", tmp_path / "into")
    with pytest.raises(BadInputError, match="Nothing in"):
        unpack(make_zip(tmp_path / "e.zip", []), tmp_path / "into")
    with pytest.raises(ConflictError):
        unpack(make_zip(tmp_path / "f.zip", [("a", b"a")]), tmp_path, no_progress)
