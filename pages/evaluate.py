"""Evaluate: judge a finished training by galaxies that it was not trained on."""

from astro_core.ui import (
    cluster_act,
    evaluate_cached,
    evaluate_controls,
    evaluate_views,
    frame,
)
from astro_core.ui import evaluate_state as state

workspace = frame.page("Evaluate", "How far can it be trusted?")
dataset = frame.open_dataset_or_stop(workspace)
shown = state.read(workspace, dataset)
if not shown.trainings:
    evaluate_controls.first(shown)
    frame.empty(
        "A finished training of this dataset is judged here: scores, mistakes, and what its "
        "probabilities are worth.",
        {"Train a model": "train"},
    )

evaluate_controls.row(shown)
evaluate_controls.waiting(shown)
with frame.in_words():
    found = evaluate_cached.answers(shown)
    if found is None:
        evaluate_views.votes(shown)
    else:
        evaluate_views.panel(shown, found)
cluster_act.opened(shown)
