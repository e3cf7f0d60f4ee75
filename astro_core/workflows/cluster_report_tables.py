"""Tables of a report: measures of every method, and which groups of one are which of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import combinations

import pandas as pd

from astro_core.clustering import MEASURES, MeasureSpec
from astro_core.figures.theme import RAMP
from astro_core.workflows.cluster_compare import agreement_between, compare
from astro_core.workflows.cluster_overview import NOISE
from astro_core.workflows.cluster_report import Found
from astro_core.workspace import Workspace

_MOST_CELLS = 40  # groups a contingency shows to each side


def measures_table(found: Sequence[Found]) -> str:
    """One row per method, one column per measure, the best in each marked; then what they mean."""
    specs = [m for m in MEASURES if any(_value(f, m.name) is not None for f in found)]
    head = "".join(f'<th title="{escape(m.explanation)}">{escape(m.label)}</th>' for m in specs)
    best = {m.name: _best(found, m) for m in specs}
    rows = "".join(
        f"<tr><td>{escape(f.clustering.label)}</td><td>{f.clustering.n_clusters:,}</td>"
        f"<td>{f.clustering.n_noise:,}</td>"
        + "".join(_cell(f, m.name, best[m.name]) for m in specs)
        + "</tr>"
        for f in found
    )
    return (
        f'<div class="scroll"><table><tr><th>Method</th><th>Groups</th><th>Noise</th>{head}</tr>'
        f"{rows}</table></div>{_counts(found)}{_explained(specs)}"
    )


def _value(found: Found, name: str) -> float | None:
    """Mean over the seeds, or the one value there is; None where the measure does not apply."""
    if name in found.spread.measures:
        return found.spread.measures[name][0]
    value = {**found.overview.agreement, **found.overview.validity}.get(name)
    return None if value is None else float(value)


def _best(found: Sequence[Found], spec: MeasureSpec) -> float | None:
    values = [v for v in (_value(f, spec.name) for f in found) if v is not None]
    pick: Callable[[list[float]], float] = max if spec.better == "high" else min
    return pick(values) if len(values) > 1 else None


def _cell(found: Found, name: str, best: float | None) -> str:
    value = _value(found, name)
    if value is None:
        return '<td class="soft">does not apply</td>'
    digits = ".3f" if abs(value) < 10 else ".1f" if abs(value) < 100 else ",.0f"
    deviation = found.spread.measures.get(name, (0.0, 0.0))[1]
    said = f"<br><small>± {deviation:{digits}}</small>" if name in found.spread.measures else ""
    mark = ' class="best"' if value == best else ""
    return f"<td{mark}>{value:{digits}}{said}</td>"


def _counts(found: Sequence[Found]) -> str:
    labelled = sorted({int(f.overview.agreement.get("n", 0)) for f in found})
    looked = sorted({int(f.overview.validity["n_silhouette"]) for f in found})
    agreement = (
        "Agreement with classes is over the n = "
        f"{_numbers(labelled)} galaxies whose class is known and not “uncertain”; noise counts as "
        "one more group. "
        if labelled[-1]
        else ""
    )
    return (
        f'<p class="soft">{agreement}The silhouette looks at {_numbers(looked)} galaxies; '
        "measures from the features alone leave noise out, which flatters a method that calls "
        "much noise. Gold marks the best of a column.</p>"
    )


def _numbers(values: Sequence[int]) -> str:
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}"


def _explained(specs: Sequence[MeasureSpec]) -> str:
    rows = "".join(
        f"<tr><td>{escape(m.label)}</td><td>{escape(m.better)} is good</td>"
        f'<td>{escape(m.explanation)} <span class="soft">{escape(m.reference)}</span></td></tr>'
        for m in specs
    )
    return f'<h3>What the measures say</h3><table class="words">{rows}</table>'


def contingencies(workspace: Workspace, found: Sequence[Found]) -> str:
    """How alike any two methods are, and which group of one is which of the other."""
    if len(found) < 2:
        return '<p class="soft">There is only one method to show.</p>'
    pairs = list(combinations(found, 2))
    alike = {
        (a.clustering.key, b.clustering.key): agreement_between(
            workspace, a.clustering.key, b.clustering.key
        )["ari"]
        for a, b in pairs
    }
    details = "".join(
        f"<details><summary>{escape(a.clustering.label)} against {escape(b.clustering.label)}: "
        f"ARI {alike[a.clustering.key, b.clustering.key]:.3f}</summary>"
        f"{_contingency(compare(workspace, a.clustering.key, b.clustering.key), a, b)}</details>"
        for a, b in pairs
    )
    return (
        "<p>How alike two methods are, as adjusted Rand index (1: the same groups, 0: chance). "
        f"Open a pair to see which groups are which.</p>{_alike_table(found, alike)}{details}"
    )


def _alike_table(found: Sequence[Found], alike: dict[tuple[str, str], float]) -> str:
    head = "".join(f"<th>{escape(f.clustering.label)}</th>" for f in found)
    rows = ""
    for a in found:
        cells = ""
        for b in found:
            keys = a.clustering.key, b.clustering.key
            value = alike.get(keys, alike.get(keys[::-1]))
            cells += "<td></td>" if value is None else _shaded(f"{value:.3f}", max(value, 0))
        rows += f"<tr><td>{escape(a.clustering.label)}</td>{cells}</tr>"
    table = f'<table class="cells"><tr><th></th>{head}</tr>{rows}</table>'
    return f'<div class="scroll">{table}</div>'


def _contingency(table: pd.DataFrame, a: Found, b: Found) -> str:
    part = table.iloc[:_MOST_CELLS, :_MOST_CELLS]
    share = part.div(table.sum(axis=1), axis=0)
    head = "".join(f"<th>{_group(g)}</th>" for g in part)
    rows = "".join(
        f"<tr><th>{_group(g)}</th>"
        + "".join(
            _shaded(f"{n:,}" if n else "", s)
            for n, s in zip(part.loc[g], share.loc[g], strict=True)
        )
        + "</tr>"
        for g in part.index
    )
    cut = " Only the first groups are shown." if part.shape != table.shape else ""
    return (
        f'<div class="scroll"><table class="cells"><tr><th></th>{head}</tr>{rows}</table></div>'
        f'<p class="soft">Galaxies, n = {int(table.to_numpy().sum()):,}; rows are groups of '
        f"{escape(a.clustering.label)}, columns of {escape(b.clustering.label)}; brighter is a "
        f"larger share of the row.{cut}</p>"
    )


def _group(number: int) -> str:
    return "noise" if number == NOISE else str(number)


def _shaded(text: str, share: float) -> str:
    """A cell on the ramp from dark to bright; the letters turn dark on bright ones."""
    step = min(int(share * len(RAMP)), len(RAMP) - 1)
    ink = "#0b0d12" if step >= len(RAMP) - 2 else "#e7e9ee"
    return f'<td style="background:{RAMP[step]};color:{ink}">{text}</td>'
