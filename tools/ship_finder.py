"""Train the galaxy finder that is shipped, judge it on another sky, and write it to data/models.

    python tools/ship_finder.py
    python tools/ship_finder.py --run RUN

simulates both skies if the workspace lacks them, and trains unless a training is named that was
done already. What it is judged by are stamps and fields that it never saw, scored in five parts.
"""

import argparse

from ship_models import prepare

from astro_core import runs
from astro_core.datasets.store import open_dataset
from astro_core.detection.finder_bundle import tell_scores
from astro_core.workflows.finders import find_finder
from astro_core.workflows.models import SHIPPED
from astro_core.workflows.score_finder import deal_pictures, finds, score_folds, search
from astro_core.workflows.train_finder import FINDER, copy_finder, submit_finder_training
from astro_core.workspace import Workspace, current

LEARNED = ("finder-sky", "finder-sky-fields")
EPOCHS = 120
STAMPS = "Central galaxy, stamps of another simulated survey"
FIELDS = "Crowded fields of another simulated survey"
TASKS = {STAMPS: "judge", FIELDS: "judge-fields"}
FEW = "ar_1"  # means nothing where a picture holds many galaxies
SHOWN = ("map_50", "map_50_95", "ar_1", "ar_100")


def trained(workspace: Workspace) -> str:
    """Train the finder; returns the run's id."""
    run_id = submit_finder_training(workspace, LEARNED, {"epochs": EPOCHS})
    print(f"Run {run_id}", flush=True)
    run = runs.wait(workspace, run_id)
    if run.state != "done":
        raise SystemExit(run.error)
    return run_id


def judged(workspace: Workspace, run_id: str, name: str) -> dict[str, float]:
    """Mean and standard deviation over five parts of a dataset, and how many pictures it has."""
    dataset = open_dataset(workspace, name)
    found = search(dataset, finds(find_finder(workspace, run_id)))
    rows = score_folds(found, deal_pictures(dataset))
    told = {"n_pictures": dataset.n_objects, "n_parts": len(rows)}
    for score in (each for each in SHOWN if name == TASKS[STAMPS] or each != FEW):
        told[score] = round(float(rows[score].mean()), 4)
        told[f"{score}_sd"] = round(float(rows[score].std()), 4)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", help="A finished training; without it, a new one.")
    asked, workspace = parser.parse_args(), current()
    for name in (LEARNED[0], TASKS[STAMPS]):
        prepare(workspace, name, None)
    run_id = asked.run or trained(workspace)
    metrics = {task: judged(workspace, run_id, name) for task, name in TASKS.items()}
    copy_finder(workspace, run_id, SHIPPED / FINDER)
    for task, scores in tell_scores(SHIPPED / FINDER, metrics).metrics.items():
        print(task, scores)


if __name__ == "__main__":
    main()
