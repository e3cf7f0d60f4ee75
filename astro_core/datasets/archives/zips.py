"""Zip files."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from pathlib import Path

from astro_core.datasets.archives.limits import Account
from astro_core.datasets.archives.members import target_of, write_member


def unpack_zip(path: Path, into: Path, account: Account, made: list[Path]) -> None:
    """Unpack a zip file; damaged and encrypted members are left out."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > account.limits.max_files:
            raise account.refuse("has too many files", f"at most {account.limits.max_files:,}")
        declared = sum(info.file_size for info in members)
        account.check_room(min(declared, account.limits.max_bytes))
        before = account.unpacked
        account.where = lambda: (account.unpacked - before, max(declared, 1))
        for info in members:
            target = None if info.is_dir() else target_of(info.filename, into, account)
            if target is not None and _zip_member(archive, info, target, account):
                made.append(target)


def _zip_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, account: Account
) -> bool:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        account.leave_out(info.filename, "A link or device; it was not unpacked")
        return False
    if info.flag_bits & 1:
        account.leave_out(info.filename, "It is encrypted; unpack the archive yourself first")
        return False
    try:
        with archive.open(info) as stream:
            return write_member(stream, target, info.filename, account, count=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, lzma.LZMAError) as error:
        target.unlink(missing_ok=True)
        account.leave_out(info.filename, f"Damaged in the archive: {error}")
        return False
