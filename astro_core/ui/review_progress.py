"""The line that says how far a queue is."""

from __future__ import annotations

import streamlit as st

from astro_core.ui.review_state import Shown
from astro_core.workflows.review_progress import Progress, progress


def strip(shown: Shown) -> None:
    """Show how far the queue is, this person's part of it, their pace, and the time left."""
    if shown.queue is None:
        return
    found = progress(shown.workspace, shown.queue.queue_id, shown.person.name)
    st.progress(found.share, text=words(found, shown.person.name))


def words(found: Progress, name: str) -> str:
    """The same in words."""
    parts = [f"**{found.n_done:,}** of {found.n_objects:,} done"]
    if found.n_mine:
        parts.append(f"{found.n_mine:,} by you")
    if name in found.per_hour:
        parts.append(f"{found.per_hour[name]:,.0f} per hour")
    if found.hours_left is not None and found.n_votes:
        parts.append(f"about {_long(found.hours_left)} left")
    others = [one for one in found.at_work if one != name]
    if others:
        parts.append(f"{len(others)} other{'s' * (len(others) > 1)} at work")
    return " · ".join(parts)


def _long(hours: float) -> str:
    """As exactly as a pace can tell: full minutes, full hours beyond two."""
    minutes = max(round(60 * hours), 1)
    return f"{minutes} min" if minutes < 120 else f"{round(hours)} h"
