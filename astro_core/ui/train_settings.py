"""Settings of a training: the few that matter in sight, all others behind one button."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from astro_core.errors import TuningForkError
from astro_core.params import describe, digest, to_mapping
from astro_core.ui import forms, frame, train_folds, train_weights
from astro_core.ui import train_state as state
from astro_core.ui.train_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.folds import submit_folds
from astro_core.workflows.train import submit_training
from astro_core.workflows.training_plan import TrainingPlan, training_settings

MAIN = (
    "epochs", "size_px", "crop_px", "batch_size", "learning_rate", "balance", "seed",
)  # fmt: skip
POPOVER_PX = 620


def main(shown: Shown) -> None:
    """What the recipe is, and its main settings."""
    recipe = shown.plan.recipe
    st.markdown(f"**{plain(recipe.label)}** · {plain(recipe.description)}")
    if recipe.reference:
        st.caption(plain(recipe.reference))
    _sync(shown)
    with frame.in_words():
        names = [name for name in MAIN if name in _obeyed(shown)]
        form = forms.params_form(shown.plan.training, _key(shown, "t"), names, columns=4)
        network = train_weights.control(shown.plan, _key(shown, "n"))
        _changed(shown, replace(shown.plan, training=form, network=network))
    train_folds.control(shown)


def everything(shown: Shown) -> None:
    """All settings: how it is trained, and the network's own."""
    _sync(shown)
    plan = shown.plan
    rest = [name for name in _obeyed(shown) if name not in MAIN]
    own = state.own_settings(plan)
    with st.container(width=POPOVER_PX), frame.in_words():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Training**", width="content")
            st.space("stretch")
            st.button(
                "The recipe's own values", key=f"{shown.key}:reset", type="tertiary",
                icon=":material/undo:", disabled=not own, on_click=state.ask, args=(plan,),
            )  # fmt: skip
        training = forms.params_form(plan.training, _key(shown, "t"), rest, columns=3)
        network = plan.network
        own_names = [i.name for i in describe(network) if i.name not in train_weights.SETTINGS]
        if own_names:
            st.markdown("**Network**")
            network = forms.params_form(network, _key(shown, "n"), own_names, columns=3)
        _changed(shown, replace(plan, training=training, network=network))


def _obeyed(shown: Shown) -> list[str]:
    return [info.name for info in training_settings(shown.plan.recipe)]


def _key(shown: Shown, which: str) -> str:
    return f"{shown.key}:{shown.plan.recipe.name}:{which}"


def _state_of(plan: TrainingPlan) -> str:
    return digest(plan.to_json())


def _sync(shown: Shown) -> None:
    """Make the widgets show what the address says, where that was not set by them."""
    known = f"{shown.key}:known"
    if st.session_state.get(known) != _state_of(shown.plan):
        forms.put(shown.plan.training, _key(shown, "t"))
        forms.put(shown.plan.network, _key(shown, "n"))
    st.session_state[known] = _state_of(shown.plan)


def _changed(shown: Shown, plan: TrainingPlan) -> None:
    """Take over what was set in a form just now."""
    if to_mapping(plan.training) == to_mapping(shown.plan.training) and (
        to_mapping(plan.network) == to_mapping(shown.plan.network)
    ):
        return
    st.session_state[f"{shown.key}:known"] = _state_of(plan)
    state.ask(plan, values=state.own_settings(plan))
    st.rerun()


def train(shown: Shown) -> None:
    """Start the training that the page asks for, and look at it."""
    name, settings = shown.plan.recipe.name, state.own_settings(shown.plan)
    where = (shown.workspace, shown.dataset.name)
    try:
        if folds := train_folds.asked():
            run_id = submit_folds(*where, name, settings, folds)
        else:
            run_id = submit_training(*where, name, settings)
    except TuningForkError as error:
        st.session_state[f"{shown.key}:refused"] = str(error)
        return
    state.look_at(run_id)
