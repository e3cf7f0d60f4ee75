"""How far a queue is, how fast people are, and how long it will take."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from astro_core.domain.label import utc_text
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.labels.queue_work import Act, Share

RECENT = timedelta(minutes=30)
PAUSE_S = 120.0  # who took longer did something else
_FEWEST = 3  # steps from one galaxy to the next that tell a pace


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a queue is.

    Attributes
    ----------
    n_objects, n_done, n_gold : int
        Galaxies to decide, those that were looked at enough, and gold, which is not counted.
    n_votes : int
        Votes that it still needs, if people agree.
    n_mine : int
        Galaxies that this person looked at in it: answered or skipped.
    at_work : tuple of str
        Who is looking at one of its galaxies now, by name.
    per_hour : Mapping of str to float
        Galaxies per hour of each person who worked on it in the last half hour, pauses left out.
    """

    n_objects: int
    n_done: int
    n_gold: int
    n_votes: int
    n_mine: int
    at_work: tuple[str, ...]
    per_hour: Mapping[str, float]

    @property
    def share(self) -> float:
        """Share of the galaxies that is done, 0 to 1."""
        return self.n_done / self.n_objects if self.n_objects else 1.0

    @property
    def hours_left(self) -> float | None:
        """Until all is done at the pace of those who are at work now, h; None if nobody is."""
        pace = sum(self.per_hour.get(name, 0.0) for name in self.at_work)
        return self.n_votes / pace if pace else None


def progress(
    workspace: Workspace, queue_id: str, reviewer: str = "", *, now: datetime | None = None
) -> Progress:
    """Count how far a queue is; costs the same however long the queue is.

    Parameters
    ----------
    reviewer : str
        Whose own part is counted; nobody's when empty.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    from astro_core.errors import NotFoundError
    from astro_core.labels.queue_counts import queue_counts
    from astro_core.labels.queue_work import lately, n_looked_at
    from astro_core.labels.store import open_store

    store, moment = open_store(workspace), now or datetime.now(UTC)
    counts = queue_counts(store, [queue_id], now=moment).get(queue_id)
    if counts is None:
        raise NotFoundError(f"There is no queue '{queue_id}'")
    return Progress(
        **vars(counts),
        n_mine=n_looked_at(store, queue_id, reviewer) if reviewer else 0,
        per_hour=paces(lately(store, queue_id, utc_text(moment - RECENT))),
    )


def work_done(workspace: Workspace, queue_id: str) -> tuple[Share, ...]:
    """Who did how much of a queue; see `labels.queue_work.shares`."""
    from astro_core.labels.queue_work import shares
    from astro_core.labels.store import open_store

    return shares(open_store(workspace), queue_id)


def paces(acts: Iterable[Act]) -> dict[str, float]:
    """Galaxies per hour of each person, pauses left out.

    Whoever has not gone from one galaxy to the next three times yet has no pace; galaxies that
    were answered at the same moment, as in a grid, are one step that did all of them.
    """
    last: dict[str, dict[str, str]] = {}
    for act in acts:
        last.setdefault(act.reviewer, {})[act.object_id] = act.at  # a tree asks several questions
    found = {}
    for reviewer, by_object in last.items():
        done = Counter(datetime.fromisoformat(at) for at in by_object.values())
        steps = [
            ((later - earlier).total_seconds(), done[later])
            for earlier, later in itertools.pairwise(sorted(done))
        ]
        steps = [(seconds, n) for seconds, n in steps if seconds <= PAUSE_S]
        if len(steps) >= _FEWEST:
            taken = sum(seconds for seconds, _ in steps)
            found[reviewer] = 3600 * sum(n for _, n in steps) / taken
    return found
