"""Unpacking whole archives."""

from __future__ import annotations

import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from astro_core.datasets.archives.limits import LIMITS, Account, ArchiveLimits
from astro_core.datasets.archives.tars import is_tar, unpack_tar
from astro_core.datasets.archives.zips import unpack_zip
from astro_core.domain import Problem, Progress, no_progress
from astro_core.errors import BadInputError, ConflictError

_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)


def is_archive(path: Path) -> bool:
    """Whether a file is a zip or a tar archive, by what it holds; "x.fits.gz" is none."""
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
        return magic in (b"PK\x03\x04", b"PK\x05\x06") or is_tar(path)
    except OSError:
        return False


def unpack(
    path: Path,
    into: Path,
    progress: Progress = no_progress,
    *,
    limits: ArchiveLimits = LIMITS,
    problems: list[Problem] | None = None,
) -> Path:
    """Unpack a zip, tar, tar.gz, tar.bz2 or tar.xz archive into an empty folder.

    Regular files alone are written, each under a name that was checked; links, devices and
    names that leave the folder are listed and left out. On any error, and when cancelled,
    `into` is left empty.

    Parameters
    ----------
    progress : Progress
        Told bytes of the archive.
    problems : list of Problem or None
        Takes what was left out, one for each member.

    Returns
    -------
    Path
        `into`, or the one folder that everything lies in.

    Raises
    ------
    BadInputError
        If it is no archive, damaged, encrypted, or passes a limit.
    ConflictError
        If `into` is not empty.
    """
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise ConflictError(f"The folder to unpack '{path.name}' into is not empty")
    account = Account(
        archive=path.name,
        packed=path.stat().st_size,
        limits=limits,
        into=into,
        progress=progress,
        problems=[] if problems is None else problems,
    )
    try:
        _unpack_one(path, into, account, 0)
    except BaseException:
        _empty(into)
        raise
    if not account.files:
        raise BadInputError(
            f"Nothing in '{path.name}' can be used",
            given=account.problems[0].reason if account.problems else "an empty archive",
        )
    return _only_folder(into)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _only_folder(folder: Path) -> Path:
    inside = list(folder.iterdir())
    while len(inside) == 1 and inside[0].is_dir():
        folder = inside[0]
        inside = list(folder.iterdir())
    return folder


def _unpack_one(path: Path, into: Path, account: Account, nested: int) -> None:
    made: list[Path] = []
    with _readable(path):
        if not is_tar(path) and zipfile.is_zipfile(path):
            unpack_zip(path, into, account, made)
        elif is_tar(path):
            unpack_tar(path, into, account, made)
        else:
            raise BadInputError(
                f"'{path.name}' is not an archive", expected="zip, tar, tar.gz, tar.bz2 or tar.xz"
            )
    for inner in made:
        if not is_archive(inner):
            continue
        if nested >= account.limits.max_nested:
            name = inner.relative_to(account.into).as_posix()
            account.leave_out(name, "An archive in an archive in an archive; it was not unpacked")
        else:
            _unpack_inner(inner, account, nested + 1)


def _unpack_inner(inner: Path, account: Account, nested: int) -> None:
    """Unpack an archive that was inside another into a folder of its name, and drop it."""
    folder = inner.with_name(inner.name.partition(".")[0] or "archive")
    number = 2
    while folder.exists():
        folder = inner.with_name(f"{inner.name.partition('.')[0]}-{number}")
        number += 1
    folder.mkdir()
    _unpack_one(inner, folder, account, nested)
    inner.unlink()
    account.files -= 1


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except zipfile.LargeZipFile as error:
        raise BadInputError(f"'{path.name}' cannot be unpacked", given=str(error)) from None
    except _BROKEN as error:
        raise BadInputError(
            f"'{path.name}' is damaged or cut short", given=str(error), todo="Fetch it again"
        ) from None
