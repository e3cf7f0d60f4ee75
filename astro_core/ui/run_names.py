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
    """The fewest words by which each run is told from the others.

    The recipe; where several have it also folds and what was changed; then when it was made.
    """
    levels = [[words(run) for run in found] for words in (_recipe, short_name, _dated, _whole)]
    often = [Counter(names) for names in levels]
    return {
        run.run_id: next(
            (names[at] for names, times in zip(levels, often, strict=True) if times[names[at]] < 2),
            levels[-1][at],
        )
        for at, run in enumerate(found)
    }


def _recipe(run: Run) -> str:
    name = str(run.params.get("recipe") or run.params.get("model") or run.title)
    return RECIPES.get(name).label if name in RECIPES else name


def short_name(run: Run) -> str:
    """Recipe, number of folds, and what was changed."""
    folds = f"{run.params['folds']} folds" if "folds" in run.params else ""
    changed = changed_words(run) if "recipe" in run.params else ""
    if len(changed) > _MOST:
        changed = changed[:_MOST].rsplit(",", 1)[0] + ", ..."
    return " · ".join(part for part in (_recipe(run), folds, changed) if part)


def _dated(run: Run) -> str:
    return f"{short_name(run)} · {datetime.fromisoformat(run.created_at):%d %b %H:%M}"


def _whole(run: Run) -> str:
    return f"{_dated(run)} · {run.run_id[-4:]}"
