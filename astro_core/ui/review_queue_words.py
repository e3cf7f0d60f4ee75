"""What is told of a queue, in words."""

from __future__ import annotations

from astro_core.domain import Taxonomy
from astro_core.labels.acquisition import ACQUISITIONS
from astro_core.labels.rules import ReviewRules
from astro_core.ui.words import plain
from astro_core.workflows.review_queues import ReviewQueue


def when(at: str) -> str:
    """A time of the store for a person: 2026-11-21 18:40 UTC."""
    return f"{at[:16].replace('T', ' ')} UTC"


def made(queue: ReviewQueue) -> str:
    """Who made it, when, and for whom."""
    whose = f" · for {plain(queue.assigned_to)} alone" if queue.assigned_to else ""
    return f"{plain(queue.made_by)} · {when(queue.made_at)}{whose}"


def chosen_how(queue: ReviewQueue) -> str:
    """How its galaxies were chosen."""
    asked = queue.request
    strategy = asked.get("strategy", "")
    if strategy not in ACQUISITIONS:
        return "Galaxies that somebody picked."
    parts = [f"**{ACQUISITIONS.get(strategy).label}**"]
    if asked.get("model"):
        parts.append(f"by the model {plain(str(asked['model']))}")
    if asked.get("like"):
        parts.append(f"like {plain(', '.join(asked['like']))}")
    if asked.get("selection"):
        parts.append(f"from the selection {plain(str(asked['selection']))}")
    if asked.get("control_share"):
        parts.append(f"{asked['control_share']:.0%} drawn at random")
    if queue.n_gold:
        parts.append(f"{queue.n_gold:,} gold galaxies mixed in")
    return " · ".join(parts)


def answered_with(taxonomy: Taxonomy) -> str:
    """Its classes and their version."""
    return f"Classes: **{plain(taxonomy.name)}**, version {taxonomy.version}"


def rules(now: ReviewRules) -> str:
    """How many people look at a galaxy."""
    if now.most_votes == now.votes_needed:
        people = "one person" if now.votes_needed == 1 else f"{now.votes_needed} people"
        return f"{people} per galaxy"
    first = "the first counts" if now.votes_needed == 1 else f"the first {now.votes_needed} agree"
    return f"done when {first}, else up to {now.most_votes} people"
