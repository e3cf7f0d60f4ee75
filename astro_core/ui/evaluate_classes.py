"""How good a training that learned classes is: the scores in one line, and class by class."""

from __future__ import annotations

from html import escape

import streamlit as st

from astro_core.evaluation.intervals import Interval, score_intervals, share_interval
from astro_core.evaluation.report import Report, report
from astro_core.ui import evaluate_cached, score_words
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.evaluation_views import Judged


def panel(shown: Shown, found: Judged) -> None:
    """Precision, recall and F1 of each class."""
    told = report(found.probabilities, found.truth, found.classes)
    st.html(by_class(shown, told))
    st.caption(
        "Precision: share of its answers that are right. Recall: share of its galaxies "
        "that are found. F1: their harmonic mean. Intervals hold 95 % (Wilson)."
    )


def facts(shown: Shown, found: Judged) -> str:
    """HTML of the scores with their intervals."""
    told = report(found.probabilities, found.truth, found.classes)
    around = score_intervals(told.confusion)
    trust = evaluate_cached.trust(shown, found)
    scores = (
        ("balanced_accuracy", told.balanced_accuracy, between(around.balanced_accuracy)),
        ("accuracy", told.accuracy, between(around.accuracy)),
        ("macro_f1", told.macro_f1, between(around.macro_f1)),
        ("ece", trust.ece, f"up to {score_words.number(trust.chance_95)} by chance"),
    )
    cells = "".join(
        f'<div title="{escape(score_words.SCORES[name][1], quote=True)}">'
        f"<b>{score_words.number(value)}</b>"
        f"<span>{escape(score_words.SCORES[name][0])}, {said}</span></div>"
        for name, value, said in scores
    )
    n = f'<div title="Intervals hold 95 %"><b>{told.n:,}</b><span>labelled galaxies</span></div>'
    return f'<div class="tf-facts">{cells}{n}</div>'


def between(interval: Interval) -> str:
    """An interval in words: "0.83 to 0.89"."""
    return f"{score_words.number(interval.low)} to {score_words.number(interval.high)}"


def by_class(shown: Shown, told: Report) -> str:
    """HTML of a table with precision, recall and F1 of each class."""
    heads = ("", "n", "precision", "recall", "F1", "interval of the recall")
    rows = ["<tr>" + "".join(f"<td>{head}</td>" for head in heads) + "</tr>"]
    for place, (name, row) in enumerate(told.by_class.iterrows()):
        n = int(row["support"])
        interval = share_interval(int(told.confusion[place, place]), n)
        colour, letter = shown.colours.get(str(name), ""), shown.letters.get(str(name), "")
        sign = f'<i style="background:{colour}"></i> <b>{escape(letter)}</b>'
        values = "".join(
            f"<td>{score_words.number(row[c])}</td>" for c in ("precision", "recall", "f1")
        )
        rows.append(
            f'<tr><th><span class="tf-legend"><span>{sign} {escape(readable(str(name)))}</span>'
            f"</span></th><td>{n:,}</td>{values}<td>{between(interval) if n else 'none'}</td></tr>"
        )
    return f'<table class="tf-scores">{"".join(rows)}</table>'
