"""Our own components, each declared by the files of its name beside this one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent


@cache
def component(name: str, *before: str) -> ComponentRenderer:
    """Declare the component of ``name.js``, and of ``name.html`` and ``name.css`` where they are.

    Parameters
    ----------
    before : str
        Other files of which its script, or its style, makes use: "parts.js".
    """

    def read(kind: str) -> str:
        files = [*(other for other in before if other.endswith(kind)), f"{name}{kind}"]
        there = [path for path in map(_HERE.joinpath, files) if path.is_file()]
        return "\n".join(path.read_text("utf-8") for path in there)

    return st.components.v2.component(
        f"tuning_fork_{name}",
        html=read(".html") or None,
        css=read(".css") or None,
        js=read(".js"),
    )
