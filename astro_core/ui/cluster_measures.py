"""How well groups meet the classes, and how well they hang together; each number explained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from astro_core.clustering import MEASURES
from astro_core.workflows.cluster_overview import Overview

_TITLES = {
    "agreement": ("Agreement with the classes", "galaxies with a class"),
    "validity": ("How well the groups hang together", "galaxies, in feature space"),
}


def table(found: Overview) -> None:
    """A compact table of all measures, n stated."""
    parts = [
        _part(about, values)
        for about, values in (("agreement", found.agreement), ("validity", found.validity))
        if any(spec.name in values for spec in MEASURES)
    ]
    if not found.agreement:
        parts.append('<p class="tf-soft tf-small">No galaxy here has a class to compare with.</p>')
    st.html("".join(parts))


def _part(about: str, values: Mapping[str, Any]) -> str:
    title, of = _TITLES[about]
    rows = "".join(
        f"<tr><th>{escape(spec.label)}</th><td>{number(values[spec.name])}</td>"
        f"<td>{escape(spec.explanation)}</td></tr>"
        for spec in MEASURES
        if spec.about == about and spec.name in values
    )
    n = f'<span class="tf-soft">n = {int(values["n"]):,} {of}</span>' if "n" in values else ""
    return f'<table class="tf-measures"><caption>{title} {n}</caption>{rows}</table>'


def number(value: Any) -> str:
    """A measure rounded to what it means."""
    if value is None or not math.isfinite(value):
        return "none"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"
