"""The plane of the two strongest principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Features, Progress
from astro_core.errors import BadInputError

_COMPONENTS = "pca"  # features of this extractor are principal components already


@dataclass(frozen=True, kw_only=True)
class PcaPlaneParams:
    """Settings of the plane of principal components: there are none."""


def pca_plane(
    features: Features,
    params: PcaPlaneParams,  # noqa: ARG001 - every method has the same shape
    progress: Progress,
) -> tuple[NDArray[np.float32], str]:
    """Project galaxies onto the two directions in which their features vary most.

    Features that are principal components already keep their first two: if they were whitened,
    all directions vary alike and a second analysis would pick two by chance.

    Returns
    -------
    xy : array of float32, shape (n_objects, 2)
    note : str
        The share of the variance that the plane holds.

    Raises
    ------
    BadInputError
        For a single feature.
    """
    from sklearn.decomposition import PCA

    n, n_features = features.values.shape
    if n_features < 2:
        raise BadInputError(
            "Principal components need at least two features",
            given=", ".join(features.names),
            todo="Choose UMAP or other features",
        )
    if features.extractor == _COMPONENTS:
        return features.values[:, :2].copy(), "The first two principal components of the stamps."
    progress(0, n, "Principal components")
    found = PCA(n_components=2, svd_solver="full")
    xy = found.fit_transform(features.values.astype(np.float64)).astype(np.float32)
    progress(n, n, "Principal components")
    first, second = 100 * found.explained_variance_ratio_
    return xy, f"The two directions hold {first:.0f} % and {second:.0f} % of the variance."
