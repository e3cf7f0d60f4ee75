"""What a grouping found: sizes, classes, agreement, validity, typical and strangest members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.domain import Dataset
from astro_core.workspace import Workspace

MEAN_PX = 96


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What a grouping found.

    Attributes
    ----------
    sizes : Series
        Members per group; the index is the group's number, -1 (noise) last where there is any.
    class_counts : DataFrame
        Members per group (rows, as in `sizes`) and class (columns, in the taxonomy's order); the
        empty name stands for "no label".
    agreement : Mapping
        Measures of agreement with the classes, over members with a class, and their number "n";
        empty without labels.
    validity : Mapping
        Internal measures, and the number "n" of members that they were computed on.
    typical, strangest : Mapping of int to tuple of str
        Object ids per group, the most typical or the strangest first.
    """

    sizes: pd.Series
    class_counts: pd.DataFrame
    agreement: Mapping[str, Any]
    validity: Mapping[str, Any]
    typical: Mapping[int, tuple[str, ...]]
    strangest: Mapping[int, tuple[str, ...]]


def overview(workspace: Workspace, dataset: Dataset, key: str) -> Overview:
    """Say what a grouping found; kept on disk."""
    raise NotImplementedError


def mean_images(
    workspace: Workspace, dataset: Dataset, key: str, size_px: int = MEAN_PX
) -> dict[int, NDArray[np.uint8]]:
    """Mean image of the members of each group, shape (size_px, size_px, 3); kept on disk."""
    raise NotImplementedError


def mean_image_counts(workspace: Workspace, dataset: Dataset, key: str) -> dict[int, int]:
    """Of how many members each mean image is made."""
    raise NotImplementedError
