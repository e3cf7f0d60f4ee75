"""Every setting of a training in a table."""

from __future__ import annotations

from html import escape

from astro_core.params import describe
from astro_core.workflows.training_compare import written
from astro_core.workflows.training_plan import plan_training, training_settings
from astro_core.workflows.training_state import TrainingState


def settings_table(state: TrainingState) -> str:
    """HTML of every setting; those that are not the recipe's own are marked."""
    changed = dict(state.run.params.get("settings", {}))
    plan = plan_training(state.recipe, changed)
    rows = []
    ours, its = training_settings(plan.recipe), describe(plan.network)
    for params, infos in ((plan.training, ours), (plan.network, its)):
        for info in infos:
            value = getattr(params, info.name)
            mark = "changed" if info.name in changed else ""
            unit = f" {info.unit}" if info.unit else ""
            rows.append(
                f"<tr><th>{escape(info.label)}</th><td>{escape(written(value) + unit)}</td>"
                f"<td>{mark}</td></tr>"
            )
    said = escape(plan.recipe.label)
    return f'<table class="tf-measures"><caption>{said}</caption>{"".join(rows)}</table>'
