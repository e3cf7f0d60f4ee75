"""The page of a report: one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from astro_core import __version__
from astro_core.clustering import CLUSTERERS
from astro_core.figures.theme import NOBODY, class_colours, class_letters
from astro_core.imaging import resize_square
from astro_core.params import describe
from astro_core.workflows.browse import UNLABELLED
from astro_core.workflows.cluster_means import mean_image_counts, mean_images
from astro_core.workflows.cluster_overview import NOISE
from astro_core.workflows.cluster_report import Found, Report
from astro_core.workflows.cluster_report_tables import contingencies, measures_table
from astro_core.workflows.stack import stamps
from astro_core.workspace import Workspace

_STYLE = Path(__file__).parent / "cluster_report.css"
_CARDS = 36
_TYPICAL = 4
_SMALL_PX = 72


def page(workspace: Workspace, report: Report) -> str:
    """Write a report as HTML with its style and images inside."""
    name = escape(report.dataset.name)
    sections = "\n".join(_method(workspace, report, found) for found in report.found)
    links = "".join(
        f'<a href="#{f.clustering.method}">{escape(f.clustering.label)}</a>' for f in report.found
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Groups of {name}</title>
<style>
{_STYLE.read_text("utf-8")}</style>
</head>
<body>
<h1>Groups of {name}</h1>
{_about(report)}
<nav>{links}<a href="#compared">Compared</a></nav>
{_failed(report)}
<h2>Methods side by side</h2>
{measures_table(report.found)}
{_legend(report)}
{sections}
<h2 id="compared">Compared</h2>
{contingencies(workspace, report.found)}
</body>
</html>
"""


def _about(report: Report) -> str:
    dataset, features = report.dataset, report.features
    seeds = sorted({s for f in report.found for s in f.spread.seeds})
    seen = "Simulated; " if dataset.source.simulated else ""
    of = f" (a sample of {features.sample:,})" if features.sample else ""
    summary = f": {escape(features.summary)}" if features.summary else ""
    return f"""<p class="soft">Which galaxies belong together, and which are odd?</p>
<p>{seen}n = {features.n_objects:,} galaxies{of} of {dataset.n_objects:,};
{escape(features.label)}, {features.n_features} features{summary}.
Seed {seeds[0]}; {_seeds_said(len(seeds))}</p>
{"".join(f"<p class='soft'>{escape(note)}</p>" for note in features.notes)}
<p class="soft">Features {escape(features.key)} · Tuning Fork {__version__} ·
{escape(report.made_at)}</p>"""


def _seeds_said(n: int) -> str:
    if n == 1:
        return "other seeds were not tried."
    return f"measures are means over up to {n} seeds, with their standard deviation."


def _failed(report: Report) -> str:
    return "".join(
        f'<p class="problem"><strong>{escape(label)}</strong>: {escape(reason)}</p>'
        for label, reason in report.failed.items()
    )


def _legend(report: Report) -> str:
    colours, letters = _class_marks(report)
    if not colours:
        return '<p class="soft">No galaxy has a class, so there is nothing to compare with.</p>'
    items = "".join(
        f'<span><i style="background:{colours[name]}"></i>{escape(letters[name])} '
        f"{escape(_words(name))}</span>"
        for name in colours
    )
    return f'<div class="legend">{items}</div>'


def _class_marks(report: Report) -> tuple[dict[str, str], dict[str, str]]:
    """Colour and letter of each class that is there, and of "no label"."""
    taxonomy = report.dataset.taxonomy
    colours, letters = class_colours(taxonomy), class_letters(taxonomy)
    present = dict.fromkeys(c for f in report.found for c in f.overview.class_counts)
    if list(present) == [UNLABELLED]:
        return {}, {}
    return (
        {name: colours.get(name, NOBODY) for name in present},
        {name: letters.get(name, "") for name in present},
    )


def _words(class_name: str) -> str:
    return class_name.replace("_", " ") or "no label"


def _method(workspace: Workspace, report: Report, found: Found) -> str:
    clustering, spec = found.clustering, CLUSTERERS.get(found.clustering.method)
    noise = f", {clustering.n_noise:,} noise" if clustering.n_noise else ""
    dropped = f", {clustering.n_dropped:,} could not be grouped" if clustering.n_dropped else ""
    notes = "".join(f'<p class="soft">{escape(note)}</p>' for note in found.result.notes)
    return f"""<h2 id="{clustering.method}">{escape(clustering.label)}:
{clustering.n_clusters:,} groups of {clustering.n_objects:,} galaxies{noise}{dropped}</h2>
<p>{escape(spec.description)} <span class="soft">{escape(spec.reference)}.</span></p>
<p class="soft">{_settings(found)}. {_stable(found)}</p>
{notes}
{_cards(workspace, report, found)}"""


def _settings(found: Found) -> str:
    params = found.clustering.params
    said = [
        f"{info.label} {params[info.name]}{f' {info.unit}' if info.unit else ''}"
        for info in describe(CLUSTERERS.get(found.clustering.method).params)
    ]
    return escape(" · ".join(said))


def _stable(found: Found) -> str:
    seeds = found.spread.seeds
    if found.spread.same:
        return f"The same groups with seeds {seeds[0]} and {seeds[-1]}."
    return "" if len(seeds) == 1 else f"Seeds {seeds[0]} to {seeds[-1]} give other groups."


def _cards(workspace: Workspace, report: Report, found: Found) -> str:
    key, sizes = found.clustering.key, found.overview.sizes
    groups = [int(g) for g in sizes.index if sizes[g]]
    shown = groups[:_CARDS]
    means = mean_images(workspace, report.dataset, key)
    counts = mean_image_counts(workspace, report.dataset, key)
    small = _small(workspace, report, found, shown)
    cards = "".join(
        _card(report, found, group, _image(means.get(group), f"Mean of {_said(found, group)}"),
              counts.get(group, 0), small)
        for group in shown
    )  # fmt: skip
    hidden = len(groups) - len(shown)
    more = f'<p class="soft">and {hidden:,} more groups.</p>' if hidden else ""
    return f'<div class="groups">{cards}</div>{more}'


def _card(
    report: Report, found: Found, group: int, image: str, n_mean: int, small: dict[str, str]
) -> str:
    size = int(found.overview.sizes[group])
    share = size / found.clustering.n_objects
    typical = "".join(small[i] for i in found.overview.typical[group][:_TYPICAL] if i in small)
    return f"""<div class="group">{image}<strong>{escape(_said(found, group))}</strong>
<small>{size:,} galaxies, {share:.1%}; mean of {n_mean:,}</small>
{_share_bar(report, found, group)}<div class="typical">{typical}</div></div>"""


def _said(found: Found, group: int) -> str:
    if group == NOISE:
        return "noise"
    name = found.clustering.group_names.get(group, "")
    return f"group {group}: {name}" if name else f"group {group}"


def _share_bar(report: Report, found: Found, group: int) -> str:
    colours, letters = _class_marks(report)
    counts = found.overview.class_counts.loc[group]
    counts = counts[counts > 0]
    total = int(counts.sum())
    if not colours or not total:
        return ""
    spans = "".join(
        f'<span style="flex:{int(n)};background:{colours[c]}" '
        f'title="{escape(_words(c))} {int(n):,}">{escape(letters[c]) if n / total > 0.1 else ""}'
        "</span>"
        for c, n in counts.items()
    )
    most = counts.sort_values(ascending=False, kind="stable").head(3)
    words = ", ".join(f"{_words(c)} {n / total:.0%}" for c, n in most.items())
    return f'<div class="share">{spans}</div><small>{escape(words)}</small>'


def _small(
    workspace: Workspace, report: Report, found: Found, groups: Sequence[int]
) -> dict[str, str]:
    """The most typical members as small images, by id."""
    ids = [i for g in groups for i in found.overview.typical[g][:_TYPICAL]]
    images, good = stamps(workspace, report.dataset, report.dataset.recipe, ids)
    return {
        object_id: _image(resize_square(image, _SMALL_PX), object_id)
        for object_id, image, ok in zip(ids, images, good, strict=True)
        if ok
    }


def _image(pixels: NDArray[np.uint8] | None, alt: str) -> str:
    if pixels is None:
        return '<p class="soft">No image</p>'
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="JPEG", quality=88)
    data: Any = base64.b64encode(content.getvalue()).decode("ascii")
    said = escape(alt)
    return f'<img src="data:image/jpeg;base64,{data}" alt="{said}" title="{said}">'
