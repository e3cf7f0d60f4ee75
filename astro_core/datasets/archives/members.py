"""One member of an archive: whether its name is safe, and writing it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from astro_core.datasets.archives.limits import CHUNK, Account


def target_of(name: str, into: Path, account: Account) -> Path | None:
    """Where a member goes; None when it goes nowhere, listed unless it is nobody's loss."""
    clean = name.replace("\\", "/")
    steps = [s for s in clean.split("/") if s not in ("", ".")]
    if not steps or "__MACOSX" in steps or steps[-1].startswith("."):
        return None
    reason = ""
    if clean.startswith("/") or ".." in steps or (len(clean) > 1 and clean[1] == ":"):
        reason = "Its path leads outside the archive"
    elif len(steps) > account.limits.max_depth:
        reason = f"It lies more than {account.limits.max_depth} folders deep"
    elif not clean.isprintable() or any(len(s.encode()) > 255 for s in steps):
        reason = "Its name cannot be the name of a file"
    if reason:
        account.leave_out(name, reason)
        return None
    return into.joinpath(*steps)


def write_member(
    stream: IO[bytes], target: Path, name: str, account: Account, *, count: bool
) -> bool:
    """Write one member; False when another one has its name."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(target, flags, 0o644)
    except (FileExistsError, NotADirectoryError):
        account.leave_out(name, "Another member of the archive has this name")
        return False
    with os.fdopen(handle, "wb") as out:
        while chunk := stream.read(CHUNK):
            if count:
                account.take(len(chunk))
            out.write(chunk)
    account.take_file()
    return True
