"""First answers without TensorFlow, whose import alone takes seconds: a bundle's LiteRT file.

It stands beside the weights and gives what they give, and the vector of each galaxy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.augmentation import dihedral_views
from astro_core.classifiers.bundle_info import QUICK, BundleInfo, checksum, read_info
from astro_core.classifiers.export_litert import open_litert, write_half
from astro_core.classifiers.feeding import as_input
from astro_core.classifiers.predicting import columns
from astro_core.errors import BadInputError

VECTOR = "embedding"


def write_quick(network: Any, embedding: str, path: Path) -> None:
    """Write a network as a LiteRT file that gives the vector of a galaxy beside its answers.

    Weights are kept in 16 bit, half the size; answers are computed in 32 bit.

    Parameters
    ----------
    embedding : str
        Name of the layer whose output stands for a galaxy.
    """
    import keras

    told = {**network.output, VECTOR: network.get_layer(embedding).output}
    write_half(keras.Model(network.input, told), path)


class Quick:
    """A model that answers by its LiteRT file, on one thread.

    Attributes
    ----------
    info : BundleInfo
    """

    def __init__(self, folder: Path, info: BundleInfo) -> None:
        self.info = info
        self._runner = open_litert(folder / QUICK)

    def answer(
        self, pixels: NDArray[np.uint8], *, views: int | None = None
    ) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
        """Return the answers of every head, not calibrated, and the vectors of the galaxies.

        Parameters
        ----------
        pixels : array of uint8, shape (n, size, size, 3)
            As the bundle's render recipe makes them.
        views : int, optional
            Turned and mirrored views that are averaged, instead of the bundle's own.

        Returns
        -------
        dict of str to array of float32, shape (n, n_outputs)
        array of float32, shape (n, width)
            Of the galaxies as they lie.
        """
        n_views = self.info.views if views is None else views
        told = [self._one(image[None], n_views) for image in pixels]
        answers = {
            head.name: np.array([one[head.name] for one in told], dtype=np.float32).reshape(
                len(told), len(head.outputs)
            )
            for head in self.info.heads
        }
        vectors = np.array([one[VECTOR] for one in told], dtype=np.float32)
        return answers, vectors

    def _one(self, image: NDArray[np.uint8], n_views: int) -> dict[str, NDArray[np.float32]]:
        """Answer for one galaxy: a network of a fixed batch runs fastest."""
        seen = dihedral_views(as_input(image, grey=self.info.grey), n_views)
        sums: dict[str, Any] = {}
        for view, mirrored in seen:
            raw = self._runner.predict_on_batch(np.ascontiguousarray(view))
            sums.setdefault(VECTOR, raw[VECTOR][0])
            for head in self.info.heads:
                values = columns(head, raw[head.name])[0]
                turned = values[list(head.mirror)] if mirrored else values
                sums[head.name] = sums.get(head.name, 0) + turned / len(seen)
        return sums


def open_quick(folder: Path) -> Quick | None:
    """Open a bundle's LiteRT file; None where it has none. TensorFlow is not loaded.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no bundle, or the file was changed since it was saved.
    """
    info = read_info(folder)
    if QUICK not in info.files:
        return None
    path = folder / QUICK
    if not path.is_file() or info.files[QUICK] != checksum(path):
        raise BadInputError(
            f"'{QUICK}' of the model '{info.name}' is not what was saved",
            todo="Import the model again from where it came",
        )
    return Quick(folder, info)
