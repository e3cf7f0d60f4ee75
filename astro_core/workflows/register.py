"""Imports every workflow that registers a kind of run; workers of the engine import this."""

# ruff: noqa: F401 - each of them registers itself
from astro_core.workflows import (
    build_stack,
    catalogue,
    cluster,
    cluster_report_run,
    demo,
    download_survey,
    explain_mean,
    export,
    extend_dataset,
    feature_run,
    folds,
    import_dataset,
    inspect_path,
    judge_model,
    maps,
    model_export_run,
    predict,
    queue_members,
    render_dataset,
    rerank,
    train,
    train_finder,
    train_together,
    tune,
)
