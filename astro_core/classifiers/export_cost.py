"""What a model loses by being written in another format: size, time for an image, and scores."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.export_formats import Answering, ExportSpec
from astro_core.classifiers.feeding import as_input
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.targets import Targets
from astro_core.domain import Head, Progress, no_progress

_WARM, _CALLS = 5, 40
_CPU = Path("/proc/cpuinfo")


@dataclass(frozen=True, kw_only=True)
class Judges:
    """Galaxies that both forms of a model are asked about.

    Attributes
    ----------
    part : str
        Which ones these are: "validation".
    pixels : array of uint8, shape (n, size, size, 3)
        As the model's render recipe shows them.
    targets : tuple of Targets
        One for each head, with a row per image.
    """

    part: str
    pixels: NDArray[np.uint8]
    targets: tuple[Targets, ...]


def measure(
    spec: ExportSpec,
    path: Path,
    network: Any,
    heads: tuple[Head, ...],
    judges: Judges,
    *,
    grey: bool,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Compare an exported file with the network that it was made from.

    Both see every galaxy once, in one view: an export holds no averaging over views.

    Returns
    -------
    dict
        Plain JSON values: input, its name; size_bytes; latency_ms and keras_latency_ms, the
        median time for one image; machine; part and n; and for each head what `compare` finds.
    """
    export = spec.open(path)
    one = as_input(judges.pixels[:1], grey=grey)
    if not len(one):
        one = np.zeros((1, *network.input_shape[1:]), dtype=np.float32)
    n = len(judges.pixels)
    ours = predict(network, judges.pixels, heads, grey=grey, progress=_half(progress, 0, n))
    theirs = predict(export, judges.pixels, heads, grey=grey, progress=_half(progress, n, n))
    return {
        "input": network.inputs[0].name,
        "size_bytes": path.stat().st_size,
        "latency_ms": latency_ms(export, one),
        "keras_latency_ms": latency_ms(network, one),
        "machine": machine(),
        "part": judges.part,
        "n": n,
        "heads": {
            target.head.name: compare(target, ours[target.head.name], theirs[target.head.name])
            for target in judges.targets
        },
    }


def _half(progress: Progress, done_before: int, n: int) -> Progress:
    return lambda done, _total, _message: progress(done_before + done, 2 * n, "Measuring")


def compare(
    target: Targets, ours: NDArray[np.float32], theirs: NDArray[np.float32]
) -> Mapping[str, Any]:
    """Score the answers of the network and of its export on the galaxies that are known.

    Returns
    -------
    Mapping
        n; score ("accuracy", or "rmse" for votes); keras and export; worse_by, positive where
        the export is worse; largest_difference of any output; for classes n_changed, the
        galaxies with another answer.
    """
    a, b, truth = (values[target.known] for values in (ours, theirs, target.told))
    told: dict[str, Any] = {"n": len(truth)}
    if not len(truth):
        return told
    told["largest_difference"] = float(np.abs(a - b).max())
    if target.head.kind == "votes":
        both = [float(np.sqrt(np.nanmean((values - truth) ** 2))) for values in (a, b)]
        return told | {
            "score": "rmse", "keras": both[0], "export": both[1], "worse_by": both[1] - both[0],
        }  # fmt: skip
    mine, its, right = (values.argmax(axis=1) for values in (a, b, truth))
    both = [float(np.mean(answer == right)) for answer in (mine, its)]
    return told | {
        "score": "accuracy", "keras": both[0], "export": both[1], "worse_by": both[0] - both[1],
        "n_changed": int(np.sum(mine != its)),
    }  # fmt: skip


def latency_ms(model: Answering, image: NDArray[np.float32]) -> float:
    """Median time that one image takes, in milliseconds."""
    seconds = []
    for call in range(_WARM + _CALLS):
        begun = time.perf_counter()
        model.predict_on_batch(image)
        if call >= _WARM:
            seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds) * 1e3)


def machine() -> str:
    """What the times were taken on: the processor's name."""
    for line in _CPU.read_text().splitlines() if _CPU.is_file() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
