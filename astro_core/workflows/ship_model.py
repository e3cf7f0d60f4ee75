"""Make a trained model ready to be handed out: small, quick, and able to say what it is not for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.classifiers.bundle import Bundle, BundleInfo, load_bundle, save_bundle
from astro_core.classifiers.bundle_info import QUICK, REFERENCE, SEPARATOR
from astro_core.classifiers.keras_file import halve
from astro_core.classifiers.quick import open_quick, write_quick
from astro_core.classifiers.reference import Reference, make_reference, write_reference
from astro_core.datasets.store import open_dataset
from astro_core.detection import FINDERS
from astro_core.domain import Head, Run
from astro_core.evaluation.intervals import score_intervals
from astro_core.evaluation.report import report
from astro_core.workflows.models import BUNDLE
from astro_core.workflows.shared_heads import taught_by, teachers_of
from astro_core.workflows.stack import open_stack
from astro_core.workflows.train import PARTS_FILE, PREDICTIONS
from astro_core.workspace import Workspace

N_FRAMED = 300  # training galaxies whose boxes say how large they are in the frame
N_COMPARED = 40  # test galaxies on which the quick form is held against the network


def ship_model(workspace: Workspace, run: Run, name: str, folder: Path, notes: str) -> BundleInfo:
    """Write the model of a finished training as it is shipped.

    Weights are rounded to 16-bit precision; a quick form and what the model learned from are put
    beside them, and the card tells intervals and how far the quick form differs.

    Parameters
    ----------
    folder : Path
        Of the shipped model; replaced.
    notes : str
        Where it must not be trusted, for the card, as Markdown.
    """
    bundle = load_bundle(workspace.runs / run.run_id / BUNDLE)
    halve(bundle.model)
    table = pd.read_parquet(workspace.runs / run.run_id / PARTS_FILE)
    pixels = _pixels(workspace, run, bundle.info)
    reference = _reference(bundle, run, table, pixels)
    info = replace(bundle.info, name=name, training=_portable(bundle.info.training))
    beside = {
        QUICK: lambda path: write_quick(bundle.model, info.embedding, path),
        REFERENCE: lambda path: write_reference(reference, path),
    }
    save_bundle(folder, bundle.model, info, beside)
    told = [*_intervals(workspace, run, info), *_of_quick(bundle, folder, table, pixels), notes]
    return save_bundle(folder, bundle.model, replace(info, notes="\n".join(told)), beside)


def _portable(training: Mapping[str, Any]) -> dict[str, Any]:
    """Say of a file with first weights its name alone: where it lay is nobody's business."""
    network = dict(training["network"])
    if network.get("weights_path"):
        network["weights_path"] = Path(network["weights_path"]).name
    return {**training, "network": network}


def _names(run: Run) -> list[str]:
    """Datasets of a training, in the order of its galaxies."""
    return list(taught_by(run.params.get("heads", {}))) or [run.params["dataset"]]


def _pixels(workspace: Workspace, run: Run, info: BundleInfo) -> NDArray[np.uint8]:
    stacks = [open_stack(workspace, open_dataset(workspace, n), info.render) for n in _names(run)]
    return np.concatenate([stack.pixels for stack in stacks if stack is not None])


def _reference(
    bundle: Bundle, run: Run, table: pd.DataFrame, pixels: NDArray[np.uint8]
) -> Reference:
    known = table["answered"].to_numpy()
    train = np.flatnonzero((table["part"] == "train").to_numpy() & known)
    aside = np.flatnonzero(table["part"].isin(("validation", "calibration")).to_numpy() & known)
    names = _names(run)
    ids = table["object_id"].astype(str)
    own = ids if len(names) == 1 else ids.str.split(SEPARATOR, n=1).str[1]
    whose = names * len(ids) if len(names) == 1 else ids.str.split(SEPARATOR, n=1).str[0]
    return make_reference(
        object_ids=own.iloc[train].tolist(),
        datasets=pd.Series(whose).iloc[train].tolist(),
        labels=table["label"].iloc[train].fillna("").tolist(),
        aside_ids=own.iloc[aside].tolist(),
        vectors=bundle.embed(pixels[train]),
        aside=bundle.embed(pixels[aside]),
        pixels=pixels[train],
        framing=_framing(pixels[train]),
    )


def _framing(pixels: NDArray[np.uint8]) -> float | None:
    """Side of the box around the galaxy in the middle as a share of the image's, the usual one."""
    finder, size = FINDERS.get("source-extraction"), pixels.shape[1]
    some = np.random.default_rng(0).permutation(len(pixels))[:N_FRAMED]
    shares = []
    for image in pixels[np.sort(some)]:
        boxes = finder.find(image, finder.params())
        middle = (boxes.corners[:, :2] <= size / 2) & (boxes.corners[:, 2:] >= size / 2)
        sides = boxes.sides.max(axis=1)[middle.all(axis=1)]
        shares += [sides.max() / size] if len(sides) else []
    return float(np.median(shares)) if shares else None


def _intervals(workspace: Workspace, run: Run, info: BundleInfo) -> list[str]:
    """Say between what balanced accuracy lies, for each head with classes."""
    told = pd.read_parquet(workspace.runs / run.run_id / PREDICTIONS)
    tested = told[told["part"] == "test"]
    heads = run.params.get("heads", {})
    lines = ["", "## Intervals", ""]
    for head in info.heads:
        if head.kind != "votes":
            own = f"{teachers_of(heads, head.name)[0]}{SEPARATOR}" if heads else ""
            lines.append(_interval(head, tested[tested["object_id"].str.startswith(own)]))
    return lines


def _interval(head: Head, tested: pd.DataFrame) -> str:
    ours = tested[tested["label"].isin(head.outputs)]
    probabilities = ours[[f"p_{name}" for name in head.outputs]].to_numpy()
    truth = ours["label"].map(head.outputs.index).to_numpy()
    found = report(probabilities, truth, head.outputs)
    span = score_intervals(found.confusion).balanced_accuracy
    return (
        f"- `{head.name}`: balanced accuracy {found.balanced_accuracy:.3f}, 95 % interval "
        f"{span.low:.3f} to {span.high:.3f}, on {found.n:,} galaxies kept aside."
    )


def _of_quick(
    bundle: Bundle, folder: Path, table: pd.DataFrame, pixels: NDArray[np.uint8]
) -> list[str]:
    """Say how far the quick form is from the network, on test galaxies."""
    quick = open_quick(folder)
    assert quick is not None
    tested = np.flatnonzero((table["part"] == "test").to_numpy())
    some = np.sort(np.random.default_rng(0).permutation(tested)[:N_COMPARED])
    ours: dict[str, Any] = bundle.predict(pixels[some], views=1)
    theirs, _ = quick.answer(pixels[some], views=1)
    off = max(float(np.abs(ours[name] - theirs[name]).max()) for name in ours)
    said = f"`{QUICK}` answers as the network does within {off:.1g} on {len(some)} test galaxies."
    return ["", "## Quick form", "", said, ""]
