"""The galaxy as the model saw it, and where it looked; the map follows when it is made."""

from __future__ import annotations

import streamlit as st

from astro_core.errors import BadInputError
from astro_core.explain.results import Cams
from astro_core.ui import explain_ask
from astro_core.ui.classify_state import Shown
from astro_core.ui.explain_ask import Asked
from astro_core.ui.explain_board import Panel, board
from astro_core.ui.explain_map import where
from astro_core.ui.words import plain, readable
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.explain_store import keep_image

SIDE_PX = 150


def panel(shown: Shown, classified: Classified, found: Found) -> None:
    """Draw the crop and the map beside each other."""
    crop = Panel(
        name="crop", title="As the model sees it", image=found.crop, note=_size(found),
        alt=f"{found.object_id} as the model sees it",
        file=f"{found.object_id}.png",
    )  # fmt: skip
    try:
        asked = _ask(shown, classified, found)
    except BadInputError as error:
        board([crop], key=f"{shown.key}:why", large_px=SIDE_PX, small_px=SIDE_PX)
        st.caption(plain(str(error)))
        return
    board(
        [crop, _map(classified, found, asked)], key=f"{shown.key}:why",
        large_px=SIDE_PX, small_px=SIDE_PX, across=1,
    )  # fmt: skip
    explain_ask.follow([asked])
    explain_ask.withdraw_others(shown.workspace, [asked.key])


def _size(found: Found) -> str:
    height, width = found.crop.shape[:2]
    return f"{width} x {height} px"


def _ask(shown: Shown, classified: Classified, found: Found) -> Asked:
    return explain_ask.ask_of(
        shown.workspace, "cam", wait_s=explain_ask.WAIT_S,
        model=classified.model, dataset="", object_id=keep_image(shown.workspace, found.crop),
        head=classified.head.name,
    )  # fmt: skip


def _map(classified: Classified, found: Found, asked: Asked) -> Panel:
    answer = classified.head.outputs[int(found.answers[classified.head.name].argmax())]
    words, heat, note = readable(answer), None, ""
    if asked.found is not None:
        assert isinstance(asked.found.result, Cams)
        maps = asked.found.result.gradcam
        heat = None if maps.is_zero(answer) else maps.shown(answer)
        note = f"Grad-CAM for {words}" if heat is not None else "nothing speaks for it"
    return Panel(
        name="map", title="Where it looked", image=found.crop, heat=heat, saying=asked.saying,
        note=note, alt=f"Grad-CAM of {words} on {found.object_id}: {where(heat)}",
        file=f"{found.object_id}-map.png",
    )  # fmt: skip
