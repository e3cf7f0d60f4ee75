"""How long work reports what it has done, and how it is told to stop."""

from __future__ import annotations

from typing import Protocol


class Cancelled(Exception):  # noqa: N818 - it is a request that was met, not an error
    """Raised inside long work when somebody asked it to stop."""


class Progress(Protocol):
    """Called often by long work; raises `Cancelled` when it should stop."""

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Report `done` of `total` units, and what is being done in a few words."""
        ...


def no_progress(done: int, total: int, message: str = "") -> None:
    """Report to nobody."""
