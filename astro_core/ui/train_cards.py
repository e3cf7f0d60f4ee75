"""The recipes as small cards, by the project that they come from."""

from __future__ import annotations

import streamlit as st

from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.ui import train_state as state
from astro_core.ui.train_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.training_offer import PROJECTS, by_project
from astro_core.workflows.training_plan import training_settings


def cards(shown: Shown) -> None:
    """Draw the cards; those that do not fit the dataset cannot be chosen, and say why."""
    with st.container(key="recipe-cards", gap="small"):
        for project, names in by_project().items():
            recipes = [RECIPES.get(name) for name in names]
            problems = {t: _problem(shown, t) for t in {r.target for r in recipes}}
            st.html(f'<div class="tf-group">{PROJECTS.get(project, project)}</div>')
            with st.container(key=f"recipes-{project}", gap="small"):
                for recipe in recipes:
                    _card(shown, recipe, fits=not problems[recipe.target])
            for said in filter(None, problems.values()):
                st.caption(f":material/block: {plain(said)}.")


def _problem(shown: Shown, target: str) -> str:
    return state.offer(shown.dataset, target, shown.plan.training).problem


def _card(shown: Shown, recipe: RecipeSpec, *, fits: bool) -> None:
    chosen = recipe.name == shown.plan.recipe.name
    params = recipe.training
    has_epochs = any(info.name == "epochs" for info in training_settings(recipe))
    short = f"{params.size_px} px" + (", grey" if params.grey else "")
    short += f" · {params.epochs} epochs" if has_epochs else ""
    st.button(
        f"**{plain(recipe.label)}** {short}", key=f"{shown.key}:recipe:{recipe.name}",
        width="stretch", type="primary" if chosen else "secondary", disabled=not fits,
        help=f"{plain(recipe.description)}  \n`{recipe.name}`",
        on_click=state.ask, args=(shown.plan,), kwargs={"recipe": recipe.name},
    )  # fmt: skip
