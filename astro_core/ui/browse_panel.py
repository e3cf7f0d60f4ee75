"""Beside the stamps: classes, what balancing would do, the sky."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from astro_core.datasets.balance import BALANCES, BalanceParams, BalancePlan, plan_balance
from astro_core.figures.counts import balance_bars, class_counts
from astro_core.figures.sky import sky_positions
from astro_core.figures.theme import class_patterns
from astro_core.ui import browse_state as state
from astro_core.ui import charts
from astro_core.ui.browse_state import Shown
from astro_core.ui.forms import params_form
from astro_core.workflows.browse import UNLABELLED, count_bands, count_by, count_classes_by_split
from astro_core.workflows.browse_query import MAX_CORNERS
from astro_core.workflows.browse_sky import simplified, sky_sample

_USES = {"limit": ("limit",), "resample": ("target",), "partial": ("floor",)}


def _turned(key: str) -> int:
    """A number that makes a chart's key new, so that the same bar can be clicked again."""
    return int(st.session_state.setdefault(f"{key}:turn", 0))


def classes(shown: Shown) -> None:
    """Objects per class and split, of what the other filters leave; a click on a bar filters."""
    totals = count_by(shown.view, "label")
    if list(totals) == [UNLABELLED]:
        st.info("No object has a class yet, so there is nothing to balance.")
    else:
        _class_bars(shown, totals)
    n = len(shown.rows)
    bands = count_bands(shown.view, shown.rows)
    alike = len(set(bands.values())) <= 1
    said = f"all {n:,} objects" if alike else "; ".join(f"{b} {c:,}" for b, c in bands.items())
    st.caption(f"Bands {', '.join(bands)}: {said}." if alike else f"Objects per band: {said}.")
    _duplicates(shown)


def _class_bars(shown: Shown, totals: dict[str, int]) -> None:
    key = f"{shown.key}:classbars"
    others = state.rows_under(shown, replace(shown.filters, classes=(), sort="", descending=False))
    counts = count_classes_by_split(shown.view, others)
    figure = class_counts(
        counts, totals, colours=shown.colours, letters=shown.letters,
        patterns=class_patterns(shown.dataset.taxonomy), chosen=shown.filters.classes,
    )  # fmt: skip
    alt = "Objects per class: " + ", ".join(f"{n or 'no label'} {c}" for n, c in totals.items())
    clicked = charts.show(
        figure, key=f"{key}:{_turned(key)}", alt=alt, selectable=True, modes=("points",)
    )
    if len(counts.columns) > 1:
        st.caption("Shades from bright to dim: " + ", ".join(s or "no split" for s in counts))
    if clicked:
        name = clicked[0][0] if isinstance(clicked[0], list) else clicked[0]
        st.session_state[f"{key}:turn"] += 1
        state.change(shown, classes=state.toggle(shown.filters.classes, str(name)))
        st.rerun()


def _duplicates(shown: Shown) -> None:
    n = int((~shown.view.missing("duplicate_of")).sum())
    if n and "duplicates" not in shown.filters.flags:
        st.button(
            f"{n:,} exact duplicates: show them", key=f"{shown.key}:dup", type="tertiary",
            on_click=lambda: state.change(shown, flags=(*shown.filters.flags, "duplicates")),
        )  # fmt: skip


def _overview(plans: dict[str, BalancePlan]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "strategy": [BALANCES.get(name).label for name in plans],
            "drawn": [int(p.n_drawn.sum()) for p in plans.values()],
            "copies": [int(p.n_copies.sum()) for p in plans.values()],
            "largest : smallest": [p.imbalance for p in plans.values()],
            "largest weight": [float(p.weights.max()) for p in plans.values()],
        }
    )


def balance(shown: Shown) -> None:
    """What each strategy would do to the objects that are shown, as numbers and bars."""
    counts = {n: c for n, c in count_by(shown.view, "label", shown.rows).items() if n and c}
    if not counts:
        st.info("None of the objects shown has a class, so there is nothing to balance.")
        return
    name = st.selectbox(
        "Strategy", BALANCES.names()[1:], key=f"{shown.key}:strategy",
        format_func=lambda n: BALANCES.get(n).label, help="What training would do",
    )  # fmt: skip
    st.caption(BALANCES.get(name).description)
    params = BalanceParams()
    if name in _USES:
        params = params_form(params, key=f"{shown.key}:balance", names=_USES[name])
    plan = plan_balance(counts, name, params)
    used, copies = int(plan.n_distinct.sum()), int(plan.n_copies.sum())
    title = f"{used:,} objects, {copies:,} copies"
    figure = balance_bars(plan, title, colours=shown.colours, letters=shown.letters)
    alt = "; ".join(f"{r['class']} {r['drawn']}" for r in plan.table().to_dict("records"))
    charts.show(figure, key=f"{shown.key}:balancebars", alt=f"Draws per class: {alt}")
    st.caption("Hatched: augmented copies. Outline: what there is. Text: draws x weight.")
    table = _overview({n: plan_balance(counts, n, params) for n in BALANCES.names()})
    st.dataframe(
        table, hide_index=True, key=f"{shown.key}:strategies",
        column_config={c: st.column_config.NumberColumn(format="%.3g") for c in table.columns[3:]},
    )  # fmt: skip
    with st.expander("Numbers per class"):
        st.dataframe(plan.table(), hide_index=True, key=f"{shown.key}:numbers")


def _drawn(event: Any) -> list[tuple[float, float]]:
    """Corners of the box or lasso of a plotly selection, [] without one."""
    selection = (event or {}).get("selection", {})
    for shape in selection.get("lasso") or []:
        return list(zip(shape["x"], shape["y"], strict=True))
    for shape in selection.get("box") or []:
        (x0, x1), (y0, y1) = shape["x"], shape["y"]
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return []


def sky(shown: Shown) -> None:
    """Positions of the objects shown; a box or lasso filters for what is inside, drawn or not."""
    before = replace(shown.filters, region=(), sort="", descending=False)
    sample = sky_sample(shown.view, state.rows_under(shown, before))
    if not sample.n_positions:
        st.info("None of these objects has a position on the sky.")
        return
    codes, names = shown.view.codes("label")
    labels = [names[c] if c >= 0 else "" for c in codes[sample.rows]]
    key = f"{shown.key}:sky"
    chart = f"{key}:{_turned(key)}"
    charts.show(
        sky_positions(
            sample.ra_deg, sample.dec_deg, shown.view.ids(sample.rows), labels,
            colours=shown.colours, region=shown.filters.region,
            title=f"{sample.n_positions:,} positions",
        ),
        key=chart, alt=f"Map of {sample.n_positions} positions, RA growing to the left",
        selectable=True, modes=("box", "lasso"), bar=True,
    )  # fmt: skip
    corners = _drawn(st.session_state.get(chart))
    if len(corners) >= 3:
        st.session_state[f"{key}:turn"] += 1
        state.change(shown, region=simplified(corners, MAX_CORNERS))
        st.rerun()
    words = "Draw a box or a lasso to see only what is inside."
    if sample.thinned:
        words += f" {len(sample.rows):,} points stand for all; a region takes in all of them."
    st.caption(words)
