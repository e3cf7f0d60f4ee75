"""The runs that compute features: over the stamps of a dataset, or object by object."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.store import open_dataset
from astro_core.domain import Progress
from astro_core.errors import BadInputError
from astro_core.features.registry import StampSource
from astro_core.features.scaling import standardise
from astro_core.params import to_mapping
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.feature_parts import (
    FileCheckpoint,
    Measured,
    count_measured,
    measure_rows,
    part_path,
    read_part,
)
from astro_core.workflows.feature_plan import FeaturePlan, plan_features
from astro_core.workflows.feature_store import (
    FeatureSet,
    NewFeatures,
    describe_features,
    open_model,
    partial_path,
    write_features,
)
from astro_core.workflows.features import OBJECT_RUN, STAMP_RUN, find_features
from astro_core.workflows.object_rows import object_table, write_plan
from astro_core.workflows.stack import Stack, open_stack


def run_features(context: RunContext) -> dict[str, Any]:
    """Run kinds "features" and "features-objects". Params as `submit_features` writes them."""
    asked = context.params
    dataset = open_dataset(context.workspace, asked["dataset"])
    plan = plan_features(
        dataset, asked["extractor"], asked["params"], sample=asked["sample"], seed=asked["seed"]
    )
    if find_features(context.workspace, plan) is None:
        started = time.monotonic()
        new = _learn(context, plan) if plan.spec.learn else _measure(context, plan)
        object_table(dataset)  # it may have been changed or deleted meanwhile
        new = replace(new, about=replace(new.about, seconds=time.monotonic() - started))
        write_features(context.workspace, new)
    return _result(context, plan.key)


def _result(context: RunContext, key: str) -> dict[str, Any]:
    about = describe_features(context.workspace, key)
    explained = open_model(context.workspace, key).get("explained")
    context.progress(about.n_objects, about.n_objects, about.summary)
    return {
        "key": key,
        "extractor": about.extractor,
        "n": about.n_objects,
        "n_features": about.n_features,
        "n_bad": about.n_bad,
        "explained_variance": None if explained is None else float(explained.sum()),
        "summary": about.summary,
        "notes": list(about.notes),
    }


def _about(plan: FeaturePlan, new: pd.DataFrame, problems: pd.DataFrame, **more: Any) -> FeatureSet:
    return FeatureSet(
        key=plan.key,
        extractor=plan.spec.name,
        label=plan.spec.label,
        params=to_mapping(plan.params),
        n_objects=len(new),
        n_bad=len(problems),
        created_at=datetime.now(UTC).isoformat(),
        notes=plan.notes,
        sample=plan.sample,
        seed=plan.seed,
        recipe=plan.recipe.to_json() if plan.recipe else None,
        dataset=plan.dataset.name,
        fingerprint=plan.dataset.fingerprint,
        **more,
    )


def _learn(context: RunContext, plan: FeaturePlan) -> NewFeatures:
    """Render what is not rendered yet, and have the extractor look at it."""
    assert plan.spec.learn is not None
    assert plan.recipe is not None
    n = plan.dataset.n_objects
    stack = open_stack(context.workspace, plan.dataset, plan.recipe)
    rendered = 0
    if stack is None:
        build_stack(context, plan.dataset, plan.recipe, progress=_scaled(context, 0, n, 3 * n))
        stack = open_stack(context.workspace, plan.dataset, plan.recipe)
        rendered = n
    assert stack is not None
    rows = plan.rows()
    source = _source(stack, rows[stack.ok[rows]])
    learned = plan.spec.learn(
        source,
        plan.params,
        _scaled(context, rendered, 2 * n, rendered + 2 * n),
        FileCheckpoint(partial_path(context.workspace, plan.key)),
    )
    frame = stack.objects.frame
    objects = frame.loc[source.rows, ["object_id"]].reset_index(drop=True)
    bad = rows[~stack.ok[rows]]
    problems = frame.loc[bad, ["object_id", "reason"]].reset_index(drop=True)
    n_features = len(learned.names)
    return NewFeatures(
        about=_about(plan, objects, problems, n_features=n_features, summary=learned.summary),
        values=learned.values,
        names=learned.names,
        objects=objects,
        problems=problems,
        model=learned.model,
    )


def _scaled(context: RunContext, before: int, share: int, total: int) -> Progress:
    """Let one step of several count as `share` of `total`, so that time left can be told."""

    def report(done: int, of: int, message: str = "") -> None:
        context.progress(before + (share * done // of if of else 0), total, message)

    return report


def _source(stack: Stack, rows: NDArray[np.intp]) -> StampSource:
    pixels = stack.pixels
    assert isinstance(pixels, np.memmap)
    return StampSource(
        path=Path(str(pixels.filename)), offset=pixels.offset, size_px=pixels.shape[1], rows=rows
    )


def _measure(context: RunContext, plan: FeaturePlan) -> NewFeatures:
    """Have objects measured on all workers, and put together what they wrote down."""
    assert plan.spec.names is not None
    found = _measure_all(context, plan)
    table = pd.DataFrame([{"object_id": one["object_id"], **one["values"]} for one in found])
    fine = np.array([not one["reason"] for one in found], dtype=bool)
    problems = pd.DataFrame(
        [(one["object_id"], one["reason"]) for one in found if one["reason"]],
        columns=["object_id", "reason"],
        dtype=str,
    )
    if not fine.any():
        # kept, the same reasons would be read again when the images are back
        shutil.rmtree(partial_path(context.workspace, plan.key), ignore_errors=True)
        raise BadInputError(f"Not one galaxy could be measured: {problems['reason'].iloc[0]}")
    names = plan.spec.names(plan.dataset, plan.params)
    table = table.loc[fine].reset_index(drop=True)
    measured = table.reindex(columns=list(names)).to_numpy(dtype=np.float64)
    values, mean, scale = standardise(np.where(np.isfinite(measured), measured, np.nan))
    summary = _summary(plan, table, problems, names)
    return NewFeatures(
        about=_about(plan, table, problems, n_features=len(names), summary=summary),
        values=values,
        names=names,
        objects=table,
        problems=problems,
        model={"mean": mean, "scale": scale},
    )


def _measure_all(context: RunContext, plan: FeaturePlan) -> list[Measured]:
    """Measure what no earlier run has measured; returns one entry per object, in order."""
    frame = object_table(plan.dataset).frame.iloc[plan.rows()].reset_index(drop=True)
    made = context.workspace.scratch_folder("measure")
    write_plan(made, plan.dataset, frame)
    parts = partial_path(context.workspace, plan.key)
    fixed = {
        "plan": str(made),
        "parts": str(parts),
        "extractor": plan.spec.name,
        "params": to_mapping(plan.params),
    }
    n, step = len(frame), plan.spec.chunk
    pieces = [{"start": i, "stop": min(i + step, n)} for i in range(0, n, step)]
    before = count_measured(parts)
    message = plan.spec.label + (f" ({before:,} were measured before)" if before else "")
    context.progress(0, n - before, message)
    for _ in context.map(measure_rows, [fixed | piece for piece in pieces]):
        context.progress(count_measured(parts) - before, n - before, message)
    by_id: dict[str, Measured] = {}
    for piece in pieces:
        for one in read_part(part_path(parts, **piece)):
            by_id[one["object_id"]] = one
    return [by_id[object_id] for object_id in frame["object_id"]]


def _summary(
    plan: FeaturePlan, table: pd.DataFrame, problems: pd.DataFrame, names: tuple[str, ...]
) -> str:
    if plan.spec.summarise is not None:
        return plan.spec.summarise(table)
    failed = f"; {len(problems):,} could not be measured" if len(problems) else ""
    return f"{len(names)} statistics of {len(table):,} galaxies{failed}"


for _name, _holds in ((STAMP_RUN, True), (OBJECT_RUN, False)):
    RUN_KINDS.add(
        RunKind(name=_name, label="Compute features", function=run_features, holds_worker=_holds)
    )
