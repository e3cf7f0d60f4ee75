"""What a report tells of a model that predicts what people vote."""

from __future__ import annotations

from html import escape

import numpy as np

from astro_core.figures.inline import inline
from astro_core.figures.vote_fit import vote_scatter
from astro_core.workflows.answer_words import answer_words
from astro_core.workflows.evaluation_report import Told
from astro_core.workflows.evaluation_views import JudgedVotes, judged_votes

_MOST_POINTS, _FIGURES = 1_500, 4


def votes_section(told: Told) -> tuple[str, list[tuple[str, str]], dict[str, str]]:
    """HTML of the figures and the table, the scores, and the galaxies to look at.

    Raises
    ------
    NotFoundError, BadInputError
        As `judged_votes` does.
    """
    found = judged_votes(told.workspace, told.run.run_id, told.part, told.head.name)
    drawn = "".join(_scatter(found, name) for name in _most_telling(found))
    return f'<div class="pair">{drawn}</div>{_table(found)}', _facts(found), _errors(found)


def _facts(found: JudgedVotes) -> list[tuple[str, str]]:
    told = found.report
    of = "training" if found.mean_of_training else "these galaxies"
    better = int((told.by_answer["rmse"] < told.by_answer["rmse_of_mean"]).sum())
    return [
        (f"{told.rmse:.4f}", "RMSE of all fractions"),
        (f"{told.rmse_of_mean:.4f}", f"for always predicting the mean of {of}"),
        (f"{better} of {len(told.by_answer)}", "answers better than the mean"),
        (f"{told.n:,}", "galaxies with votes"),
    ]


def _most_telling(found: JudgedVotes) -> list[str]:
    """The answers that people disagree on most: those with the largest error of the mean."""
    order = found.report.by_answer["rmse_of_mean"].sort_values(ascending=False)
    return [str(name) for name in order.dropna().index[:_FIGURES]]


def _scatter(found: JudgedVotes, answer: str) -> str:
    place = found.head.outputs.index(answer)
    row = found.report.by_answer.loc[answer]
    some = np.flatnonzero(np.isfinite(found.truth[:, place]))
    if len(some) > _MOST_POINTS:
        some = np.sort(np.random.default_rng(0).choice(some, _MOST_POINTS, replace=False))
    figure = vote_scatter(
        found.truth[some, place], found.predicted[some, place], found.object_ids[some].tolist(),
        answer=answer_words(answer), mean=float(found.mean[place]), rmse=float(row["rmse"]),
        rmse_of_mean=float(row["rmse_of_mean"]),
    )  # fmt: skip
    return inline(figure, alt=f"Predicted against voted: {answer}", name=f"votes-{place}")


def _table(found: JudgedVotes) -> str:
    """Two tables side by side: there may be dozens of answers."""
    rows = [
        f"<tr><td>{escape(answer_words(str(name)))}</td><td>{_said(row['rmse'])}</td>"
        f"<td>{_said(row['rmse_of_mean'])}</td><td>{_said(row['bias'], '+.4f')}</td></tr>"
        for name, row in found.report.by_answer.iterrows()
    ]
    heads = "<tr><th>answer</th><th>RMSE</th><th>of the mean</th><th>bias</th></tr>"
    half = -(-len(rows) // 2)
    tables = "".join(
        f"<table>{heads}{''.join(part)}</table>" for part in (rows[:half], rows[half:]) if part
    )
    return f'<div class="pair top">{tables}</div>'


def _said(value: float, form: str = ".4f") -> str:
    return format(value, form) if np.isfinite(value) else "none"


def _errors(found: JudgedVotes) -> dict[str, str]:
    known = np.isfinite(found.truth)
    squares = np.where(known, (found.predicted - found.truth) ** 2, 0.0)
    error = np.sqrt(squares.sum(axis=1) / known.sum(axis=1))
    order = np.argsort(-error, kind="stable")
    return {str(found.object_ids[row]): f"RMSE {error[row]:.2f}" for row in order}
