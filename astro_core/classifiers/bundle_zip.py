"""Model bundles as one file to hand on, and back without trusting it."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

from astro_core.classifiers.bundle import check_bundle, check_files
from astro_core.classifiers.bundle_info import (
    BESIDE,
    CARD,
    INFO,
    QUICK,
    WEIGHTS,
    BundleInfo,
    of_member,
    write_info,
)
from astro_core.errors import BadInputError, ConflictError
from astro_core.workspace import publish

_CHUNK = 1 << 20
_MOST_BYTES = {INFO: 20_000_000, CARD: 2_000_000} | dict.fromkeys(
    (*WEIGHTS.values(), *BESIDE), 4_000_000_000
)
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def export_zip(folder: Path, path: Path) -> None:
    """Write a bundle as a zip file, whole or not at all.

    Parameters
    ----------
    path : Path
        Replaced if it is there.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no bundle, or not as it was saved.
    """
    info = check_files(folder)
    if path.is_dir():
        raise BadInputError(f"'{path}' is a folder", todo="Name a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.partial")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (INFO, *sorted(info.files)):
                archive.write(folder / name, name)
        publish(half, path)
    finally:
        half.unlink(missing_ok=True)


def import_zip(path: Path, target: Path, made: Path) -> BundleInfo:
    """Unpack a bundle that somebody handed on; it appears only when all of it is sound.

    Its quick form is left out: LiteRT trusts its files, and a damaged one ends the process.

    Parameters
    ----------
    target : Path
        Folder that must not be there yet.
    made : Path
        Empty folder on the same disk, in which it is unpacked; gone afterwards.

    Raises
    ------
    BadInputError
        If the file is no bundle, holds anything else, is too large, was changed, or its weights
        are anything but weights.
    ConflictError
        If `target` is there.
    """
    try:
        if target.exists():
            raise ConflictError(
                f"There is a model '{target.name}' already", todo="Choose another name"
            )
        _unpack(path, made)
        info = _without_quick(made, check_bundle(made))
        made.chmod(0o755)
        publish(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return info


def _without_quick(folder: Path, info: BundleInfo) -> BundleInfo:
    (folder / QUICK).unlink(missing_ok=True)
    left = replace(info, files={name: sha for name, sha in info.files.items() if name != QUICK})
    write_info(folder, left)
    return left


def _unpack(path: Path, into: Path) -> None:
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise BadInputError(f"'{path.name}' is no model", expected="a zip file that was exported")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            strange = [name for name in names if _own(name) not in _MOST_BYTES]
            if strange or len(set(names)) != len(names) or INFO not in names:
                raise BadInputError(
                    f"'{path.name}' is no model, or holds more than one",
                    expected=", ".join((INFO, *WEIGHTS.values(), CARD)),
                    given=ascii((strange or names)[0])[:100] if names else "nothing",
                )
            for member in members:
                _write(archive, member, into / member.filename)
    except _DAMAGED as error:
        raise BadInputError(f"'{path.name}' is damaged", given=str(error)) from None


def _own(name: str) -> str:
    """What a file is called in its own folder, which may be that of an ensemble's member."""
    return of_member(name) or name


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    written, most = 0, _MOST_BYTES[_own(member.filename)]
    target.parent.mkdir(exist_ok=True)
    with archive.open(member) as stream, target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if written > most:
                raise BadInputError(
                    f"'{member.filename}' is too large", expected=f"at most {most:,} bytes"
                )
            out.write(chunk)
