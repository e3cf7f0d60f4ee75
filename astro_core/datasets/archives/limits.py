"""How far an archive is followed, and what it cost so far."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from astro_core.domain import Problem, Progress
from astro_core.errors import BadInputError

CHUNK = 1 << 20
_RATIO_FROM = 200_000_000


@dataclass(frozen=True, kw_only=True)
class ArchiveLimits:
    """How far an archive is followed before it counts as hostile or as a mistake.

    Attributes
    ----------
    max_bytes : int
        Unpacked size of everything together.
    max_ratio : float
        Unpacked over packed size, once 200 MB are unpacked; images rarely reach 20.
    max_depth : int
        Folders within folders.
    max_nested : int
        Archives within archives.
    spare_bytes : int
        Room that must stay free on the disk.
    """

    max_bytes: int = 100_000_000_000
    max_files: int = 1_000_000
    max_ratio: float = 200.0
    max_depth: int = 24
    max_nested: int = 1
    spare_bytes: int = 500_000_000


LIMITS = ArchiveLimits()


@dataclass
class Account:
    """What was unpacked so far, held against the limits."""

    archive: str
    packed: int
    limits: ArchiveLimits
    into: Path
    progress: Progress
    problems: list[Problem]
    unpacked: int = 0
    files: int = 0
    where: Callable[[], tuple[int, int]] = lambda: (0, 0)
    _next_check: int = 0
    _next_report: int = 0

    def take(self, n_bytes: int) -> None:
        """Count unpacked bytes.

        Raises
        ------
        BadInputError
            When a limit is passed or the disk is full.
        """
        self.unpacked += n_bytes
        limits = self.limits
        if self.unpacked > limits.max_bytes:
            raise self.refuse("is too large", f"at most {limits.max_bytes:,} bytes unpacked")
        bomb = self.unpacked > limits.max_ratio * max(self.packed, 1)
        if bomb and self.unpacked > _RATIO_FROM:
            raise self.refuse(
                "is an archive bomb, or nearly empty data",
                f"at most {limits.max_ratio:g} times the packed size of {self.packed:,} bytes",
            )
        if self.unpacked >= self._next_check:
            self._next_check = self.unpacked + 64 * CHUNK
            self.check_room(0)
        if self.unpacked >= self._next_report:
            self._next_report = self.unpacked + 4 * CHUNK
            self.report()

    def report(self) -> None:
        """Tell how far we are; raises `Cancelled` when told to stop."""
        self.progress(*self.where(), "Unpacking")

    def check_room(self, needed: int) -> None:
        """Refuse when the disk has no room for `needed` more bytes."""
        free = shutil.disk_usage(self.into).free
        if free < needed + self.limits.spare_bytes:
            raise self.refuse(
                "does not fit on the disk",
                f"{needed + self.limits.spare_bytes:,} free bytes",
                f"{free:,}",
            )

    def take_file(self) -> None:
        """Count one more file."""
        self.files += 1
        if self.files > self.limits.max_files:
            raise self.refuse("has too many files", f"at most {self.limits.max_files:,}")

    def leave_out(self, name: str, reason: str) -> None:
        """List a member that is not unpacked."""
        shown = name.encode("utf-8", "replace").decode()[:300]
        self.problems.append(Problem(object_id="", file=shown, reason=reason))

    def refuse(self, what: str, expected: str, given: str = "") -> BadInputError:
        """Error about the whole archive."""
        return BadInputError(f"'{self.archive}' {what}", expected=expected, given=given)
