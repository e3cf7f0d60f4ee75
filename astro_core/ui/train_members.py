"""The members of an ensemble: what each counts, and what it is worth alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from astro_core.classifiers.registry import RECIPES


def label(recipe: str) -> str:
    """What a recipe is called; one that is gone keeps its name."""
    return RECIPES.get(recipe).label if recipe in RECIPES else recipe


def panel(result: Mapping[str, Any]) -> None:
    """Draw what each member of a finished ensemble counts; nothing for any other training."""
    if not result.get("members"):
        return
    n = result["mixed"]["n"]
    st.markdown(f"**What each member counts**, found on {n:,} galaxies of validation")
    st.html(table(result["members"], result["mixed"]))


def table(members: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> str:
    """HTML of the members, with the log loss of each alone and of all together."""
    rows = [
        (label(one["recipe"]), one["share"], loss)
        for one, loss in zip(members, found["log_loss"], strict=True)
    ]
    rows.append(("together", 1.0, found["log_loss_together"]))
    head = "<tr><th>member</th><td>counts</td><td>log loss</td></tr>"
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{share:.2f}</td><td>{loss:.3f}</td></tr>"
        for name, share, loss in rows
    )
    return f'<table class="tf-scores">{head}{cells}</table>'
