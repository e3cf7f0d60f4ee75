"""A text to read, with a button that copies it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent


@cache
def _component() -> ComponentRenderer:
    parts = {kind: (_HERE / f"copy_text.{kind}").read_text("utf-8") for kind in ("css", "js")}
    return st.components.v2.component(
        "tuning_fork_copy_text",
        html='<p class="text"></p><button type="button"></button><span role="status"></span>',
        **parts,
    )


def copy_text(text: str, *, key: str, label: str = "Copy") -> None:
    """Show a text and a button that puts it on the clipboard."""
    _component()(key=key, data={"text": text, "label": label})
