"""Plain choices of a page, held in its address."""

from __future__ import annotations

from typing import Any

import streamlit as st


def parameter(name: str, allowed: Any, default: str) -> str:
    """A plain choice from the address; the default for anything else."""
    value = st.query_params.get(name, default)
    return value if value in allowed else default


def keep(name: str, value: str, default: str) -> None:
    """Put a plain choice into the address, leaving the default out."""
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
