"""One trial of a search closely, all of them in a table, and training with what was found."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from astro_core.figures.tuning import Aim
from astro_core.params import digest
from astro_core.ui import score_words, train_mode, train_state, tune_state
from astro_core.ui.tune_state import Search
from astro_core.ui.words import duration, plain
from astro_core.workflows.train import submit_training
from astro_core.workflows.training_plan import plan_training
from astro_core.workflows.tune import FAILED
from astro_core.workflows.tune_state import TuningState

_MOST_ROWS = 14


def looked_at(state: TuningState) -> int | None:
    """Number of the trial that the address asks for; the best without one."""
    asked = st.query_params.get("trial", "")
    if asked.isdecimal() and int(asked) - 1 in set(state.trials["number"]):
        return int(asked) - 1
    return state.best


def panel(search: Search, state: TuningState) -> None:
    """The settings of the trial that is looked at, what came of it, and what can be done."""
    number = looked_at(state)
    if number is None:
        st.caption("Click a trial to see its settings.")
        return
    trial = state.trials.set_index("number").loc[number]
    best = ", the best" if number == state.best else ""
    st.markdown(f"**Trial {number + 1}** · {trial['state']}{best}")
    if trial["state"] == FAILED:
        st.error(plain(str(trial["reason"])), icon=":material/error:")
    st.html(_facts(state, trial) + settings_table(state, trial))
    _buttons(search, state, number)
    log(state)


def _facts(state: TuningState, trial: pd.Series) -> str:
    rows = []
    aim = score_words.SCORES[state.tuning.objective][0]
    if not math.isnan(trial["score"]):
        rows.append((aim, score_words.number(trial["score"]), "validation"))
    if state.tuning.trade == "penalty" and state.tuning.cost != "none":
        rows.append(("less the penalty", score_words.number(trial["value"]), ""))
    if trial["n_parameters"] > 0:
        rows.append(("Parameters", f"{int(trial['n_parameters']):,}", ""))
        rows.append(("One image", f"{trial['latency_ms']:.1f} ms", "here"))
    if trial["epochs"] > 0:
        rows.append(("Epochs", f"{int(trial['epochs'])}", duration(trial["seconds"])))
    cells = "".join(_row(*map(escape, row)) for row in rows)
    return f'<table class="tf-measures"><caption>What came of it</caption>{cells}</table>'


def _row(name: str, value: str, said: str) -> str:
    return f"<tr><th>{name}</th><td>{value}</td><td>{said}</td></tr>"


def settings_table(state: TuningState, trial: pd.Series) -> str:
    """HTML of what was searched, beside the recipe's own values."""
    rows = []
    for name, value in trial["settings"].items():
        setting = state.searched[name]
        own = "as in the recipe" if value == setting.own else f"recipe: {_said(setting.own)}"
        unit = f" {setting.unit}" if setting.unit else ""
        rows.append(_row(escape(setting.label), escape(_said(value) + unit), escape(own)))
    return f'<table class="tf-measures"><caption>Settings</caption>{"".join(rows)}</table>'


def _said(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _buttons(search: Search, state: TuningState, number: int) -> None:
    key, settings = f"{search.key}:trial", state.settings(number)
    with st.container(horizontal=True):
        if st.button(
            "Train with these", key=f"{key}:train", type="primary",
            icon=":material/model_training:",
            help="Trains anew with these settings; the test galaxies judge that training.",
        ):  # fmt: skip
            tune_state.try_to(search, lambda: _train(search, state, settings))
            st.rerun()
        if st.button(
            "Set in Train", key=f"{key}:set", icon=":material/tune:",
            help="Opens Train with these settings, to change some before training.",
        ):  # fmt: skip
            plan = plan_training(state.recipe, settings)
            train_state.ask(plan, values=train_state.own_settings(plan))
            _to_train(train_state.NEW)
            st.rerun()


def _train(search: Search, state: TuningState, settings: dict[str, Any]) -> None:
    train = search.train
    _to_train(submit_training(train.workspace, train.dataset.name, state.recipe, settings))


def _to_train(run_id: str) -> None:
    train_mode.set_mode(train_mode.TRAIN)
    for name in ("search", "trial", "cost", "space"):
        st.query_params.pop(name, None)
    train_state.look_at(run_id)


def log(state: TuningState) -> None:
    """The last lines of the log."""
    if state.log:
        with st.expander("Log"):
            st.code(state.log, language=None, height=200, wrap_lines=True)


def table(search: Search, state: TuningState, aim: Aim) -> None:
    """All trials with how they ended; picking a row looks at its trial."""
    order = state.trials.sort_values("value", ascending=False, na_position="last")
    numbers = [int(n) for n in order["number"]]
    key = f"{search.key}:trials:{digest([search.run_id, numbers], length=8)}"

    def picked() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            st.query_params["trial"] = str(numbers[rows[0]] + 1)
        else:
            st.query_params.pop("trial", None)

    label = aim.label if aim.label.isupper() else aim.label.capitalize()
    st.dataframe(
        rows_of(order, state, label), key=key, hide_index=True, on_select=picked,
        selection_mode="single-row", height=36 + 35 * min(len(order), _MOST_ROWS),
        column_config={
            label: st.column_config.NumberColumn(format="%.3f", help="On validation"),
            "Time [ms]": st.column_config.NumberColumn(format="%.1f", help="For one image, here"),
            "Parameters": st.column_config.NumberColumn(format="localized"),
        },
    )  # fmt: skip


def rows_of(order: pd.DataFrame, state: TuningState, label: str) -> pd.DataFrame:
    """The trials as a table for people, with a column for each setting that was searched."""
    table = pd.DataFrame(
        {
            "Trial": order["number"] + 1,
            "State": order["state"],
            label: order["score"],
            "Epochs": order["epochs"],
            "Parameters": order["n_parameters"].where(order["n_parameters"] > 0),
            "Time [ms]": order["latency_ms"].where(order["latency_ms"] > 0),
        }
    )
    for name, label_of in state.labels.items():
        table[label_of] = [settings.get(name) for settings in order["settings"]]
    if (order["state"] == FAILED).any():
        table["Why"] = order["reason"].fillna("")
    return table
