"""What trainings are called where there is little room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Run
from astro_core.workflows.training_compare import changed_words

_MOST = 60  # characters of what was changed


def short_names(found: Sequence[Run]) -> dict[str, str]:
    """Recipe and what was changed of each run; when it was made, where two read alike."""
    names = {run.run_id: short_name(run) for run in found}
    often = Counter(names.values())
    when = {run.run_id: f"{datetime.fromisoformat(run.created_at):%d %b %H:%M}" for run in found}
    told = {i: f"{name} · {when[i]}" if often[name] > 1 else name for i, name in names.items()}
    often = Counter(told.values())
    return {i: f"{name} · {i[-4:]}" if often[name] > 1 else name for i, name in told.items()}


def short_name(run: Run) -> str:
    """Recipe, number of folds, and what was changed."""
    recipe = str(run.params.get("recipe") or run.params.get("model") or run.title)
    label = RECIPES.get(recipe).label if recipe in RECIPES else recipe
    folds = f"{run.params['folds']} folds" if "folds" in run.params else ""
    changed = changed_words(run) if "recipe" in run.params else ""
    if len(changed) > _MOST:
        changed = changed[:_MOST].rsplit(",", 1)[0] + ", ..."
    return " · ".join(part for part in (label, folds, changed) if part)
