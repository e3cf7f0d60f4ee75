"""The whole bench: a slim row of actions, the controls on the left, the galaxies on the right."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.imaging import presets_for
from astro_core.ui import stretch_state as state
from astro_core.ui.stretch_board import board
from astro_core.ui.stretch_controls import controls
from astro_core.ui.stretch_files import recipe_menu
from astro_core.ui.stretch_source import galaxies_menu, upload_menu
from astro_core.workflows.stretch import MAX_PANELS, Tray
from astro_core.workflows.stretch_recipes import CROPS_PX, default_and_tuned, four_presets
from astro_core.workspace import Workspace

# the galaxies stay in sight while the controls beside them scroll
_STICKY = "<style>.st-key-stretch-board { position: sticky; top: 2.6rem; }</style>"


@st.fragment
def bench(workspace: Workspace, tray: Tray, dataset: Dataset | None) -> None:
    """Draw the bench; only this part runs again while a dial is turned."""
    _actions(workspace, tray, dataset)
    left, right = st.columns([3, 7], gap="medium")
    st.html(_STICKY)
    with right, st.container(key="stretch-board"):  # first, so that it answers first
        if state.get("view") == state.CROPS:
            _crops(tray)
        board(tray)
    with left:
        controls(tray)
    state.write_address()


def _actions(workspace: Workspace, tray: Tray, dataset: Dataset | None) -> None:
    n = len(state.get("recipes"))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if dataset is not None:
            galaxies_menu(workspace, dataset)
        upload_menu(workspace)
        st.session_state["stretch:view"] = state.get("view")
        st.segmented_control(
            "View",
            state.VIEWS,
            key="stretch:view",
            required=True,
            on_change=lambda: state.put(view=st.session_state["stretch:view"]),
            label_visibility="collapsed",
        )
        _side_by_side(tray)
        st.button(
            "Copy",
            icon=":material/add_column_right:",
            key="stretch:duplicate",
            disabled=n >= MAX_PANELS,
            on_click=state.duplicate,
            help="Puts a copy beside it: change one thing and compare. Up to four.",
        )
        st.button(
            "Remove",
            key="stretch:remove",
            disabled=n < 2,
            on_click=state.remove,
            help="Takes the chosen column away.",
        )
        recipe_menu(workspace, dataset)


def _side_by_side(tray: Tray) -> None:
    with st.popover("Compare", icon=":material/view_column:"):
        if tray.display:
            st.caption("Pictures have no bands to combine; compare transforms with Duplicate.")
            return
        names = ", ".join(p.name for p in presets_for(tray.bands)[:MAX_PANELS])
        st.button(
            f"The presets: {names}", key="stretch:four", on_click=_presets_beside, args=(tray,)
        )
        st.button(
            "make_lupton_rgb's default beside the tuned one",
            key="stretch:tuned",
            on_click=_default_beside,
            args=(tray,),
        )


def _presets_beside(tray: Tray) -> None:
    state.show_all(four_presets(tray, state.active()))


def _default_beside(tray: Tray) -> None:
    try:
        state.show_all(default_and_tuned(tray, state.active()))
    except BadInputError as error:
        state.put(said=str(error))


def _crops(tray: Tray) -> None:
    whole = min(min(p.values.shape[1:]) for p in tray.pixels)
    options = sorted({*CROPS_PX, 48, 174, 256, 384, *state.get("crops")} - {0})
    options = [side for side in options if side < whole] + [0]
    st.session_state["stretch:crops"] = [c for c in state.get("crops") if c in options]
    st.pills(
        "Crop sizes",
        options,
        key="stretch:crops",
        selection_mode="multi",
        format_func=lambda side: f"{side} px" if side else f"whole, {whole} px",
        on_change=_choose_crops,
        label_visibility="collapsed",
    )


def _choose_crops() -> None:
    chosen = st.session_state["stretch:crops"] or [0]
    state.put(crops=sorted(chosen, key=lambda side: side or 10**6)[:MAX_PANELS])
