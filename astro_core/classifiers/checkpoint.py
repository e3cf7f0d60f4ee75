"""Where a training stands, on disk after every epoch, so that it can be taken up again.

Keras's own backup writes weights and epoch one after the other and keeps neither history nor
the state of other callbacks; here all of it appears in one step, by a rename.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_core.workspace import read_json, write_json

if TYPE_CHECKING:
    import keras

STATE = "state.json"
WEIGHTS = "model.weights.h5"
BEST = "best.weights.h5"
AVERAGE = "average.npz"


class Checkpoint:
    """The newest epoch of a training in a folder.

    Parameters
    ----------
    folder : Path
        Made when it is needed; nothing else may write there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _newest(self) -> Path | None:
        found = sorted(self._folder.glob("epoch-*")) if self._folder.is_dir() else []
        return found[-1] if found else None

    def state(self) -> dict[str, Any]:
        """Return what was saved beside the weights; empty at the very beginning."""
        newest = self._newest()
        found: dict[str, Any] = read_json(newest / STATE) if newest else {}
        return found

    def restore(self, model: keras.Model) -> dict[str, Any]:
        """Give a compiled model the saved weights and optimiser; returns the state."""
        newest = self._newest()
        if newest is None:
            return {}
        model.optimizer.build(model.trainable_variables)
        model.load_weights(newest / WEIGHTS)
        return self.state()

    def average(self) -> list[Any]:
        """Return the averaged weights; empty where none were saved."""
        newest = self._newest()
        if newest is None or not (newest / AVERAGE).exists():
            return []
        with np.load(newest / AVERAGE, allow_pickle=False) as stored:
            return [stored[name] for name in stored.files]

    def save(self, model: keras.Model, state: dict[str, Any], average: list[Any]) -> None:
        """Save an epoch and forget the one before; `state` has its number as "epoch"."""
        half = self._folder / "half"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        model.save_weights(half / WEIGHTS)
        if average:
            np.savez(half / AVERAGE, *average)
        write_json(half / STATE, state)
        before = self._newest()
        half.rename(self._folder / f"epoch-{state['epoch']:06d}")
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)

    def keep_best(self, model: keras.Model) -> None:
        """Keep these weights as the best so far."""
        self._folder.mkdir(parents=True, exist_ok=True)
        half = self._folder / f"half-{BEST}"
        model.save_weights(half)
        half.replace(self._folder / BEST)

    def load_best(self, model: keras.Model) -> None:
        """Give a model the best weights."""
        model.load_weights(self._folder / BEST)
