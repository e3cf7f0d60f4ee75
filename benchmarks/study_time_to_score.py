"""How soon does our recipe reach the best validation score of another one?

    python benchmarks/study_time_to_score.py galaxyzoo1 --seeds 5 --out /tmp/study

takes a dataset of the workspace (``TUNINGFORK_WORKSPACE``) and trains both recipes with each seed,
on the same images in the same process, one after the other. The score is balanced accuracy on the
validation part, taken after every epoch with the weights that would be kept; the clock counts the
epochs alone, with validation and saving, and not the measuring. Our recipe is stopped where it has
reached the other's best. Trainings are kept in ``--out``: a study that was stopped goes on where
it was. ``times.csv`` has a row per seed and recipe.

It is a study and no benchmark because it takes hours; ``--epochs`` makes it short, to try it.
"""

import argparse
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import pandas as pd

from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.fitting import fit
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.registry import MODELS
from astro_core.datasets.store import open_dataset
from astro_core.domain import Cancelled
from astro_core.evaluation.report import report
from astro_core.runs import execute
from astro_core.workflows.stack import open_stack
from astro_core.workflows.training_plan import plan_training, render_recipe, training_data
from astro_core.workspace import current

OURS, PEER = "fork", "galaxy10-dropout-bn"
GOAL = 0.5
SCORE = "val_balanced_accuracy"


def balanced_accuracy(part, grey, model):
    """Balanced accuracy of a network on the labelled galaxies of a part."""
    target = part.targets[0]
    rows = part.rows[target.known[part.rows]]
    answers = predict(model, part.pixels[rows], (target.head,), grey=grey)[target.head.name]
    told = report(answers, target.truth[rows].argmax(axis=1), target.head.outputs)
    return {SCORE: told.balanced_accuracy}


def images(workspace, dataset, params):
    """The dataset as a recipe sees it, rendered if it was not yet."""
    recipe = render_recipe(dataset, params)
    if open_stack(workspace, dataset, recipe) is None:
        settings = {"dataset": dataset.name, "recipe": recipe.to_json()}
        run = execute(workspace, "pixels", settings, title="Images for a study")
        if run.state != "done":
            raise SystemExit(run.error)
    return open_stack(workspace, dataset, recipe)


def history(workspace, dataset, recipe, settings, folder, until=np.inf):
    """Train a recipe's classes with a seed until a score is reached; one row per epoch."""
    kept = folder / "history.csv"
    if kept.is_file():
        return pd.read_csv(kept)
    plan = plan_training(recipe, settings)
    params, spec = plan.training, MODELS.get(plan.recipe.model)
    stack = images(workspace, dataset, params)
    data = training_data(dataset, plan, stack.ok)
    targets = (data.targets[0],)  # votes are not what is raced for
    training, validation = (
        TrainingSet(pixels=stack.pixels, targets=targets, rows=data.rows(part, targets[0]))
        for part in ("train", "validation")
    )
    shape = (params.size_px, params.size_px, 1 if params.grey else 3)
    build = partial(spec.build, shape, (targets[0].head,), plan.network)
    measure = partial(balanced_accuracy, validation, params.grey)
    print(f"{recipe}, {settings}: {len(training.rows):,} galaxies", flush=True)
    so_far = []

    def on_epoch(found):
        so_far[:] = found
        if found[-1][SCORE] >= until:
            raise Cancelled

    whole = []
    with suppress(Cancelled):
        whole = fit(
            build, training, validation, params, folder, on_epoch=on_epoch, measure=measure
        ).history
    found = pd.DataFrame(whole or so_far)
    found.to_csv(kept, index=False)
    return found


def seconds_to(found, score):
    """Seconds until a score is reached; infinite where it never is."""
    reached = found[SCORE].to_numpy() >= score - 1e-9
    times = found["seconds"].cumsum().to_numpy()
    return float(times[reached.argmax()]) if reached.any() else float("inf")


def race(workspace, dataset, seed, asked):
    """Both recipes with one seed: how long each took to the peer's best score."""
    settings = {"seed": seed} | ({"epochs": asked.epochs} if asked.epochs else {})
    peer = history(workspace, dataset, PEER, settings, asked.out / f"{PEER}-{seed}")
    best = float(peer[SCORE].max())
    ours = history(workspace, dataset, OURS, settings, asked.out / f"{OURS}-{seed}", best)
    return [
        {
            "seed": seed, "recipe": name, "peers_best": best,
            "seconds_to_peers_best": seconds_to(h, best), "epochs": len(h),
        }
        for name, h in ((PEER, peer), (OURS, ours))
    ]  # fmt: skip


def told(table):
    """Print the medians and whether the goal is met."""
    times = table.pivot_table(index="seed", columns="recipe", values="seconds_to_peers_best")
    ours, peer = times[OURS].median(), times[PEER].median()
    print(table.to_string(index=False, float_format=lambda v: f"{v:.3f}"))
    print(f"To the best score of {PEER}: {peer:.0f} s, {OURS} {ours:.0f} s, medians over "
          f"{len(times)} seeds: {ours / peer:.2f} of its time (goal {GOAL})")  # fmt: skip
    paired = (times[OURS] / times[PEER]).replace(np.inf, np.nan)
    print(f"Seed by seed: {', '.join(f'{v:.2f}' for v in paired)} (nan: never reached)")
    return ours <= GOAL * peer


def main():
    asking = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asking.add_argument("dataset")
    asking.add_argument("--seeds", type=int, default=5)
    asking.add_argument("--epochs", type=int, default=0, help="of both; 0 takes the recipes' own")
    asking.add_argument("--out", type=Path, required=True)
    asked = asking.parse_args()
    print("load average", *(f"{value:.1f}" for value in os.getloadavg()))
    workspace = current()
    dataset, rows = open_dataset(workspace, asked.dataset), []
    asked.out.mkdir(parents=True, exist_ok=True)
    for seed in range(asked.seeds):
        rows += race(workspace, dataset, seed, asked)
        pd.DataFrame(rows).to_csv(asked.out / "times.csv", index=False)
    return 0 if told(pd.DataFrame(rows)) else 1


if __name__ == "__main__":
    sys.exit(main())
