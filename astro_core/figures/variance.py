"""How much of the variance of the pixels principal components keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import INK, RAMP, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GOAL = 0.9


def explained_variance(ratios: NDArray[np.floating], *, height: int = 300) -> Figure:
    """Draw the share of the variance that each component adds, and their sum.

    Parameters
    ----------
    ratios : array of float, shape (n_components,)
        Share of the whole variance in each, from 0 to 1.
    """
    import plotly.graph_objects as go

    each, together = 100 * np.asarray(ratios, float), 100 * np.cumsum(ratios)
    number = np.arange(1, len(each) + 1)
    enough = int(np.argmax(together >= 100 * GOAL)) if together[-1] >= 100 * GOAL else None
    data: list[dict[str, Any]] = [
        {
            "type": "bar", "x": number, "y": each, "name": "each", "marker": {"color": RAMP[2]},
            "hovertemplate": "component %{x}: %{y:.2f} %<extra></extra>",
        },
        {
            "type": "scatter", "x": number, "y": together, "name": "together", "mode": "lines",
            "line": {"color": INK, "width": 2},
            "hovertemplate": "first %{x}: %{y:.1f} %<extra></extra>",
        },
    ]  # fmt: skip
    if enough is not None:
        data.append(
            {
                "type": "scatter", "x": [number[enough]], "y": [together[enough]],
                "mode": "markers", "marker": {"color": INK, "size": 10, "symbol": "circle-open",
                "line": {"width": 2}}, "hoverinfo": "skip", "showlegend": False,
            }
        )  # fmt: skip
    layout = {
        "dragmode": False, "hovermode": "closest", "bargap": 0.1, "title": {"xref": "container"},
        "legend": {"orientation": "v", "x": 1, "xanchor": "right", "y": 0.4, "yanchor": "middle"},
        "yaxis": {"range": [0, 105], "fixedrange": True}, "xaxis": {"fixedrange": True},
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 90, "y1": 90,
                    "line": {"color": INK, "width": 1, "dash": "dot"}, "opacity": 0.5}],
    }  # fmt: skip
    return finish(
        go.Figure(data=data, layout=layout),
        _said(together, enough),
        x="principal component",
        y="% of the variance",
        height=height,
        key="explained variance",
        wrap=52,
    )


def _said(together: NDArray[np.float64], enough: int | None) -> str:
    n, reached = len(together), f"{together[-1]:.1f} %"
    if enough is None:
        return f"All {n} components keep {reached} of the variance"
    count = "1 component keeps" if enough == 0 else f"{enough + 1} components keep"
    return f"{count} 90 % of the variance; all {n} keep {reached}"
