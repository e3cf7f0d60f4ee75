"""Tar files, read as a stream."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

from astro_core.datasets.archives.limits import Account
from astro_core.datasets.archives.members import target_of, write_member
from astro_core.errors import BadInputError

_MAX_TAR_HEADER = 1 << 20
_OPENERS: tuple[tuple[bytes, Any], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
)
_CARRIERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, ValueError)


def packing(path: Path) -> Any:
    """Return the opener for how a file is packed, None when it is plain."""
    with path.open("rb") as stream:
        magic = stream.read(6)
    return next((opener for start, opener in _OPENERS if magic.startswith(start)), None)


def is_tar(path: Path) -> bool:
    """Whether a file holds a tar archive, packed or not."""
    opener = packing(path)
    try:
        with path.open("rb") as raw:
            stream = opener(raw) if opener else raw
            tarfile.TarInfo.frombuf(stream.read(512), "utf-8", "replace")
    except _BROKEN:
        return False
    return True


class _Metered:
    """An unpacking stream whose every byte counts, also those of members that are skipped."""

    def __init__(self, stream: IO[bytes], account: Account) -> None:
        self._stream, self._account = stream, account

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._account.take(len(chunk))
        return chunk


class _SmallHeaders(tarfile.TarInfo):
    """Refuses headers that carry megabytes, which tarfile would read into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _SmallHeaders:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _CARRIERS and info.size > _MAX_TAR_HEADER:
            raise BadInputError("A header in the tar archive is absurdly long")
        return info


def unpack_tar(path: Path, into: Path, account: Account, made: list[Path]) -> None:
    """Unpack a tar file, plain or packed."""
    opener = packing(path)
    with path.open("rb") as raw:
        stream = cast("IO[bytes]", opener(raw) if opener else raw)
        metered = _Metered(stream, account)
        account.where = lambda: (raw.tell(), path.stat().st_size)
        with tarfile.open(  # a stream: nothing is read twice, nothing is skipped uncounted
            fileobj=cast("IO[bytes]", metered), mode="r|", tarinfo=_SmallHeaders
        ) as archive:
            while (info := archive.next()) is not None:
                archive.__dict__["members"].clear()  # tarfile keeps them all otherwise
                target = None if info.isdir() else target_of(info.name, into, account)
                if target is not None and _tar_member(archive, info, target, account):
                    made.append(target)


def _tar_member(
    archive: tarfile.TarFile, info: tarfile.TarInfo, target: Path, account: Account
) -> bool:
    if not info.isreg() or info.issparse():
        account.leave_out(info.name, "A link, device or sparse file; it was not unpacked")
        return False
    stream = archive.extractfile(info)
    if stream is None:
        return False
    return write_member(stream, target, info.name, account, count=False)
