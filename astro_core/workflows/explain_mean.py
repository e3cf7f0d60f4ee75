"""Where a model looks, on the mean over galaxies that it got right and wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core import runs
from astro_core.classifiers.bundle import Bundle, read_info
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Head
from astro_core.errors import BadInputError
from astro_core.explain.gradcam import cam_batch, cam_layer
from astro_core.explain.network import Network
from astro_core.explain.results import Maps
from astro_core.params import digest
from astro_core.runs import RUN_KINDS, Run, RunContext, RunKind
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.explain import question
from astro_core.workflows.explain_model import open_model
from astro_core.workflows.explain_networks import find_network
from astro_core.workflows.explain_store import MeanMaps, path_of, read_stored, write_stored
from astro_core.workflows.stack import open_stack
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workspace import Workspace

KIND = "explain-mean"
GROUPS = ("right", "missed", "taken")
N_EACH = 100  # galaxies of each group that are averaged
N_ASKED = 2000  # galaxies that the model is asked about, at most
PART, ALL = "test", "all"
_BATCH = 16


def submit_mean_maps(
    workspace: Workspace, model: str, dataset: str, output: str, *, head: str = "", part: str = PART
) -> Run:
    """Have the maps of one class averaged over galaxies that a model got right and wrong.

    Parameters
    ----------
    output : str
        The class.
    part : str
        Part of the dataset that galaxies are drawn from, or "all". A dataset that the model was
        not trained on is taken whole.

    Raises
    ------
    NotFoundError, BadInputError
        See `explain`; also for a head of vote fractions, which has no right and wrong.
    """
    key = mean_key(workspace, model, dataset, output, head=head, part=part)
    asked = {
        "model": model,
        "dataset": dataset,
        "output": output,
        "head": head,
        "part": part,
        "key": key,
    }
    run_id = runs.submit(workspace, KIND, asked, title=f"Mean maps of {output} by {model}")
    return runs.get_run(workspace, run_id)


def mean_key(
    workspace: Workspace, model: str, dataset: str, output: str, *, head: str = "", part: str = PART
) -> str:
    """Name of the mean maps of a class."""
    asked = question(workspace, model, dataset, "", "integrated", head=head, output=output)
    chosen = read_info(find_network(workspace, model)).head(asked["head"])
    if chosen.kind == "votes":
        raise BadInputError(
            "Vote fractions are not right or wrong", todo="Choose a model that tells classes"
        )
    if not output:
        raise BadInputError(
            "Mean maps are maps of one class", expected="one of " + ", ".join(chosen.outputs)
        )
    return digest({"mean of": asked["key"], "part": part, "n": N_EACH, "labels": "as learned"})


def find_mean_maps(
    workspace: Workspace, model: str, dataset: str, output: str, *, head: str = "", part: str = PART
) -> str | None:
    """Return the key of mean maps that are there already, else None."""
    key = mean_key(workspace, model, dataset, output, head=head, part=part)
    return key if path_of(workspace, key).is_file() else None


def open_mean_maps(workspace: Workspace, key: str) -> MeanMaps:
    """Open mean maps.

    Raises
    ------
    NotFoundError
        If there are none of that key.
    """
    found = read_stored(workspace, key)
    assert isinstance(found, MeanMaps)
    return found


def run_mean_maps(context: RunContext) -> dict[str, Any]:
    """Run kind "explain-mean". Params: model, dataset, head, output, part, key."""
    asked, workspace = context.params, context.workspace
    dataset = open_dataset(workspace, asked["dataset"])
    opened = open_model(workspace, asked["model"])
    bundle, network = opened.bundle, opened.network
    head = bundle.info.head(asked["head"]) if asked["head"] else bundle.info.heads[0]
    build_stack(context, dataset, bundle.info.render)
    drawn = _draw(workspace, dataset, bundle, head, asked)
    pixels = open_stack(workspace, dataset, bundle.info.render).pixels
    answers = bundle.predict(pixels[drawn.rows], progress=context.progress)[head.name]
    groups = _groups(drawn.labels, answers.argmax(axis=1), head.outputs.index(asked["output"]))
    layer = cam_layer(network, opened.last_conv)
    means = [
        _mean(context, network, head, layer, asked["output"], pixels, drawn.rows[members])
        for members in groups
    ]
    found = MeanMaps(
        model=asked["model"],
        dataset=dataset.name,
        head=head.name,
        output=asked["output"],
        part=drawn.part,
        n_asked=len(drawn.rows),
        layer=layer,
        groups=GROUPS,
        n_objects=np.array([len(members) for members in groups]),
        n_maps=np.array([min(len(members), N_EACH) for members in groups]),
        n_zero=np.array([mean.n_zero for mean in means]),
        maps=Maps(outputs=GROUPS, values=np.stack([m.map for m in means]), size_px=network.size),
        images=np.stack([mean.image for mean in means]),
        object_ids=tuple(tuple(drawn.ids[members[:N_EACH]].tolist()) for members in groups),
    )
    write_stored(workspace, asked["key"], found)
    counts = dict(zip(GROUPS, found.n_objects.tolist(), strict=True))
    return {"key": asked["key"], "part": drawn.part, "n_asked": len(drawn.rows)} | counts


@dataclass(frozen=True)
class _Drawn:
    """Labelled galaxies: row in the stack, id, and place of the label among the classes."""

    rows: NDArray[np.intp]
    ids: NDArray[Any]
    labels: NDArray[np.intp]
    part: str


def _draw(
    workspace: Workspace, dataset: Dataset, bundle: Bundle, head: Head, asked: dict[str, Any]
) -> _Drawn:
    stack = open_stack(workspace, dataset, bundle.info.render)
    assert stack is not None
    told = _told(workspace, dataset, bundle, asked["model"])
    part = asked["part"] if "part" in told else ALL
    if part != ALL:
        told = told[told["part"] == part]
    labels = told.set_index("object_id")["label"].reindex(stack.object_ids)
    places = pd.Index(head.outputs).get_indexer(pd.Index(labels.to_numpy(), dtype=object))
    rows = np.flatnonzero(stack.ok & (places >= 0))
    if not len(rows):
        raise BadInputError(
            "There is no galaxy whose label the model knows", todo="Choose another dataset or part"
        )
    rows = np.random.default_rng(0).permutation(rows)[:N_ASKED]
    return _Drawn(rows, stack.object_ids.to_numpy()[rows], places[rows], part)


def _told(workspace: Workspace, dataset: Dataset, bundle: Bundle, model: str) -> pd.DataFrame:
    """Labels with their parts as the training had them; of another dataset the catalogue's."""
    dealt = workspace.runs / model.partition("/")[0] / PREDICTIONS
    if bundle.info.fingerprint == dataset.fingerprint and dealt.is_file():
        return pd.read_parquet(dealt, columns=["object_id", "label", "part"])
    return read_catalogue(dataset, ["object_id", "label"])


def _groups(
    labels: NDArray[np.intp], answers: NDArray[np.intp], place: int
) -> tuple[NDArray[np.intp], ...]:
    """Return who is right, missed and taken, as places in the sample."""
    is_one, said_one = labels == place, answers == place
    return tuple(map(np.flatnonzero, (is_one & said_one, is_one & ~said_one, ~is_one & said_one)))


@dataclass(frozen=True)
class _Mean:
    map: NDArray[np.float32]
    image: NDArray[np.uint8]
    n_zero: int


def _mean(
    context: RunContext,
    network: Network,
    head: Head,
    layer: str,
    output: str,
    pixels: NDArray[np.uint8],
    rows: NDArray[np.intp],
) -> _Mean:
    """Average maps, each scaled to its own maximum, and images of some galaxies."""
    rows, place = rows[:N_EACH], head.outputs.index(output)
    total = np.zeros(network.tap(layer).shape[1:3], dtype=np.float64)
    image = np.zeros((network.size, network.size, 3))
    n_zero = 0
    for start in range(0, len(rows), _BATCH):
        context.progress(start, len(rows), "Mapping")
        part = np.asarray(pixels[rows[start : start + _BATCH]])
        maps = np.maximum(cam_batch(network, part, head, layer)[0][:, place], 0)
        tops = maps.max(axis=(1, 2), keepdims=True)
        total += np.divide(maps, tops, out=np.zeros_like(maps), where=tops > 0).sum(axis=0)
        n_zero += int((tops <= 0).sum())
        image += part.sum(axis=0)
    n = max(1, len(rows))
    return _Mean((total / n).astype(np.float32), (image / n).round().astype(np.uint8), n_zero)


RUN_KINDS.add(RunKind(name=KIND, label="Mean maps", function=run_mean_maps, quick=True))
