"""What each recipe reaches on a dataset, and what it costs.

    python benchmarks/study_recipes.py galaxyzoo1-3 --recipes fork,galaxy10-dropout-bn --seeds 0,1
    python benchmarks/study_recipes.py galaxyzoo1-3 --table

trains each recipe on the workspace's dataset (``TUNINGFORK_WORKSPACE``) as it stands, once for
each seed, and prints a table of all such trainings: mean and standard deviation over the seeds of
the scores on the test part. What is trained already is not trained again, so the command goes on
where it was stopped; ``--table`` only prints. A seed deals the parts, draws the first weights and
orders the galaxies. The last column is what a recipe lacks of ours, with the interval of 95 % of
the paired bootstrap, on the test galaxies of the first seed that both were trained with.

Time is processor time of all epochs (both cores count), which other work on the machine changes
little; a forest tells none.
"""

import argparse

import pandas as pd

from astro_core import runs
from astro_core.domain import Run
from astro_core.workflows.compare_answers import compare_answers
from astro_core.workflows.train import KIND, submit_training
from astro_core.workflows.training_plan import RECIPES, plan_training
from astro_core.workflows.training_state import best_epoch, read_history, read_json_or
from astro_core.workspace import Workspace, current

SHOWN = {
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro F1",
    "ece": "ECE",
    "rmse": "RMSE",
    "rmse_of_mean": "RMSE of the mean vote",
}
OURS = ("fork", "fork-votes")
BEHIND = "less ours [95 %]"
HEAD = ("recipe", "seeds", "n", *SHOWN.values(), BEHIND, "best epoch", "epochs", "CPU min",
        "parameters")  # fmt: skip


def as_it_stands(workspace: Workspace, dataset: str) -> list[Run]:
    """Finished trainings with what the recipe says today, one for each recipe and seed."""
    found: dict[tuple[str, int], Run] = {}
    for run in runs.list_runs(workspace):  # the newest first
        ours = run.kind == KIND and run.state == "done" and run.params["dataset"] == dataset
        if ours and _unchanged(workspace, run):
            found.setdefault(_asked(run), run)
    return list(found.values())


def _unchanged(workspace: Workspace, run: Run) -> bool:
    """Whether the training had the settings that its recipe has now, but for the seed.

    A setting that came later does nothing as it stands.
    """
    recipe, seed = _asked(run)
    now = plan_training(recipe, {"seed": seed}).to_json()
    had = read_json_or(workspace.runs / run.run_id / "config.json", {})
    return all(had[part].items() <= now[part].items() for part in ("training", "network"))


def _asked(run: Run) -> tuple[str, int]:
    return run.params["recipe"], int(run.params["settings"].get("seed", 0))


def train_missing(workspace: Workspace, dataset: str, recipes: list[str], seeds: list[int]) -> None:
    done = set(map(_asked, as_it_stands(workspace, dataset)))
    for seed in seeds:
        for recipe in recipes:
            if (recipe, seed) in done:
                continue
            print(f"{recipe}, seed {seed}", flush=True)
            run = runs.wait(workspace, submit_training(workspace, dataset, recipe, {"seed": seed}))
            if run.state != "done":
                print(f"  {run.state}: {run.error}", flush=True)


def row(workspace: Workspace, run: Run) -> dict:
    history = read_history(workspace, run.run_id)
    cpu = history["cpu_seconds"].sum() / 60 if "cpu_seconds" in history else float("nan")
    scores = run.result["scores"]["test"]
    return {
        "recipe": run.params["recipe"],
        "n": scores["n"],
        **{said: scores[name] for name, said in SHOWN.items() if name in scores},
        "best epoch": best_epoch(history),
        "epochs": run.result["epochs"],
        "CPU min": cpu,
        "parameters": run.result.get("parameters"),
    }


def behind_ours(workspace: Workspace, dataset: str) -> dict[str, str]:
    """By recipe, its first score less that of ours on the same test galaxies."""
    by_asked = {_asked(run): run.run_id for run in as_it_stands(workspace, dataset)}
    found = {}
    for recipe, seed in sorted(by_asked, key=lambda asked: asked[1]):
        pairs = [by_asked[ours, seed] for ours in OURS if (ours, seed) in by_asked]
        if recipe in (*OURS, *found) or not pairs:
            continue
        same = compare_answers(workspace, [by_asked[recipe, seed], pairs[0]], against=pairs[0])
        first = next(name for name in SHOWN if name in same.differences)
        test = same.differences[first][by_asked[recipe, seed]]
        found[recipe] = f"{test.difference:+.3f} [{test.low:+.3f}, {test.high:+.3f}]"
    return found


def told(values: pd.Series, name: str) -> str:
    """Mean and spread over the seeds, in as many places as they mean."""
    known = values.dropna().astype(float)
    if known.empty:
        return ""
    if name in ("n", "parameters", "best epoch", "epochs"):
        return f"{known.median():,.0f}"
    places = 1 if name == "CPU min" else 3
    spread = f" ± {known.std():.{places}f}" if len(known) > 1 and places == 3 else ""
    return f"{known.mean():.{places}f}{spread}"


def markdown(workspace: Workspace, dataset: str) -> str:
    """Return the table, the best recipe first."""
    found = pd.DataFrame([row(workspace, run) for run in as_it_stands(workspace, dataset)])
    if found.empty:
        return f"No training of a recipe as it stands on '{dataset}' yet."
    first = next(name for name in SHOWN.values() if name in found)
    means = found.groupby("recipe")[first].mean().sort_values(ascending=first == "RMSE")
    behind = behind_ours(workspace, dataset)
    columns = [name for name in HEAD if name in found or name in ("seeds", BEHIND)]
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for recipe in means.index:
        ours = found[found["recipe"] == recipe]
        said = {"recipe": f"`{recipe}`", "seeds": str(len(ours)), BEHIND: behind.get(recipe, "")}
        cells = [said[name] if name in said else told(ours[name], name) for name in columns]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dataset")
    parser.add_argument("--recipes", default=",".join(spec.name for spec in RECIPES))
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--table", action="store_true", help="Only print what is there.")
    options = parser.parse_args()
    workspace = current()
    if not options.table:
        seeds = [int(seed) for seed in options.seeds.split(",")]
        train_missing(workspace, options.dataset, options.recipes.split(","), seeds)
    print(markdown(workspace, options.dataset))


if __name__ == "__main__":
    main()
