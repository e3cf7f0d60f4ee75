"""Scores of a training as words: what they are called and what they say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

SCORES = {
    "balanced_accuracy": ("Balanced accuracy", "mean over the classes of the share found"),
    "accuracy": ("Accuracy", "share of answers that agree with the label"),
    "macro_f1": ("Macro F1", "mean over the classes of F1"),
    "ece": ("Calibration error", "how far probabilities are from the shares that were right"),
    "ece_by_chance": ("of which by chance", "what a perfectly calibrated model shows for this n"),
    "n_votes": ("Galaxies with votes", "which the following is about"),
    "rmse": ("RMSE", "of all vote fractions"),
    "rmse_of_mean": ("RMSE of the mean", "what predicting the mean votes of training gives"),
}
LEADING = ("balanced_accuracy", "rmse")


def number(value: Any) -> str:
    """A score rounded to what it means."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return "none"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}"


def said(name: str) -> str:
    """A score's name within a sentence."""
    label = SCORES[name][0]
    return label if label.isupper() else label[:1].lower() + label[1:]


def leading(scores: Mapping[str, Any], part: str) -> str:
    """The score that counts most, in words: "balanced accuracy 0.861 on test (n = 544)".

    Of folds: "balanced accuracy 0.861 ± 0.012 over 5 folds (n = 2,434)".
    """
    found = scores.get(part) or scores.get("mean", {})
    name = next((name for name in LEADING if name in found), None)
    if name is None:
        return ""
    n = f"(n = {int(found['n']):,})"
    if part in scores:
        return f"{said(name)} {number(found[name])} on {part} {n}"
    spread = number(scores["sd"][name])
    return f"{said(name)} {number(found[name])} ± {spread} over {len(scores['folds'])} folds {n}"


def table(scores: Mapping[str, Mapping[str, float]]) -> str:
    """HTML of all scores, a column for each part, n stated."""
    parts = list(scores)
    names = [name for name in SCORES if any(name in scores[part] for part in parts)]
    heads = "".join(
        f'<td>{escape(part)}<br><span class="tf-soft">n = {int(scores[part]["n"]):,}</span></td>'
        for part in parts
    )
    rows = [f"<tr><th></th>{heads}<td></td></tr>"]
    for name in names:
        label, words = SCORES[name]
        cells = "".join(f"<td>{number(scores[part].get(name))}</td>" for part in parts)
        rows.append(f"<tr><th>{label}</th>{cells}<td>{words}</td></tr>")
    return f'<table class="tf-scores">{"".join(rows)}</table>'
