"""How far a queue is, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class QueueCounts:
    """How far a queue is.

    Attributes
    ----------
    n_objects : int
        Galaxies to decide, gold left out.
    n_done : int
        Those that were looked at enough by the rules as they are now.
    n_gold : int
    n_votes : int
        Votes that it still needs, if people agree.
    at_work : tuple of str
        Who is looking at one of its galaxies now, by name.
    """

    n_objects: int
    n_done: int
    n_gold: int
    n_votes: int
    at_work: tuple[str, ...]
