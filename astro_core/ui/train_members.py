"""The members of an ensemble: what each counts, and what it is worth alone."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from astro_core.classifiers.registry import RECIPES


def label(recipe: str) -> str:
    """What a recipe is called; one that is gone keeps its name."""
    return RECIPES.get(recipe).label if recipe in RECIPES else recipe


def table(result: Mapping[str, Any]) -> str:
    """HTML of the members of a finished ensemble; empty for any other training."""
    members, found = result.get("members", []), result.get("mixed", {})
    if not members:
        return ""
    losses = found.get("log_loss", [])
    rows = [
        f"<tr><th>{escape(label(one['recipe']))}</th><td>{one['share']:.2f}</td>"
        f"<td>{loss:.3f}</td></tr>"
        for one, loss in zip(members, losses, strict=True)
    ]
    rows.append(f"<tr><th>together</th><td>1.00</td><td>{found['log_loss_together']:.3f}</td></tr>")
    head = "<tr><th>member</th><td>counts</td><td>log loss alone</td></tr>"
    said = f"What each member counts, found on {found['n']:,} galaxies of validation"
    return (
        f'<div class="tf-group">{escape(said)}</div>'
        f'<table class="tf-scores">{head}{"".join(rows)}</table>'
    )
