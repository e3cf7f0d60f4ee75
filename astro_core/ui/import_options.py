"""How something is imported: name, classes, split, reader; and the button that does it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from astro_core import runs
from astro_core.datasets.readers import READERS
from astro_core.domain import Run
from astro_core.errors import BadInputError
from astro_core.params import describe
from astro_core.ui import cached, frame
from astro_core.ui.forms import params_form
from astro_core.ui.import_source import LOOKED, MADE, look
from astro_core.workflows.import_dataset import ImportParams
from astro_core.workflows.import_plan import (
    class_table,
    import_params,
    is_scratch,
    map_text,
    suggest_name,
)
from astro_core.workspace import Workspace

EXTEND = "extend"
_NEW = ""
_SPLIT = ("train", "validation", "seed")
_HELP = {info.name: info.help for info in describe(ImportParams)}


def target(workspace: Workspace) -> str:
    """Dataset that is to get the images, from the address; empty for a new one."""
    named = st.query_params.get(EXTEND, "").lower()
    return next((d.name for d in cached.datasets(workspace) if d.name.lower() == named), _NEW)


def choose_target(workspace: Workspace) -> str:
    """Ask whether this becomes a dataset of its own or more images for one that is there."""
    names = [d.name for d in cached.datasets(workspace)]
    if not names:
        return _NEW
    options = [_NEW, *names]
    chosen = st.selectbox(
        "Into",
        options,
        index=options.index(target(workspace)),
        format_func=lambda name: name or "a new dataset",
        key=f"import:into:{target(workspace)}",
    )
    if chosen != target(workspace):
        st.query_params.pop(EXTEND, None)
        if chosen:
            st.query_params[EXTEND] = chosen
        st.rerun()
    return chosen


def go(workspace: Workspace, run: Run) -> pd.DataFrame:
    """Draw the row that imports what was looked at; returns the table of classes as edited."""
    into, named, more, button = st.columns([2, 3, 1.3, 1.5], vertical_alignment="bottom")
    with into:
        extend = choose_target(workspace)
    with named:
        name = _name(workspace, run, extend)
    with more, st.popover("Options", icon=":material/tune:", width="stretch"):
        settings = _options(workspace, run, extend)
    table = st.session_state.get(_edited(run), class_table(run.result["classes"]))
    label = f"Add {run.result['n_objects']:,}" if extend else f"Import {run.result['n_objects']:,}"
    if button.button(label, type="primary", key="import:go", width="stretch"):
        with frame.in_words():
            chosen = {**settings, "name": name, "classes": map_text(table)}
            _start(workspace, run, chosen, extend)
    return table


def _name(workspace: Workspace, run: Run, extend: str) -> str:
    if extend:
        st.text_input("Name", extend, disabled=True, key="import:fixed")
        return extend
    return st.text_input(
        "Name",
        suggest_name(workspace, str(run.result["path"])),
        max_chars=80,
        key=f"import:name:{run.run_id}",
    )


def _start(workspace: Workspace, run: Run, settings: dict[str, Any], extend: str) -> None:
    if not extend:
        from astro_core.datasets.store import check_free

        check_free(workspace, settings["name"])
    if settings["train"] + settings["validation"] > 1:
        raise BadInputError(
            "The shares of training and validation are more than the whole",
            expected="a sum of at most 1",
        )
    kind, params = import_params(workspace, run.params, settings, extend)
    title = f"Adding images to {extend}" if extend else f"Importing {settings['name']}"
    st.query_params[MADE] = runs.submit(workspace, kind, params, title=title)
    st.query_params.pop(LOOKED, None)
    st.rerun()


def _options(workspace: Workspace, run: Run, extend: str) -> dict[str, Any]:
    _again(workspace, run)
    st.divider()
    names = ("seed",) if extend else _SPLIT
    with frame.in_words():
        settings = params_form(ImportParams(), "import:split", names, columns=len(names))
    if extend:
        st.caption("New objects are split as those that are there already.")
    else:
        rest = max(0.0, 1 - settings.train - settings.validation)
        st.caption(f"{rest:.0%} are kept for testing. Groups stay together; classes are balanced.")
    uploaded = is_scratch(workspace, str(run.params["path"]))
    copied = st.toggle(
        "Copy images",
        value=uploaded,
        disabled=uploaded,
        key=f"import:copy:{run.run_id}",
        help=_HELP["copy_images"],
    )
    return {
        "train": settings.train,
        "validation": settings.validation,
        "seed": settings.seed,
        "copy_images": copied,
    }


def _again(workspace: Workspace, run: Run) -> None:
    """Look once more, with another reader or another table of labels."""
    names = ["", *READERS.names()]
    reader = st.selectbox(
        "Reader",
        names,
        index=names.index(run.params.get("reader", "")),
        format_func=lambda n: READERS.get(n).label if n else "What fits best",
        key=f"import:reader:{run.run_id}",
        help=_HELP["reader"],
    )
    labels = st.text_input(
        "Table of labels",
        run.params.get("labels", ""),
        key=f"import:labels:{run.run_id}",
        help=_HELP["labels"],
        placeholder="/data/labels.csv",
    )
    keep = st.toggle(
        "Keep objects that lack a band",
        bool(run.params.get("keep_incomplete", False)),
        key=f"import:keep:{run.run_id}",
        help=_HELP["keep_incomplete"],
    )
    if st.button("Look again with these", key="import:again"):
        with frame.in_words():
            look(
                workspace,
                str(run.params["path"]),
                reader=reader,
                labels=labels.strip(),
                keep_incomplete=keep,
            )


def _edited(run: Run) -> str:
    return f"import:classes:{run.run_id}"


def edit_classes(run: Run) -> None:
    """Let a person merge, rename and leave out classes, and show the map that this makes."""
    if not run.result["classes"]:
        return
    begin = class_table(run.result["classes"])
    with st.popover("Merge, rename or leave out classes", icon=":material/merge:"):
        st.caption("Classes that become the same name are merged.")
        table = st.data_editor(
            begin,
            key=f"import:editor:{run.run_id}",
            hide_index=True,
            width=560,
            column_order=["keep", "class", "becomes", "objects"],
            disabled=["class", "objects"],
            column_config={
                "keep": st.column_config.CheckboxColumn(width="small"),
                "class": st.column_config.TextColumn(width="medium"),
                "becomes": st.column_config.TextColumn(width="medium", max_chars=60, required=True),
                "objects": st.column_config.NumberColumn(width="small", format="localized"),
            },
        )
        before = st.session_state.get(_edited(run))
        st.session_state[_edited(run)] = table
        with frame.in_words():
            text = map_text(table)
            st.code(f'--classes "{text}"' if text else "all classes as they are", language=None)
        if before is None or not before.equals(table):
            st.rerun()
