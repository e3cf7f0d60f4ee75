"""Models that are loaded and laid open for a look."""

from __future__ import annotations

import functools
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.bundle import Bundle, load_bundle
from astro_core.classifiers.bundle_info import INFO
from astro_core.classifiers.registry import MODELS, RECIPES
from astro_core.explain.network import Network, open_network
from astro_core.workflows.explain_networks import find_network
from astro_core.workspace import Workspace

_KEPT = 2  # networks in memory
_loading = threading.Lock()


@dataclass(frozen=True, eq=False)
class Opened:
    """A model that is ready to be looked into."""

    bundle: Bundle
    network: Network

    @property
    def last_conv(self) -> str:
        """Layer that activation maps are taken from: what its recipe says, else the last one."""
        recipe = str(self.bundle.info.training.get("recipe", ""))
        told = MODELS.get(RECIPES.get(recipe).model).last_conv if recipe in RECIPES else ""
        return told if told in self.network.taps else self.network.last_conv()


def open_model(workspace: Workspace, model: str) -> Opened:
    """Load a model, or take the one that is loaded.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    BadInputError
        If a file was changed since it was saved, or cannot be loaded safely.
    """
    folder = find_network(workspace, model)
    with _loading:
        return _open(folder, (folder / INFO).stat().st_mtime_ns)


def open_bundle(workspace: Workspace, model: str) -> Bundle:
    """Load a model that need not be a network, or take the one that is loaded.

    Raises
    ------
    NotFoundError, BadInputError
        As `open_model`.
    """
    folder = find_network(workspace, model)
    with _loading:
        return _load(folder, (folder / INFO).stat().st_mtime_ns)


@functools.lru_cache(maxsize=_KEPT)
def _load(folder: Path, _modified_ns: int) -> Bundle:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return load_bundle(folder)


@functools.lru_cache(maxsize=_KEPT)
def _open(folder: Path, modified_ns: int) -> Opened:
    bundle = _load(folder, modified_ns)
    return Opened(bundle, open_network(bundle.model))
