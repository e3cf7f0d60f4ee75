"""Train a model that is shipped, and write it to data/models; what is trained already is kept.

    python tools/ship_models.py sdss-morphology --data ../shared/data --weights lite0.weights.h5
    python tools/ship_models.py sky-objects --data ../shared/data
    python tools/ship_models.py demo-morphology

The sets of real images are read from the folder; tools/lite0_weights.py makes the first weights of
the first model. The detector has a tool of its own, ship_finder.py.
"""

import argparse
from pathlib import Path

from astro_core import runs
from astro_core.domain import Run
from astro_core.workflows.models import SHIPPED
from astro_core.workflows.shared_heads import taught_by
from astro_core.workflows.ship_model import ship_model
from astro_core.workflows.train import KIND, submit_training
from astro_core.workflows.train_together import KIND as TOGETHER
from astro_core.workflows.train_together import submit_training_together
from astro_core.workspace import Workspace, current

SPIRALS = "spiral=spiral_clockwise+spiral_anticlockwise,elliptical,edge_on"
IMPORTS = {
    "galaxyzoo1-3": {"path": "galaxyzoo1", "classes": SPIRALS},
    "galaxychallenge": {"path": "galaxychallenge", "classes": "smooth,featured,odd"},
    "galaxyzoo2": {"path": "galaxyzoo2"},
    "skyobjects": {"path": "skyobjects"},
}
SKIES = {  # the second one judges what learned from the first
    "finder-sky": {"objects": 4000, "seed": 20},
    "judge": {"objects": 1500, "seed": 6},
}
TRAININGS = {
    "sdss-morphology": {
        "recipe": "morphology",
        "heads": {
            "shape": ["galaxyzoo1-3"],
            "features": ["galaxychallenge"],
            "votes": ["galaxyzoo2", "galaxychallenge"],
        },
    },
    "sky-objects": {"recipe": "fork", "dataset": "skyobjects"},
    "demo-morphology": {"recipe": "fork", "dataset": "finder-sky", "settings": {"crop_px": 0}},
}
NOTES = Path(__file__).with_name("ship_notes")  # a file for each model: where not to trust it


def prepare(workspace: Workspace, name: str, data: Path | None) -> None:
    """Have a dataset in the workspace."""
    if (workspace.datasets / name).is_dir():
        return
    if name in SKIES:
        kind, params = "demo", {**SKIES[name], "name": name}
    else:
        if data is None:
            raise SystemExit(f"'{name}' is made of real images: name their folder with --data")
        told = IMPORTS[name]
        place = str((data / told["path"]).resolve())
        kind, params = "import", {**told, "name": name, "path": place}
    run = runs.execute(workspace, kind, params, title=f"Preparing {name}")
    if run.state != "done":
        raise SystemExit(run.error)


def trained(workspace: Workspace, name: str, settings: dict) -> Run:
    """The newest finished training of this kind with these settings, or a new one."""
    told = TRAININGS[name]
    kind = TOGETHER if "heads" in told else KIND
    names = {key: told[key] for key in ("heads", "dataset") if key in told}
    wanted = {**names, "recipe": told["recipe"], "settings": settings}
    for run in runs.list_runs(workspace):
        if run.kind == kind and run.state == "done" and run.params == wanted:
            return run
    if kind == TOGETHER:
        run_id = submit_training_together(workspace, told["heads"], told["recipe"], settings)
    else:
        run_id = submit_training(workspace, told["dataset"], told["recipe"], settings)
    print(f"Run {run_id}", flush=True)
    run = runs.wait(workspace, run_id)
    if run.state != "done":
        raise SystemExit(run.error)
    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=TRAININGS)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    told, workspace = TRAININGS[asked.model], current()
    for name in taught_by(told["heads"]) if "heads" in told else (told["dataset"],):
        prepare(workspace, name, asked.data)
    settings = told.get("settings", {}) | ({"seed": asked.seed} if asked.seed else {})
    if asked.weights:
        settings |= {"weights": "file", "weights_path": str(asked.weights.resolve())}
    run = trained(workspace, asked.model, settings)
    notes = (NOTES / f"{asked.model}.md").read_text(encoding="utf-8")
    info = ship_model(workspace, run, asked.model, SHIPPED / asked.model, notes)
    size = sum(f.stat().st_size for f in (SHIPPED / asked.model).iterdir())
    print(f"{info.name}: {size / 1e6:.1f} MB in {SHIPPED / asked.model}")


if __name__ == "__main__":
    main()
