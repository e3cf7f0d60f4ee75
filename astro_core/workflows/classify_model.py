"""Models that are ready to be asked about pictures, without loading TensorFlow."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle_info import INFO, BundleInfo, read_info
from astro_core.workflows.models import find_model
from astro_core.workflows.predict import calibrated
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.classifiers.quick import Quick
    from astro_core.classifiers.reference import Reference

_KEPT = 4  # models in memory
_opening = threading.Lock()


@dataclass(frozen=True, eq=False)
class Opened:
    """A model and what it was trained on.

    Attributes
    ----------
    quick : Quick or None
        Answers without TensorFlow; None where the model has no such form.
    reference : Reference or None
        Galaxies that it was trained on, in small, where they were kept.
    """

    name: str
    info: BundleInfo
    quick: Quick | None
    reference: Reference | None

    @property
    def framing(self) -> float | None:
        """Side of a training galaxy's box as a share of its crop's, where that is known."""
        return None if self.reference is None else self.reference.framing


def open_classifier(workspace: Workspace, name: str) -> Opened:
    """Open a model, or take the one that is open.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    BadInputError
        If it cannot be read, or a file was changed since it was saved.
    """
    folder = find_model(workspace, name)
    with _opening:
        return _open(folder, name, (folder / INFO).stat().st_mtime_ns)


@functools.lru_cache(maxsize=_KEPT)
def _open(folder: Path, name: str, _modified_ns: int) -> Opened:
    from astro_core.classifiers.quick import open_quick
    from astro_core.classifiers.reference import read_reference

    return Opened(name, read_info(folder), open_quick(folder), read_reference(folder))


def answer(
    model: Opened, crops: NDArray[np.uint8]
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32] | None]:
    """Ask a model about galaxies.

    Returns
    -------
    answers : dict of str to array of float32, shape (n, n_outputs)
        By head, calibrated where the model is.
    vectors : array of float32, shape (n, width), or None
        What stands for each galaxy, where the model has such a vector.
    """
    assert model.quick is not None
    raw, vectors = model.quick.answer(crops)
    info = model.info
    told = {head.name: calibrated(head, raw[head.name], info.calibration) for head in info.heads}
    return told, vectors
