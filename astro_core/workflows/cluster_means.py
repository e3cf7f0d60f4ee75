"""Mean images of the members of each group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset
from astro_core.imaging import resize_square
from astro_core.workflows.cluster_overview import check_current
from astro_core.workflows.clustering_files import clustering_path
from astro_core.workflows.clustering_store import open_clustering
from astro_core.workflows.stack import Stack, open_stack, render_now
from astro_core.workspace import Workspace, whole_file

MEAN_PX = 160  # what a card of a group shows
_READ_BYTES = 600_000_000  # of a stack, for all groups together
_MOST_FROM_STACK = 1_000
_MOST_RENDERED = 24
_BLOCK = 128


def mean_images(
    workspace: Workspace, dataset: Dataset, key: str, size_px: int = MEAN_PX
) -> dict[int, NDArray[np.uint8]]:
    """Mean image of the members of each group under the dataset's own recipe; kept on disk.

    Of a large group it is the mean of a seeded sample: up to 1,000 members where the images are
    prepared (a pixel stack), up to 24 where they are not; `mean_image_counts` says of how many.

    Parameters
    ----------
    size_px : int
        Side of the images in pixels.

    Returns
    -------
    dict of int to array of uint8, shape (size_px, size_px, 3)
        By group, -1 (noise) among them; a group without a readable image is left out.

    Raises
    ------
    NotFoundError
        If there is no such grouping.
    ConflictError
        If the grouping is not of the dataset as it is now.
    """
    return _means(workspace, dataset, key, size_px)[0]


def mean_image_counts(
    workspace: Workspace, dataset: Dataset, key: str, size_px: int = MEAN_PX
) -> dict[int, int]:
    """Of how many members each mean image is made."""
    return _means(workspace, dataset, key, size_px)[1]


def _means(
    workspace: Workspace, dataset: Dataset, key: str, size_px: int
) -> tuple[dict[int, NDArray[np.uint8]], dict[int, int]]:
    check_current(workspace, dataset, key)
    stack = open_stack(workspace, dataset, dataset.recipe)
    how = "rendered" if stack is None else "stack"
    file = f"means-{dataset.recipe.key}-{size_px}-{how}.npz"
    path = clustering_path(workspace, key) / file
    if not path.is_file():
        _write(path, *_make(workspace, dataset, key, size_px, stack))
    with np.load(path, allow_pickle=False) as stored:
        groups = stored["groups"].tolist()
        images = dict(zip(groups, stored["images"], strict=True))
        return images, dict(zip(groups, stored["counts"].tolist(), strict=True))


def _write(path: Path, images: dict[int, NDArray[np.uint8]], counts: dict[int, int]) -> None:
    stacked = np.stack(list(images.values())) if images else np.empty((0, 0, 0, 3), np.uint8)
    with whole_file(path) as half, half.open("wb") as stream:
        np.savez(
            stream, groups=np.array(list(images), dtype=np.int64), images=stacked,
            counts=np.array([counts[g] for g in images], dtype=np.int64), allow_pickle=False,
        )  # fmt: skip


def _make(
    workspace: Workspace, dataset: Dataset, key: str, size_px: int, stack: Stack | None
) -> tuple[dict[int, NDArray[np.uint8]], dict[int, int]]:
    result = open_clustering(workspace, key)
    ids = np.array(result.object_ids, dtype=object)
    groups = [int(g) for g in np.unique(result.labels)]
    most = _most(stack, len(groups))
    images, counts = {}, {}
    for group in groups:
        members = ids[np.flatnonzero(result.labels == group)]
        if len(members) > most:
            rng = np.random.default_rng([0, group + 1])
            members = members[np.sort(rng.choice(len(members), most, replace=False))]
        total, n = _sum(dataset, stack, members.tolist())
        if n:
            mean = np.rint(total / n).astype(np.uint8)
            images[group], counts[group] = resize_square(mean, size_px), n
    return images, counts


def _most(stack: Stack | None, n_groups: int) -> int:
    if stack is None:
        return _MOST_RENDERED
    stamp_bytes = int(np.prod(stack.pixels.shape[1:]))
    return int(np.clip(_READ_BYTES // (n_groups * stamp_bytes), _MOST_RENDERED, _MOST_FROM_STACK))


def _sum(dataset: Dataset, stack: Stack | None, ids: list[str]) -> tuple[NDArray[Any], int]:
    """Sum of the images of objects, and how many of them could be read."""
    total: NDArray[Any] = np.zeros((dataset.recipe.size_px,) * 2 + (3,), dtype=np.uint32)
    n = 0
    for start in range(0, len(ids), _BLOCK):
        block = ids[start : start + _BLOCK]
        if stack is None:
            images, reasons = render_now(dataset, dataset.recipe, block)
            good = np.array([not reason for reason in reasons])
        else:
            images, good = stack.take(block)
        total += images[good].sum(axis=0, dtype=np.uint32)
        n += int(good.sum())
    return total, n
