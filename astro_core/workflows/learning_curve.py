"""How the score of a recipe grows with the number of galaxies it learns from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.classifiers.registry import RECIPES
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import digest
from astro_core.workflows import folds
from astro_core.workflows.answer_files import about
from astro_core.workflows.train import KIND, PARTS_FILE, submit_training
from astro_core.workflows.training_compare import changed_words
from astro_core.workflows.training_plan import plan_training
from astro_core.workspace import Workspace

SHARES = (0.1, 0.25, 0.5, 1.0)
LEADING = ("balanced_accuracy", "rmse")
_VARIED = ("train_share", "seed")


@dataclass(frozen=True, kw_only=True, eq=False)
class LearningCurve:
    """Trainings that differ in nothing but the galaxies learned from, and the seed.

    Attributes
    ----------
    changed : str
        Settings that are not the recipe's, in words.
    judged_by : str
        "test", or "5 folds".
    score : str
        "balanced_accuracy" or "rmse".
    points : DataFrame
        By number of training galaxies: share, n_train, mean, sd (over seeds, or folds; missing
        for a single training), n_runs (trainings that the mean is of), n (galaxies judged by).
    """

    recipe: str
    changed: str
    judged_by: str
    score: str
    points: pd.DataFrame

    @property
    def label(self) -> str:
        """The curve in a few words."""
        said = "" if self.judged_by == "test" else self.judged_by
        return " · ".join(part for part in (self.recipe, self.changed, said) if part)


def submit_learning_curve(
    workspace: Workspace,
    dataset: str,
    recipe: str,
    settings: Mapping[str, Any],
    shares: Sequence[float] = SHARES,
) -> list[str]:
    """Have a recipe trained on growing shares of the training galaxies; returns the runs' ids.

    A training that is there already, or going on, is not asked for again.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For fewer than two shares, or as `submit_training` does.
    """
    wanted = sorted({float(share) for share in shares})
    if len(wanted) < 2:
        raise BadInputError("A learning curve needs two shares or more", given=str(shares))
    now = open_dataset(workspace, dataset).fingerprint
    there = {
        digest(training_values(run.params["recipe"], run.params["settings"]))
        for run in runs.list_runs(workspace)
        if run.kind == KIND
        and run.params.get("dataset") == dataset
        and run.params["recipe"] in RECIPES
        and run.state not in ("failed", "cancelled")
        and _fingerprint(workspace, run) in ("", now)
    }
    asked = []
    for share in wanted:
        its = {k: v for k, v in settings.items() if k != "train_share"}
        its |= {"train_share": share} if share < 1 else {}
        if digest(training_values(recipe, its)) not in there:
            asked.append(submit_training(workspace, dataset, recipe, its))
    return asked


def learning_curves(workspace: Workspace, dataset: Dataset) -> tuple[LearningCurve, ...]:
    """Collect what finished trainings of a dataset tell, where two or more shares were used."""
    rows = [
        row
        for run in runs.list_runs(workspace)
        if run.state == "done" and run.params.get("dataset") == dataset.name
        for row in _rows(workspace, run)
    ]
    if not rows:
        return ()
    table = pd.DataFrame(rows)
    found = []
    for _, members in table.groupby(["same", "judged_by", "score"], sort=False):
        if len(set(members["share"])) > 1:
            one = members.iloc[0]
            found.append(
                LearningCurve(
                    recipe=one["recipe"], changed=one["changed"], judged_by=one["judged_by"],
                    score=one["score"], points=_points(members),
                )
            )  # fmt: skip
    return tuple(found)


def training_values(recipe: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a training, however they were written; other ones are other trainings."""
    plan = plan_training(recipe, settings).to_json()
    found: dict[str, Any] = plan["training"] | plan["network"] | {"recipe": recipe}
    return found


def _points(members: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for share, same in members.groupby("share", sort=True):
        single = len(same) == 1
        rows.append(
            {
                "share": share,
                "n_train": round(same["n_train"].mean()),
                "mean": same["value"].mean(),
                "sd": same["sd"].iloc[0] if single else same["value"].std(ddof=1),
                "n_runs": int(same["trainings"].sum()),
                "n": int(same["n"].iloc[0]),
            }
        )
    return pd.DataFrame(rows)


def _rows(workspace: Workspace, run: Run) -> list[dict[str, Any]]:
    scores = run.result.get("scores", {})
    if run.params.get("recipe") not in RECIPES:
        return []
    if run.kind == KIND and "test" in scores:
        judged, its, sd, trainings = "test", scores["test"], {}, 1
        n_train = run.result.get("n_train") or _n_train(workspace, run)
    elif run.kind == folds.KIND and "mean" in scores:
        trainings = int(run.result["n_folds"])
        judged, its, sd = f"{trainings} folds", scores["mean"], scores["sd"]
        n_train = float(pd.Series(run.result["n_train"]).mean())
    else:
        return []
    values = training_values(run.params["recipe"], run.params["settings"])
    own = {k: values[k] for k in run.params["settings"] if k not in _VARIED}
    data = {"data": _fingerprint(workspace, run)}
    same = digest({k: v for k, v in values.items() if k not in _VARIED} | _said(run) | data)
    name = next((name for name in LEADING if name in its), None)
    if name is None or n_train is None:
        return []
    return [
        {
            "same": same, "judged_by": judged, "score": name,
            "recipe": str(run.params["recipe"]), "changed": changed_words(_with(run, own)),
            "share": values["train_share"], "n_train": n_train,
            "value": its[name], "sd": sd.get(name, float("nan")), "trainings": trainings,
            "n": its["n"],
        }
    ]  # fmt: skip


def _fingerprint(workspace: Workspace, run: Run) -> str:
    """Of the galaxies that were learned from: a dataset keeps its name when it is extended."""
    try:
        return about(workspace, run.run_id).fingerprint
    except NotFoundError:
        return ""


def _said(run: Run) -> dict[str, str]:
    """What tells the labels of one day from those of another, where people's were learned."""
    return {"said": run.result["labels"]["digest"]} if "labels" in run.result else {}


def _with(run: Run, settings: dict[str, Any]) -> Run:
    return replace(run, params={**run.params, "settings": settings})


def _n_train(workspace: Workspace, run: Run) -> int | None:
    """Galaxies that an older training learned from."""
    path = workspace.runs / run.run_id / PARTS_FILE
    if not path.is_file():
        return None
    table = pd.read_parquet(path, columns=["label", "part"])
    return int(((table["part"] == "train") & table["label"].notna()).sum())
