"""A text to read, with a button that copies it."""

from __future__ import annotations

from astro_core.ui.components import component


def copy_text(text: str, *, key: str, label: str = "Copy") -> None:
    """Show a text and a button that puts it on the clipboard."""
    component("copy_text")(key=key, data={"text": text, "label": label})
