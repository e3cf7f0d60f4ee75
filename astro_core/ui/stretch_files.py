"""A recipe as a thing of its own: named, saved, handed on, made a survey's default."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from astro_core.domain import Dataset, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError, TuningForkError
from astro_core.ui import frame
from astro_core.ui import stretch_state as state
from astro_core.workflows.recipes import (
    delete_recipe,
    export_recipe,
    import_recipe,
    list_recipes,
    load_recipe,
    save_recipe,
    set_default,
)
from astro_core.workspace import Workspace

_NAME = "stretch:name"
_IMPORT = "stretch:import"


def recipe_menu(workspace: Workspace, dataset: Dataset | None) -> None:
    """Draw the menu of the active recipe, and the button that makes it the default."""
    with st.popover(f"Recipe {state.letter()}", icon=":material/bookmark:"):
        _save(workspace)
        _load(workspace)
        _exchange()
    if dataset is not None:
        _default_button(workspace, dataset)


def _default_button(workspace: Workspace, dataset: Dataset) -> None:
    is_default = state.active().key == state.own().key
    if st.button(
        "Default" if is_default else "Make default",
        icon=":material/check:" if is_default else ":material/star:",
        key="stretch:default",
        type="secondary" if is_default else "primary",
        disabled=is_default,
        help=f"Browse, clustering and training show {dataset.name} with this recipe.",
    ):
        try:
            set_default(workspace, dataset.name, state.active())
        except TuningForkError as error:
            frame.problem(error)
            return
        state.put(own=state.active().to_json())
        st.toast(f"{dataset.name} now shows with this recipe everywhere.")
        st.rerun()


def _save(workspace: Workspace) -> None:
    st.session_state[_NAME] = state.active().name
    st.button("Start again from the survey's own", key="stretch:reset", on_click=_reset)
    st.text_input("Name", key=_NAME, max_chars=80, on_change=_rename)
    taken = {r.name.lower() for r in list_recipes(workspace)}
    replacing = state.active().name.lower() in taken
    if st.button("Replace the saved one" if replacing else "Save", key="stretch:save"):
        with frame.in_words():
            saved = save_recipe(workspace, state.active(), overwrite=replacing)
            st.toast(f"Saved as {saved.name}.")


def _reset() -> None:
    state.show(state.own())


def _rename() -> None:
    state.change(name=st.session_state[_NAME].strip() or "untitled")


def _load(workspace: Workspace) -> None:
    names = [recipe.name for recipe in list_recipes(workspace)]
    if not names:
        return
    chosen = st.selectbox("Saved recipes", names, key="stretch:saved")
    here, beside, gone = st.columns(3)
    named = (workspace, chosen)
    here.button("Use", key="stretch:use", on_click=_use, args=(*named, state.show))
    beside.button(
        "Beside", key="stretch:beside", on_click=_use, args=(*named, state.add),
        help="As one more column.",
    )  # fmt: skip
    gone.button("Delete", key="stretch:delete", on_click=_delete, args=named)


def _use(workspace: Workspace, name: str, put: Callable[[RenderRecipe], None]) -> None:
    try:
        put(load_recipe(workspace, name))
    except NotFoundError as error:
        state.put(said=str(error))


def _delete(workspace: Workspace, name: str) -> None:
    with suppress(NotFoundError):  # deleted by an earlier click, or by somebody else
        delete_recipe(workspace, name)


def _exchange() -> None:
    recipe = state.active()
    st.download_button(
        "Export as JSON",
        export_recipe(recipe),
        file_name=f"{recipe.name.replace(' ', '-')}.json",
        mime="application/json",
        key="stretch:export",
        on_click="ignore",
    )
    st.file_uploader("Import JSON", type="json", key=_IMPORT, max_upload_size=1, on_change=_import)


def _import() -> None:
    given = st.session_state[_IMPORT]
    if given is None:
        return
    try:
        state.show(import_recipe(given.getvalue()))
    except BadInputError as error:
        state.put(said=f"{given.name}: {error}")
