"""Stamps with who said what below them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from astro_core.labels.votes import Votes
from astro_core.ui import cluster_act, consensus_cached, consensus_hidden
from astro_core.ui.consensus_state import Shown

TILE_PX = 84


def panel(
    shown: Shown,
    object_ids: Sequence[str],
    *,
    source: str,
    reason: str,
    key: str,
    pair: tuple[str, str] | None = None,
) -> None:
    """Show galaxies with the number of each answer, or with what each of two people said."""
    ids = consensus_hidden.visible(shown, object_ids)
    captions = _of_pair(shown, ids, *pair) if pair else tallies(shown, ids)
    cluster_act.selected_panel(
        shown, ids, source=source, reason=reason[:500], key=key, captions=captions,
        tile_px=TILE_PX,
    )  # fmt: skip


def tallies(shown: Shown, object_ids: Sequence[str]) -> dict[str, str]:
    """How many gave each answer, the most frequent first: "S3 · E1"."""
    votes = consensus_cached.votes(shown.asked)
    signs = [shown.sign(name) for name in votes.answers]
    found = {}
    for object_id, counts in zip(object_ids, _rows(votes, object_ids), strict=True):
        order = np.argsort(-counts, kind="stable")
        given = [f"{signs[k]}{int(counts[k])}" for k in order if counts[k]]
        found[object_id] = " · ".join(given) or "no answer"
    return found


def _rows(votes: Votes, object_ids: Sequence[str]) -> np.ndarray:
    """Votes per answer of some galaxies; nothing where nobody voted."""
    tally = votes.tally()
    place = np.searchsorted(votes.object_ids, list(object_ids))
    place = np.minimum(place, len(votes.object_ids) - 1)
    there = votes.object_ids[place] == np.array(object_ids, dtype=object)
    return np.where(there[:, None], tally[place], 0)


def _of_pair(shown: Shown, object_ids: Sequence[str], one: str, other: str) -> dict[str, str]:
    votes = consensus_cached.votes(shown.asked)
    said = [_said_by(shown, votes, who, set(object_ids)) for who in (one, other)]
    return {i: f"{said[0].get(i, '')} | {said[1].get(i, '')}" for i in object_ids}


def _said_by(shown: Shown, votes: Votes, who: str, wanted: set[str]) -> dict[str, str]:
    mine = votes.by == votes.reviewers.index(who)
    pairs = zip(votes.object_ids[votes.on[mine]], votes.said[mine], strict=True)
    return {i: shown.sign(votes.answers[k]) for i, k in pairs if i in wanted}
