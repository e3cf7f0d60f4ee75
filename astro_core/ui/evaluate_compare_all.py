"""Everything that was trained on a dataset: one table, and how scores grow with galaxies."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.errors import TuningForkError
from astro_core.figures import comparison as figures
from astro_core.ui import charts, frame, score_pick, score_words
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.run_names import short_names
from astro_core.ui.words import duration, plain
from astro_core.workflows.ablation import SCRATCH, ablation_table
from astro_core.workflows.learning_curve import SHARES, learning_curves, submit_learning_curve
from astro_core.workflows.train import KIND
from astro_core.workflows.training_compare import LOWER_IS_BETTER, SCORES

_MOST_DRAWN = 16


def table(shown: Shown) -> None:
    """The ablation table: what was changed, what it brought, what it cost."""
    found = ablation_table(shown.workspace, shown.dataset)
    names = [name for name in SCORES if name in found]
    if not names:
        st.info("No training on this dataset has ended with a score yet.")
        return
    score = score_pick.pick(names, key=f"{shown.key}:allscore")
    found = found[found[score].notna()].sort_values(
        score, ascending=score in LOWER_IS_BETTER, kind="stable"
    )
    names_of = short_names([run for run in shown.trainings if run.run_id in set(found["run_id"])])
    found["label"] = [names_of.get(run, run) for run in found["run_id"]]
    figure = figures.score_dots(found.head(_MOST_DRAWN), score=score, name=score_words.said(score))
    charts.show(figure, key=f"{shown.key}:all:{score}", alt="Score of everything that was trained")
    if len(found) > _MOST_DRAWN:
        st.caption(f"The best {_MOST_DRAWN} of {len(found)} are drawn; the table has all.")
    st.dataframe(
        readable_table(found, names), hide_index=True, key=f"{shown.key}:ablation", placeholder="",
        column_config=_columns(names),
    )  # fmt: skip
    st.caption(
        "Single trainings are judged by the test part, folds by the galaxies each fold held out: "
        "compare rows that were judged by the same. From scratch: no weights of others were used. "
        "Best epoch: that of the lowest validation loss, for folds the median."
    )


def _recipe(name: str) -> str:
    return RECIPES.get(name).label if name in RECIPES else name


def readable_table(found: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The table for a person: words for names, "from scratch" where that is so."""
    shown = pd.DataFrame({"Recipe": [_recipe(name) for name in found["recipe"]]})
    shown["Changed"], shown["Judged by"] = found["changed"].array, found["judged_by"].array
    shown["n"] = found["n"].array
    for name in names:
        shown[score_words.SCORES[name][0]] = found[name].array
        if f"{name}_sd" in found:
            shown[f"± {score_words.said(name)}"] = found[f"{name}_sd"].array
    shown["Weights"] = [
        "from scratch" if w == SCRATCH else (w or "not known") for w in found["weights_from"]
    ]
    shown["Best epoch"], shown["Epochs"] = found["best_epoch"].array, found["epochs"].array
    shown["Parameters"] = found["parameters"].array
    shown["Time"] = [duration(s) if pd.notna(s) else "" for s in found["seconds"]]
    shown["Run"] = found["run_id"].array
    return shown


def _columns(names: list[str]) -> dict[str, object]:
    scores = {
        score_words.SCORES[name][0]: st.column_config.NumberColumn(
            format="%.3f", help=score_words.SCORES[name][1]
        )
        for name in names
    }
    spreads = {
        f"± {score_words.said(name)}": st.column_config.NumberColumn(
            format="%.3f", help="Standard deviation over folds"
        )
        for name in names
    }
    return {
        **scores, **spreads,
        "Parameters": st.column_config.NumberColumn(format="localized"),
        "Best epoch": st.column_config.NumberColumn(format="%.0f"),
        "Epochs": st.column_config.NumberColumn(format="%.0f"),
    }  # fmt: skip


def learning(shown: Shown) -> None:
    """Score against galaxies learned from, of recipes that were trained on several shares."""
    curves = learning_curves(shown.workspace, shown.dataset)
    scores = list(dict.fromkeys(curve.score for curve in curves))
    for score in scores:
        mine = [curve for curve in curves if curve.score == score]
        figure = figures.learning_curves(
            [(f"{_recipe(c.recipe)}{c.label.removeprefix(c.recipe)}", c.points) for c in mine],
            score=score_words.said(score), better="low" if score in LOWER_IS_BETTER else "high",
        )  # fmt: skip
        charts.show(figure, key=f"{shown.key}:learning:{score}", alt="Score by training galaxies")
        st.caption(
            "Validation, calibration and test parts stay the same; a larger share holds the "
            "smaller ones. Bars: standard deviation over seeds, or folds."
        )
    if not curves:
        st.info(
            "How much a recipe would gain from more galaxies is drawn here, once it was trained on "
            "several shares of them.", icon=":material/trending_up:",
        )  # fmt: skip
    if shown.run.kind == KIND:
        _offer(shown)


def _offer(shown: Shown) -> None:
    """Queue the trainings that a learning curve of the training looked at lacks."""
    recipe = str(shown.run.params["recipe"])
    shares = ", ".join(f"{share:.0%}" for share in SHARES)
    if st.button(
        f"Train {plain(_recipe(recipe))} on {shares} of the galaxies",
        key=f"{shown.key}:learn", icon=":material/trending_up:",
        help="With the settings of the training chosen above; what is there is not trained again",
    ):  # fmt: skip
        try:
            asked = submit_learning_curve(
                shown.workspace, shown.dataset.name, recipe, dict(shown.run.params["settings"])
            )
        except TuningForkError as error:
            frame.problem(error)
            return
        st.toast(f"{len(asked)} trainings are queued; Runs shows how far they are.")
