"""A trained model with all that using it takes, in one folder.

``bundle.json`` says what it is and holds a checksum of every other file; ``model.keras`` or
``forest.skops`` are the weights, and ``card.md`` tells a person. An ensemble has the bundles of its
members inside, and ``ensemble.json`` says what each counts. Nothing is ever unpickled.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle_card import write_card
from astro_core.classifiers.bundle_info import CARD, BundleInfo, checksum, read_info, write_info
from astro_core.classifiers.predicting import embed, predict
from astro_core.domain import Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.workspace import publish

__all__ = [
    "Bundle",
    "BundleInfo",
    "check_bundle",
    "check_files",
    "load_bundle",
    "read_info",
    "save_bundle",
]


def save_bundle(
    folder: Path,
    model: Any,
    info: BundleInfo,
    beside: Mapping[str, Callable[[Path], None]] | None = None,
) -> BundleInfo:
    """Write a model as a bundle, whole or not at all.

    Parameters
    ----------
    folder : Path
        Replaced if it is there.
    model : keras.Model, Forest or Ensemble
    beside : Mapping, optional
        What writes other files of the bundle, by their names, see `BundleInfo.may_hold`.

    Returns
    -------
    BundleInfo
        With the checksums.
    """
    made = folder.with_name(f"{folder.name}-half")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    inside = _save_model(made, model, info)
    for name, write in (beside or {}).items():
        write(made / name)
    write_card(made / CARD, info)
    names = (info.weights, CARD, *inside, *(beside or ()))
    whole = replace(info, files={name: checksum(made / name) for name in names})
    write_info(made, whole)
    publish(made, folder)
    return whole


def _save_model(made: Path, model: Any, info: BundleInfo) -> tuple[str, ...]:
    """Write the weights; returns what else was written."""
    if info.kind == "ensemble":
        from astro_core.classifiers.ensemble_file import save_ensemble

        return save_ensemble(model, made, info, save_bundle)
    if info.kind == "forest":
        from astro_core.classifiers.forest_file import save_forest

        save_forest(model, made / info.weights)
    else:
        from astro_core.classifiers.keras_file import save_network

        save_network(model, made / info.weights)
    return ()


@dataclass(frozen=True)
class Bundle:
    """A model that is ready to answer."""

    info: BundleInfo
    model: Any

    def predict(
        self,
        pixels: NDArray[np.uint8],
        *,
        views: int | None = None,
        progress: Progress = no_progress,
    ) -> dict[str, NDArray[np.float32]]:
        """Return the answers of every head; images as the bundle's render recipe makes them.

        Parameters
        ----------
        pixels : array of uint8, shape (n, size, size, 3)
        views : int, optional
            Instead of the bundle's own.

        Raises
        ------
        BadInputError
            If the images have another size.
        """
        self._check(pixels)
        return predict(
            self.model,
            pixels,
            self.info.heads,
            grey=self.info.grey,
            views=self.info.views if views is None else views,
            progress=progress,
        )

    def embed(
        self, pixels: NDArray[np.uint8], progress: Progress = no_progress
    ) -> NDArray[np.float32]:
        """Return the vector that stands for each galaxy, shape (n, width).

        Raises
        ------
        BadInputError
            If the images have another size, or the model has no such vector.
        """
        self._check(pixels)
        if not self.info.embedding:
            raise BadInputError(
                f"The model '{self.info.name}' gives no vectors", todo="Choose a network"
            )
        return embed(
            self.model, self.info.embedding, pixels, grey=self.info.grey, progress=progress
        )

    def _check(self, pixels: NDArray[np.uint8]) -> None:
        size = self.info.render.size_px
        if pixels.dtype != np.uint8 or pixels.shape[1:] != (size, size, 3):
            raise BadInputError(
                "These images are not as the model takes them",
                expected=f"{size} x {size} px in three colours of one byte",
                given=f"an array of shape {pixels.shape} and type {pixels.dtype}",
            )


def check_files(folder: Path) -> BundleInfo:
    """Compare every file of a bundle with its checksum, and return what it says of itself.

    Raises
    ------
    NotFoundError
        If there is no bundle.
    BadInputError
        If a file is missing or was changed since it was saved.
    """
    info = read_info(folder)
    for name in {info.weights, *info.files}:
        path = folder / name
        if not info.may_hold(name) or not path.is_file():
            raise BadInputError(
                f"The model '{info.name}' lacks '{name}'",
                todo="Import the model again from where it came",
            )
        if info.files.get(name) != checksum(path):
            raise BadInputError(
                f"'{name}' of the model '{info.name}' is not what was saved",
                todo="Import the model again from where it came",
            )
    return info


def load_bundle(folder: Path) -> Bundle:
    """Load a model.

    Raises
    ------
    NotFoundError
        If there is no bundle.
    BadInputError
        If a file was changed since it was saved, or cannot be loaded safely.
    """
    info = check_files(folder)
    if info.kind == "forest":
        return Bundle(info, _load_forest(folder, info))
    if info.kind == "ensemble":
        from astro_core.classifiers.ensemble_file import load_ensemble

        return Bundle(info, load_ensemble(folder, info, load_bundle))
    from astro_core.classifiers.keras_file import load_network

    shape = (info.render.size_px, info.render.size_px, 1 if info.grey else 3)
    return Bundle(info, load_network(folder / info.weights, info.heads, shape, info.embedding))


def _load_forest(folder: Path, info: BundleInfo) -> Any:
    from astro_core.classifiers.forest_file import load_forest

    n_features = info.render.size_px**2 * (1 if info.grey else 3)
    return load_forest(folder / info.weights, info.heads[0], n_features)


def check_bundle(folder: Path) -> BundleInfo:
    """Look into every file of a bundle for what must not be there, without loading Keras.

    Raises
    ------
    NotFoundError, BadInputError
        As `load_bundle`.
    """
    info = check_files(folder)
    if info.kind == "forest":
        _load_forest(folder, info)
    elif info.kind == "ensemble":
        from astro_core.classifiers.ensemble_file import check_members

        for member in check_members(folder, info):
            check_bundle(member)
    else:
        from astro_core.classifiers.keras_file import check_network_file

        check_network_file(folder / info.weights)
    return info
