"""How a training went, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 300, 52
_MEASURES = {"accuracy": "accuracy", "mae": "mean absolute error"}
_FEW = 25  # epochs up to which each has its own dot


def loss_curves(
    history: pd.DataFrame, *, best: int | None, epochs: int, height: int = HEIGHT
) -> Figure:
    """Draw the loss of training and validation, with the best epoch marked.

    Parameters
    ----------
    history : DataFrame
        One row per epoch: epoch, loss, val_loss.
    best : int or None
        The epoch of the lowest validation loss.
    epochs : int
        Epochs asked for; the axis goes so far.
    """
    title = "Loss of the training galaxies"
    if best is not None:
        title = f"Validation loss lowest in epoch {best} of {_last(history, epochs)}"
    return _curves(history, "loss", "loss", title, best=best, epochs=epochs, height=height)


def measure_curves(
    history: pd.DataFrame, *, best: int | None, epochs: int, height: int = HEIGHT
) -> Figure | None:
    """Draw accuracy, or the mean absolute error of vote fractions; None where neither is known.

    Parameters as for `loss_curves`.
    """
    name = _measure(history)
    if name is None:
        return None
    words = next(words for m, words in _MEASURES.items() if name.endswith(m))
    title = f"{words.capitalize()} of the training galaxies"
    validated = f"val_{name}"
    if best is not None and validated in history:
        value = float(history.loc[history["epoch"] == best, validated].iloc[0])
        title = f"Validation {words} {value:.3f} in that epoch"
    return _curves(history, name, words, title, best=best, epochs=epochs, height=height)


def _measure(history: pd.DataFrame) -> str | None:
    """The column to draw; with several heads it has the head's name before the measure's."""
    found = [
        name
        for m in _MEASURES
        for name in history
        if name == m or (name.endswith(f"_{m}") and not name.startswith("val_"))
    ]
    return found[0] if found else None


def _curves(
    history: pd.DataFrame,
    column: str,
    words: str,
    title: str,
    *,
    best: int | None,
    epochs: int,
    height: int,
) -> Figure:
    import plotly.graph_objects as go

    lines = ((column, "training", RAMP[2], "dot"), (f"val_{column}", "validation", INK, "solid"))
    data = [
        _line(history, name, said, colour, dash)
        for name, said, colour, dash in lines
        if name in history
    ]
    if best is not None and f"val_{column}" in history:
        data.append(_mark(history, f"val_{column}", best))
    figure = go.Figure(data=data, layout=_layout(best, max(_last(history, epochs), 2)))
    return finish(figure, title, x="epoch", y=words, height=height, key=words, wrap=WRAP)


def _last(history: pd.DataFrame, epochs: int) -> int:
    """Where the axis ends; a forest counts trees, whatever epochs were asked for."""
    return max(epochs, int(history["epoch"].max()) if len(history) else 0)


def _line(history: pd.DataFrame, column: str, said: str, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter", "x": history["epoch"].tolist(), "y": history[column].tolist(),
        "name": said, "mode": "lines+markers" if len(history) <= _FEW else "lines",
        "line": {"color": colour, "dash": dash, "width": 1.8},
        "marker": {"size": 5, "color": colour},
        "hovertemplate": f"epoch %{{x}}<br>{said} %{{y:.4f}}<extra></extra>",
    }  # fmt: skip


def _mark(history: pd.DataFrame, column: str, best: int) -> dict[str, Any]:
    value = float(history.loc[history["epoch"] == best, column].iloc[0])
    return {
        "type": "scatter", "x": [best], "y": [value], "mode": "markers", "name": "best epoch",
        "marker": {"size": 13, "symbol": "circle-open", "color": INK, "line": {"width": 2}},
        "hovertemplate": "best epoch %{x}<br>validation %{y:.4f}<extra></extra>",
    }  # fmt: skip


def _layout(best: int | None, epochs: int) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "dragmode": False, "hovermode": "closest", "legend": LEGEND_BELOW,
        "title": {"xref": "container"}, "yaxis": {"fixedrange": True},
        "xaxis": {"fixedrange": True, "range": [0.5, epochs + 0.5], "tickformat": ",d",
                  "dtick": 1 if epochs <= 12 else None},
    }  # fmt: skip
    if best is not None:
        layout["shapes"] = [
            {"type": "line", "x0": best, "x1": best, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": NOBODY, "width": 1, "dash": "dot"}}
        ]  # fmt: skip
    return layout
