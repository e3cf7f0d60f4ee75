"""Principal components a batch at a time, in the memory of one batch.

The update is the one of scikit-learn's `IncrementalPCA` (Ross et al. 2008, IJCV 77, 125): the
components so far, weighted with their singular values, the new rows and a row for the shift of
the mean are decomposed together. Scikit-learn takes the singular values of that wide matrix
directly. Here they come from its Gram matrix, which has a side of a few hundred and is summed in
double precision: the same components, to a relative 1e-7 of the largest singular value, some thirty
times faster for images.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 8192  # columns at a time, so that the double precision copy stays small
_SMALLEST = 1e-5  # singular values below this share of the largest are rounding
_TINY = float(np.finfo(np.float32).tiny)


class IncrementalComponents:
    """The leading principal components of the rows seen so far.

    Parameters
    ----------
    n_components : int

    Attributes
    ----------
    components : array of float32, shape (n_components, n_columns)
        Orthonormal rows, the strongest first; zeros where the rows have fewer directions.
    singular_values : array of float64, shape (n_components,)
    mean : array of float64, shape (n_columns,)
    n_seen : int
        Rows so far.
    scatter : float
        Sum over all rows and columns of the squared distance from the mean.
    """

    def __init__(self, n_components: int) -> None:
        self.n_components = n_components
        self.components: NDArray[np.float32] = np.empty((0, 0), dtype=np.float32)
        self.singular_values: NDArray[np.float64] = np.empty(0)
        self.mean: NDArray[np.float64] = np.empty(0)
        self.n_seen = 0
        self.scatter = 0.0

    def update(self, rows: NDArray[np.float32]) -> None:
        """Take in a batch of at least `n_components` rows, shape (n, n_columns); kept as it is."""
        from scipy.linalg import eigh

        n, before = len(rows), self.n_seen
        batch_mean = rows.mean(axis=0, dtype=np.float64)
        stacked = self._stacked(rows, batch_mean)
        gram = _gram(stacked)
        old = len(stacked) - n - 1 if before else 0
        self.scatter += float(np.trace(gram[old:, old:]))
        size = len(gram)
        squares, weights = eigh(gram, subset_by_index=[size - self.n_components, size - 1])
        self.singular_values = np.sqrt(np.maximum(squares[::-1], 0.0))
        self.components = self._directions(weights[:, ::-1], stacked)
        self.n_seen = before + n
        self.mean = (
            batch_mean if not before else self.mean + (batch_mean - self.mean) * n / self.n_seen
        )

    def _stacked(
        self, rows: NDArray[np.float32], batch_mean: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        n, before = len(rows), self.n_seen
        if not before:
            return rows - batch_mean.astype(np.float32)
        old = len(self.components)
        stacked = np.empty((old + n + 1, rows.shape[1]), dtype=np.float32)
        np.multiply(
            self.components, self.singular_values[:, None], out=stacked[:old], casting="same_kind"
        )
        np.subtract(rows, batch_mean.astype(np.float32), out=stacked[old:-1])
        stacked[-1] = np.sqrt(before / (before + n) * n) * (self.mean - batch_mean)
        return stacked

    def _directions(
        self, weights: NDArray[np.float64], stacked: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        values = self.singular_values
        sound = values > _SMALLEST * max(float(values[0]), _TINY)
        inverse = np.divide(1.0, values, out=np.zeros_like(values), where=sound)
        return (weights * inverse).T.astype(np.float32) @ stacked

    @property
    def rank(self) -> int:
        """Components that are more than rounding."""
        return int((self.components != 0).any(axis=1).sum())

    @property
    def explained(self) -> NDArray[np.float64]:
        """Share of the total variance that each component explains, shape (n_components,)."""
        return self.singular_values**2 / self.scatter if self.scatter else 0 * self.singular_values

    def signed(self) -> NDArray[np.float32]:
        """Components whose largest entry is positive, so that the sign is not left to chance."""
        largest = np.abs(self.components).argmax(axis=1)
        signs = np.sign(self.components[np.arange(len(largest)), largest])
        return self.components * np.where(signs < 0, -1, 1).astype(np.float32)[:, None]

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything there is, as arrays."""
        return {
            "components": self.components,
            "singular_values": self.singular_values,
            "mean": self.mean,
            "n_seen": np.array(self.n_seen),
            "scatter": np.array(self.scatter),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[Any]]) -> IncrementalComponents:
        """Go on from what `state` returned; the result is the same to the last bit."""
        made = cls(len(state["components"]))
        made.components, made.mean = state["components"], state["mean"]
        made.singular_values = state["singular_values"]
        made.n_seen, made.scatter = int(state["n_seen"]), float(state["scatter"])
        return made


def _gram(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Inner products of all pairs of rows, summed in double precision, shape (n, n)."""
    out = np.zeros((len(rows), len(rows)))
    for start in range(0, rows.shape[1], _BLOCK):
        block = rows[:, start : start + _BLOCK].astype(np.float64)
        out += block @ block.T
    return out
