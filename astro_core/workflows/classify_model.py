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
from astro_core.errors import BadInputError
from astro_core.params import digest
from astro_core.runs import desk
from astro_core.workflows.explain import explanation_state, wait
from astro_core.workflows.explain_store import Said, keep_images, path_of, read_stored
from astro_core.workflows.models import find_model
from astro_core.workflows.predict import calibrated
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.classifiers.quick import Quick
    from astro_core.classifiers.reference import Reference

DESK = "astro_core.workflows.classify_desk:answer"
LONGEST_S = 90.0  # TensorFlow and a large ensemble take half of it to load
FEW = 12  # galaxies of a picture that are each looked at from all sides
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


def n_views(model: Opened, n_galaxies: int) -> int:
    """From how many sides each galaxy is looked at: fewer where somebody would wait for many."""
    many = n_galaxies > FEW and model.quick is not None
    return 1 if many else model.info.views


def answer(
    workspace: Workspace, model: Opened, crops: NDArray[np.uint8]
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32] | None]:
    """Ask a model about galaxies.

    A model with a quick form answers here and now. Any other is asked in the process that keeps
    networks loaded; its first answer takes as long as TensorFlow does to load.

    Returns
    -------
    answers : dict of str to array of float32, shape (n, n_outputs)
        By head, calibrated where the model is.
    vectors : array of float32, shape (n, width), or None
        What stands for each galaxy, where the model has such a vector.

    Raises
    ------
    BadInputError
        If the model cannot be loaded, or does not answer in time.
    """
    if model.quick is not None:
        raw, vectors = model.quick.answer(crops, views=n_views(model, len(crops)))
    else:
        raw, vectors = _at_the_desk(workspace, model, crops)
    info = model.info
    told = {head.name: calibrated(head, raw[head.name], info.calibration) for head in info.heads}
    return told, vectors


def _at_the_desk(
    workspace: Workspace, model: Opened, crops: NDArray[np.uint8]
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32] | None]:
    images = keep_images(workspace, crops)
    asked = {"model": model.name, "images": images}
    key = f"said-{digest([images, model.info.files[model.info.weights]])}"
    if not path_of(workspace, key).is_file():
        desk.ask(workspace, key, DESK, asked | {"key": key}, quick=True, again=True)
        wait(workspace, key, LONGEST_S)
    state = explanation_state(workspace, key)
    if state.state != "done":
        raise BadInputError(
            f"The model '{model.name}' did not answer", given=state.error, todo="Ask it again"
        )
    said = read_stored(workspace, key)
    assert isinstance(said, Said)
    ends = np.cumsum([len(head.outputs) for head in model.info.heads])[:-1]
    parts = np.split(said.answers, ends, axis=1)
    raw = {head.name: part for head, part in zip(model.info.heads, parts, strict=True)}
    return raw, said.vectors if said.vectors.shape[1] else None
