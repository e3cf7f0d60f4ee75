"""The page of a report on a model: one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from PIL import Image

from astro_core import __version__
from astro_core.figures.inline import inline, script
from astro_core.figures.training import loss_curves, measure_curves
from astro_core.imaging import resize_square
from astro_core.workflows.evaluation_methods import methods
from astro_core.workflows.evaluation_report import PART_WORDS, Told
from astro_core.workflows.evaluation_report_classes import classes_section
from astro_core.workflows.evaluation_report_votes import votes_section
from astro_core.workflows.stack import stamps

_STYLE = Path(__file__).parent / "evaluation_report.css"
_STAMP_PX, _MOST_STAMPS = 96, 16


def page(told: Told) -> str:
    """Write the report as HTML."""
    section = votes_section if told.head.kind == "votes" else classes_section
    body, facts, shown = section(told)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(_title(told))}</title>
<style>
{_STYLE.read_text("utf-8")}</style>
{script()}
</head>
<body>
<h1>{escape(_title(told))}</h1>
<p>Judged by {escape(PART_WORDS.get(told.part, told.part))} of <b>{escape(told.dataset.name)}</b>\
{" (simulated)" if told.dataset.source.simulated else ""}.
{escape(" ".join(told.notes))}</p>
{_facts(facts)}
{body}
{_stamps(told, shown)}
{_training(told)}
<h2>How it was done</h2>
<div class="done"><div>{_splits(told)}</div><div>{methods(told)}</div></div>
<p class="soft">{escape(_made(told))}</p>
</body>
</html>
"""


def _title(told: Told) -> str:
    recipe = str(told.info.training.get("recipe", "")) or told.model
    return f"How far can {recipe} be trusted?"


def _made(told: Told) -> str:
    return (
        f"Model {told.model}, answers {told.run.run_id}, dataset fingerprint "
        f"{told.dataset.fingerprint}. Tuning Fork {__version__}, {told.made_at}."
    )


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<div><b>{escape(a)}</b><span>{escape(b)}</span></div>" for a, b in facts)
    return f'<div class="facts">{cells}</div>'


def _stamps(told: Told, shown: Mapping[str, str]) -> str:
    """The galaxies to look at, with what stands below each."""
    ids = list(shown)[:_MOST_STAMPS]
    if not ids:
        return ""
    images, good = stamps(told.workspace, told.dataset, told.dataset.recipe, ids)
    tiles = "".join(
        f'<figure><img src="{_jpeg(image)}" alt="{escape(name, quote=True)}" '
        f'title="{escape(name, quote=True)}">'
        f"<figcaption>{escape(shown[name])}</figcaption></figure>"
        for name, image, ok in zip(ids, images, good, strict=True)
        if ok
    )
    head = "Largest errors" if told.head.kind == "votes" else "Most confident, yet wrong"
    return f'<h2>{head}</h2><div class="stamps">{tiles}</div>'


def _jpeg(pixels: object) -> str:
    content = io.BytesIO()
    Image.fromarray(resize_square(pixels, _STAMP_PX)).save(content, format="JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(content.getvalue()).decode('ascii')}"


def _training(told: Told) -> str:
    state = told.training
    if state is None or state.history.empty or not state.history["epoch"].is_unique:
        return ""  # an ensemble's members have epochs of their own
    given = {"best": state.best_epoch, "epochs": state.epochs}
    drawn = [inline(loss_curves(state.history, **given), alt="Loss by epoch", name="loss")]
    measure = measure_curves(state.history, **given)
    if measure is not None:
        drawn.append(inline(measure, alt="Score by epoch", name="measure"))
    return f'<h2>Training</h2><div class="pair">{"".join(drawn)}</div>'


def _splits(told: Told) -> str:
    counts = told.counts
    order = [p for p in ("train", "validation", "calibration", "test", "unseen") if p in counts]
    head = "".join(f"<th>{escape(part)}</th>" for part in order)
    rows = "".join(
        f"<tr><td>{escape(str(name).replace('_', ' '))}</td>"
        + "".join(f"<td>{int(row[part]):,}</td>" for part in order)
        + "</tr>"
        for name, row in counts.iterrows()
    )
    total = "".join(f"<td>{int(counts[part].sum()):,}</td>" for part in order)
    return (
        f"<table><tr><th>galaxies</th>{head}</tr>{rows}"
        f'<tr class="sum"><td>all</td>{total}</tr></table>'
    )
