"""Votes of one galaxy as bars on the decision tree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from astro_core.figures.theme import NOBODY, PALETTE, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from astro_core.datasets.vote_path import QuestionVotes

ROW_PX = 21
TITLE_CHARACTERS = 58


def _heading(step: QuestionVotes) -> str:
    asked = "" if math.isnan(step.reached) else f"  asked of {step.reached:.0%}"
    return f"{step.question.text}<span style='color:{NOBODY}'>{asked}</span>"


def _answer(step: QuestionVotes) -> str:
    answer = step.question.answers[step.favourite].text.lower()
    topic = step.question.name.split("_", 1)[-1].replace("edgeon", "edge-on").replace("_", " ")
    return {"yes": topic, "no": f"not {topic}"}.get(answer, answer)


def _finding(steps: Sequence[QuestionVotes]) -> str:
    said = [_answer(s) for s in steps if s.on_path]
    return "Most people say: " + ", ".join(said) if said else "Nobody voted"


def _axis(steps: Sequence[QuestionVotes]) -> str:
    """Debiased fractions are corrected one by one, so those of a question need not sum to 1."""
    columns = [a.column for s in steps for a in s.question.answers]
    share = "share of those asked"
    return f"{share}, debiased" if any(c.endswith("_debiased") for c in columns) else share


def vote_bars(steps: Sequence[QuestionVotes]) -> Figure:
    """Draw one bar per answer under each question, in the order of `steps`.

    A bar is the share of those who were asked that question; the favourite answer is bright,
    questions off the favourite path are dim.
    """
    import plotly.graph_objects as go

    x, y, texts, colours, opacities, hover = [], [], [], [], [], []
    headings: list[tuple[float, str, float]] = []
    place = 0.0
    for step in steps:
        dim = 1.0 if step.on_path else 0.45
        headings.append((place, _heading(step), dim))
        for i, (answer, share) in enumerate(
            zip(step.question.answers, step.fractions, strict=True)
        ):
            place += 1
            x.append(0.0 if math.isnan(share) else share)
            y.append(place)
            texts.append(f" {answer.text}  {'no votes' if math.isnan(share) else f'{share:.0%}'}")
            hover.append(f"{answer.text}: {share:.3f}<br>column {answer.column}")
            colours.append(PALETTE[0] if i == step.favourite else NOBODY)
            opacities.append(dim)
        place += 1.35
    figure = go.Figure()
    figure.add_bar(
        x=x, y=y, orientation="h", width=0.78, text=texts, textposition="outside",
        cliponaxis=False, customdata=hover, hovertemplate="%{customdata}<extra></extra>",
        marker={"color": colours, "opacity": opacities},
    )  # fmt: skip
    for at, text, dim in headings:
        figure.add_annotation(
            x=0, y=at, text=f"<b>{text}</b>", showarrow=False, xanchor="left", opacity=max(dim, 0.7)
        )
    figure.update_layout(dragmode=False)
    figure.update_xaxes(range=[0, 1.45], tickvals=[0, 0.5, 1], tickformat=".0%", fixedrange=True)
    figure.update_yaxes(
        range=[place - 0.6, -0.8], showticklabels=False, ticks="", showgrid=False, fixedrange=True
    )
    height = int(96 + ROW_PX * (place + 1))
    return finish(
        figure, _finding(steps), x=_axis(steps), height=height, key="votes",
        wrap=TITLE_CHARACTERS,
    )  # fmt: skip
