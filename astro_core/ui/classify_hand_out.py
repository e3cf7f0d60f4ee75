"""Hand out what the model said, and the boxes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from astro_core.ui import classify_cached
from astro_core.ui.classify_state import Shown
from astro_core.workflows.classified import Classified
from astro_core.workflows.classify_files import FILES
from astro_core.workflows.pictures import Picture


def popover(shown: Shown) -> None:
    """Offer each form as a download."""
    menu = st.popover(
        "Download",
        icon=":material/download:",
        key="classify:hand-out",
        on_change="rerun",
        disabled=not shown.pictures,
    )
    if not menu.open:
        return
    with menu:
        done = [p for p in shown.pictures if classify_cached.is_done(shown, p)]
        if len(done) < len(shown.pictures):
            st.caption(f"{len(done):,} of {len(shown.pictures):,} pictures are done so far.")
        for spec in FILES:
            one = spec.name == "png"
            wanted = [p for p in done if p is shown.picture or not one]
            st.download_button(
                spec.label, lambda s=spec, of=wanted: s.content(_answers(shown, of)),
                f"{_stem(shown) if one else 'galaxies'}{spec.suffix}", spec.mime,
                key=f"classify:get:{spec.name}", icon=":material/download:", on_click="ignore",
                width="stretch",
            )  # fmt: skip


def _stem(shown: Shown) -> str:
    return shown.picture.name.rsplit(".", 1)[0]


def _answers(shown: Shown, pictures: Sequence[Picture]) -> list[Classified]:
    return [classify_cached.answer(classify_cached.key_of(shown, p), shown, p) for p in pictures]
