"""What Search shows, held in the address: ranges and how to search, or one search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from astro_core.classifiers.tuning.params import OBJECTIVES, RMSE, TuningParams
from astro_core.classifiers.tuning.presets import PRESETS, first_preset
from astro_core.classifiers.tuning.space import Dimension, Setting, parse
from astro_core.domain import Head, Run
from astro_core.errors import BadInputError, TuningForkError
from astro_core.params import describe, from_mapping, to_mapping
from astro_core.ui import train_state
from astro_core.ui.train_state import NEW, Shown
from astro_core.workflows.training_plan import TrainingPlan
from astro_core.workflows.tune_plan import searchable, unsearchable
from astro_core.workflows.tune_state import searches_of

_PREFIX = "tune_"  # of how to search; the settings of a training stand beside them
_REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Search:
    """One visit of the page while it searches.

    Attributes
    ----------
    train : Shown
        What the Train page shows: the recipe, and the settings that stay.
    known : Mapping
        The settings that can be searched, by name.
    dimensions : tuple of Dimension
        What the address asks to search.
    objectives : tuple of str
        Aims that the recipe has on this dataset; empty where there is nothing to learn.
    problem : str
        Why there is nothing to search; empty where there is.
    searches : tuple of Run
        Those of this dataset, the newest first.
    run_id : str
        The search that is looked at; empty while one is prepared.
    problems : tuple of str
        What in the address could not be used.
    key : str
        Keys of widgets start with it.
    """

    train: Shown
    known: Mapping[str, Setting]
    dimensions: tuple[Dimension, ...]
    tuning: TuningParams
    objectives: tuple[str, ...]
    problem: str
    searches: tuple[Run, ...]
    run_id: str
    problems: tuple[str, ...]
    key: str


def read(shown: Shown) -> Search:
    """Read the address; without a search in it, one that is going on is shown."""
    problems: list[str] = []
    searches = searches_of(shown.workspace, shown.dataset)
    offer = train_state.offer(shown.dataset, shown.plan.recipe.target, shown.plan.training)
    objectives = _objectives(offer.heads)
    known = searchable(shown.plan)
    return Search(
        train=shown,
        known=known,
        dimensions=_dimensions(shown.plan, known, problems),
        tuning=_tuning(objectives, problems),
        objectives=objectives,
        problem=offer.problem or unsearchable(shown.plan),
        searches=searches,
        run_id=_run(searches, problems),
        problems=tuple(problems),
        key=f"{shown.key}:tune:{shown.plan.recipe.name}",
    )


def _objectives(heads: tuple[Head, ...]) -> tuple[str, ...]:
    """The aims that these heads have, the natural one first."""
    votes = [head.kind == "votes" for head in heads]
    return tuple(o for o in OBJECTIVES if (any(votes) if o == RMSE else not all(votes)))


def _run(searches: Sequence[Run], problems: list[str]) -> str:
    asked = st.query_params.get("search", "")
    if asked == NEW or asked in [run.run_id for run in searches]:
        return "" if asked == NEW else asked
    if asked:
        problems.append("The search that the address names is not one of this dataset.")
    return next((run.run_id for run in searches if not run.finished), "")


def _dimensions(
    plan: TrainingPlan, known: Mapping[str, Setting], problems: list[str]
) -> tuple[Dimension, ...]:
    """The ranges in the address; those of the preset that suits the recipe without any."""
    texts = [text for text in st.query_params.get("space", "").split(";") if text]
    found = {}
    for text in texts:
        try:
            dimension = parse(text, known)
            found[dimension.name] = dimension
        except BadInputError as error:
            problems.append(f"A range in the address was left out. {error}")
    if found or "space" in st.query_params:
        return tuple(found.values())
    return PRESETS.get(first_preset(known, plan.recipe.name)).dimensions(known)


def _tuning(objectives: tuple[str, ...], problems: list[str]) -> TuningParams:
    good: dict[str, Any] = {"objective": objectives[0]} if objectives else {}
    for info in describe(TuningParams):
        text = st.query_params.get(_PREFIX + info.name)
        if text is None or (info.name == "objective" and text not in objectives):
            continue
        try:
            from_mapping(TuningParams, good | {info.name: text})
            good[info.name] = text
        except BadInputError as error:
            problems.append(f"A setting in the address was left out. {error}")
    return from_mapping(TuningParams, good)


def ask_space(dimensions: Sequence[Dimension]) -> None:
    """Put ranges into the address."""
    st.query_params["space"] = ";".join(dimension.text for dimension in dimensions)


def ask_tuning(search: Search, tuning: TuningParams) -> None:
    """Put how to search into the address, the defaults left out."""
    first = search.objectives[0] if search.objectives else OBJECTIVES[0]
    usual = to_mapping(replace(TuningParams(), objective=first))
    for name, value in to_mapping(tuning).items():
        if value == usual[name]:
            st.query_params.pop(_PREFIX + name, None)
        else:
            st.query_params[_PREFIX + name] = str(value)


def look_at(run_id: str) -> None:
    """Show a search, or with `NEW` prepare one."""
    for name in ("view", "trial", "cost"):
        st.query_params.pop(name, None)
    st.query_params["search"] = run_id


def try_to(search: Search, act: Callable[[], None]) -> None:
    """Do something in a callback; why it was refused is said above the page's content."""
    try:
        act()
    except TuningForkError as error:
        st.session_state[f"{search.key}:{_REFUSED}"] = str(error)


def refused(search: Search) -> str:
    """Why the last thing was refused, once."""
    return str(st.session_state.pop(f"{search.key}:{_REFUSED}", ""))
