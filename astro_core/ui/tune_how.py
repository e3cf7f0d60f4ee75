"""How a search goes on: its aim, how many trials, what else counts, when trials are ended."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from astro_core.classifiers.tuning.params import TuningParams
from astro_core.params import ParamInfo, describe, validate
from astro_core.ui import score_words, tune_state
from astro_core.ui.tune_state import Search
from astro_core.ui.words import plain

_MAIN = ("trials", "objective", "cost", "pruner")
_WORDS = {
    "none": "nothing", "parameters": "parameters", "latency": "time for an image",
    "front": "best compromises", "penalty": "a penalty", "median": "below median",
    "hyperband": "Hyperband",
}  # fmt: skip


def panel(search: Search) -> None:
    """What the recipe is, and how it is searched."""
    recipe = search.train.plan.recipe
    st.markdown(f"**{plain(recipe.label)}** · {plain(recipe.description)}")
    infos = {info.name: info for info in describe(TuningParams)}
    *places, more = st.columns([0.8, 1.6, 1.1, 1.3, 0.9], vertical_alignment="bottom")
    for place, name in zip(places, _MAIN, strict=True):
        with place:
            _setting(search, infos[name])
    with more.popover("More", width="stretch"):
        for name in _rest(search.tuning):
            _setting(search, infos[name])
    st.caption(_said(search))


def _rest(tuning: TuningParams) -> list[str]:
    """What stands behind More: only what means something now."""
    names = ["trade"] if tuning.cost != "none" else []
    names += ["penalty"] if tuning.cost != "none" and tuning.trade == "penalty" else []
    return [*names, "warmup", "random_trials", "seed"]


def _said(search: Search) -> str:
    tuning, epochs = search.tuning, search.train.plan.training.epochs
    learns = "learning_rate" in search.known
    said = [f"{tuning.trials} trials" + (f" of at most {epochs} epochs each." if learns else ".")]
    if tuning.front:
        said.append("Score and cost are two aims, so no trial is stopped early.")
    said.append("Only validation galaxies judge; train with what is found to know its test score.")
    return " ".join(said)


def _setting(search: Search, info: ParamInfo) -> None:
    key = f"{search.key}:how:{info.name}"
    st.session_state[key] = getattr(search.tuning, info.name)

    def changed() -> None:
        value = st.session_state[key]
        tune_state.try_to(
            search,
            lambda: tune_state.ask_tuning(
                search, validate(replace(search.tuning, **{info.name: value}))
            ),
        )

    unit = f" [{info.unit}]" if info.unit else ""
    label, common = f"{info.label}{unit}", {"key": key, "help": info.help, "on_change": changed}
    if info.name == "objective":
        options = search.objectives or (search.tuning.objective,)
        st.selectbox(label, options, format_func=lambda n: score_words.SCORES[n][0], **common)
    elif info.choices:
        off = {"none": "never"} if info.name == "pruner" else {}
        named = _WORDS | off
        st.selectbox(label, info.choices, format_func=lambda n: named[n], **common)
    else:
        _number(info, label, common)


def _number(info: ParamInfo, label: str, common: dict[str, object]) -> None:
    kind = info.kind
    assert info.minimum is not None
    assert info.maximum is not None
    bounds = {"min_value": kind(info.minimum), "max_value": kind(info.maximum)}
    step = 1 if kind is int else 0.005
    more = {} if kind is int else {"format": "%.6g"}
    st.number_input(label, step=step, **bounds, **more, **common)
