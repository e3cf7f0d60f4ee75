"""The layers of a network that can be looked at, read from its file without loading Keras."""

from __future__ import annotations

import functools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core.classifiers.bundle_info import read_info
from astro_core.explain.layers import CONVOLUTIONS, POOLINGS
from astro_core.workflows.explain_networks import find_network
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer whose maps can be looked at.

    Attributes
    ----------
    name : str
        With the backbone it is in: "vgg16/block5_conv3".
    kind : "convolution" or "pooling"
    n_filters : int
        0 where it has none of its own: pooling, and convolutions of each map by itself.
    """

    name: str
    kind: str
    n_filters: int


def model_layers(workspace: Workspace, model: str) -> tuple[Layer, ...]:
    """List the convolutions and poolings of a network, in the order of its file.

    Raises
    ------
    NotFoundError
        If there is no such model.
    """
    folder = find_network(workspace, model)
    info = read_info(folder)
    if info.kind != "keras":
        return ()
    path = folder / info.weights
    return _layers(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _layers(path: Path, _modified_ns: int) -> tuple[Layer, ...]:
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    return tuple(_walk(config, ""))


def _walk(config: dict[str, Any], prefix: str) -> Iterator[Layer]:
    for layer in config["config"].get("layers", ()):
        name = prefix + layer["config"]["name"]
        if "layers" in layer["config"]:
            yield from _walk(layer, f"{name}/")
        elif layer["class_name"] in CONVOLUTIONS:
            filters = int(layer["config"].get("filters") or 0)
            yield Layer(name=name, kind="convolution", n_filters=filters)
        elif layer["class_name"] in POOLINGS:
            yield Layer(name=name, kind="pooling", n_filters=0)
