"""How many galaxies somebody answered each day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from astro_core.figures.theme import RAMP, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 230, 44
_DAY_MS = 86_400_000
_FEWEST = 14  # days that are shown at the least


def per_day(counts: Mapping[str, int]) -> Figure:
    """Draw galaxies per day.

    Parameters
    ----------
    counts : Mapping of str to int
        By day, as 2026-05-01; the days between are empty.
    """
    import plotly.graph_objects as go

    best = max(counts, key=counts.__getitem__)
    figure = go.Figure(
        go.Bar(
            x=list(counts), y=list(counts.values()), marker={"color": RAMP[-2]},
            hovertemplate="%{y:,} on %{x|%d %b %Y}<extra></extra>", width=0.8 * _DAY_MS,
        )
    )  # fmt: skip
    figure.update_layout(
        dragmode=False,
        xaxis={"type": "date", "fixedrange": True, "range": _range(counts), "tickformat": "%d %b",
               "minor": {"dtick": _DAY_MS}},
        yaxis={"fixedrange": True, "tickformat": ",d", "rangemode": "tozero"},
    )  # fmt: skip
    days = "one day" if len(counts) == 1 else f"{len(counts)} days"
    most = f"{counts[best]:,} on the best of {days}" if len(counts) > 1 else "all on one day"
    return finish(
        figure, most.capitalize(), n=sum(counts.values()), x="day (UTC)", y="galaxies",
        height=HEIGHT, key="per-day", wrap=WRAP,
    )  # fmt: skip


def _range(counts: Mapping[str, int]) -> list[str]:
    """From the first day, or two weeks back, to the last, with half a day around."""
    first, last = (date.fromisoformat(day(counts)) for day in (min, max))
    first = min(first, last - timedelta(days=_FEWEST - 1))
    return [f"{first - timedelta(days=1)}T12:00", f"{last}T12:00"]
