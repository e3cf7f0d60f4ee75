"""Download the files of a survey into a folder that the readers understand."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from astro_core.datasets.archives import is_archive, unpack
from astro_core.datasets.downloads.surveys import SurveyFile, SurveySpec
from astro_core.domain import Progress, no_progress
from astro_core.errors import BadInputError, ConflictError
from astro_core.workspace import publish, read_json, write_json

if TYPE_CHECKING:
    from astro_core.datasets.downloads.resume import ResumingDownloader

_RECORD = "checksums.json"
_SPARE_BYTES = 1_000_000_000
_CHUNK = 1 << 22
MakeDownloader = Callable[[Path, Progress], "ResumingDownloader"]


def download_survey(
    spec: SurveySpec,
    into: Path,
    progress: Progress = no_progress,
    *,
    make_downloader: MakeDownloader | None = None,
) -> tuple[Path, tuple[str, ...]]:
    """Download a survey, or finish a download that was interrupted.

    Files that are there and right are not fetched again. An archive is unpacked beside the
    others.

    Parameters
    ----------
    into : Path
        Folder of this survey; made if it is not there.
    progress : Progress
        Told bytes; raises `Cancelled` to stop, and what arrived is kept for the next time.

    Returns
    -------
    Path
        What to import: the folder, or the survey's only file.
    tuple of str
        What was assumed, a sentence each.

    Raises
    ------
    BadInputError
        If a server cannot be reached, a file is not what it must be, or the disk is full.
    ConflictError
        If another download of this survey is under way.
    """
    from filelock import FileLock, Timeout

    from astro_core.datasets.downloads.resume import ResumingDownloader

    into.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(into / ".lock", timeout=0):
            notes = _download_all(spec, into, progress, make_downloader or ResumingDownloader)
            _unpack_archives(spec, into, progress)
    except Timeout:
        raise ConflictError(f"{spec.label} is being downloaded already") from None
    only = into / spec.files[0].name
    single = len(spec.files) == 1 and not is_archive(only)
    return (only if single else into), tuple(notes)


def _download_all(
    spec: SurveySpec, into: Path, progress: Progress, make_downloader: MakeDownloader
) -> list[str]:
    _check_room(spec, into)
    notes: list[str] = []
    done = 0
    for file in spec.files:
        path = _download_one(file, into, _after(done, spec, progress), make_downloader, notes)
        done += path.stat().st_size
        progress(done, max(spec.about_bytes, done), f"Downloaded {file.name}")
    return notes


def _after(before: int, spec: SurveySpec, progress: Progress) -> Progress:
    """Report bytes of one file as bytes of the survey."""

    def report(done: int, total: int, message: str = "") -> None:  # noqa: ARG001 - of one file
        so_far = before + done
        progress(so_far, max(spec.about_bytes, so_far), message or f"Downloading {spec.label}")

    return report


def _check_room(spec: SurveySpec, into: Path) -> None:
    have = sum(f.stat().st_size for f in into.iterdir() if f.is_file())
    needed = max(spec.about_bytes - have, 0)
    packed = any(file.name.endswith(".zip") for file in spec.files)
    needed = needed * (2 if packed else 1) + (_SPARE_BYTES if needed else 0)
    free = shutil.disk_usage(into).free
    if free < needed:
        raise BadInputError(
            f"There is no room on the disk for {spec.label}",
            expected=f"{needed / 1e9:,.1f} GB free",
            given=f"{free / 1e9:,.1f} GB",
        )


def _download_one(
    file: SurveyFile,
    into: Path,
    progress: Progress,
    make_downloader: MakeDownloader,
    notes: list[str],
) -> Path:
    """Fetch a file with pooch unless it is there and right."""
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)
    target = into / file.name
    record = into / _RECORD
    recorded: dict[str, str] = read_json(record) if record.is_file() else {}
    known = file.checksum or recorded.get(file.name)
    if known is None and target.is_file():
        target.unlink()  # nobody knows whether it is whole
    downloader = make_downloader(into / f"{file.name}.part", progress)
    try:
        pooch.retrieve(file.url, known, fname=file.name, path=into, downloader=downloader)
    except ValueError as error:
        raise BadInputError(
            f"'{file.name}' is not the file that was published, or was damaged on the way",
            expected=f"checksum {known}",
            given=str(error).rpartition("(")[2].partition(")")[0][:100],
            todo="Start again later; the wrong file was removed",
        ) from None
    if known is None:
        digest = f"sha256:{_sha256(target, progress)}"
        write_json(record, recorded | {file.name: digest})
        notes.append(
            f"No checksum of {file.name} is published; this copy has {digest}, which later "
            "downloads must equal."
        )
    return target


def _sha256(path: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            progress(path.stat().st_size, 0, "Checking")
    return digest.hexdigest()


def _unpack_archives(spec: SurveySpec, into: Path, progress: Progress) -> None:
    """Unpack archives into folders of their name; a folder that is there is whole."""
    for file in spec.files:
        folder = into / Path(file.name).stem
        if folder.is_dir() or not is_archive(into / file.name):
            continue
        half = into / f".{folder.name}-unpacking"
        shutil.rmtree(half, ignore_errors=True)
        unpack(into / file.name, half, progress)
        publish(half, folder)
