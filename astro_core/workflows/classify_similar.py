"""Images of the training galaxies that a galaxy in a picture is like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.store import open_dataset
from astro_core.errors import NotFoundError
from astro_core.workflows.classified import Similar
from astro_core.workflows.object_rows import object_table
from astro_core.workflows.stack import stamps
from astro_core.workspace import Workspace


def similar_images(
    workspace: Workspace, similar: Sequence[Similar]
) -> dict[Similar, NDArray[np.uint8]]:
    """Return images of training galaxies, as their dataset shows them, shape (size, size, 3).

    Left out are those whose dataset is not in the workspace, or has no such image any more.
    """
    by_dataset = defaultdict(list)
    for one in similar:
        by_dataset[one.dataset].append(one)
    images = {}
    for name, ones in by_dataset.items():
        try:
            dataset = open_dataset(workspace, name)
        except NotFoundError:
            continue
        rows = object_table(dataset).index.get_indexer([one.object_id for one in ones])
        there = [one for one, row in zip(ones, rows, strict=True) if row >= 0]
        shown, good = stamps(workspace, dataset, dataset.recipe, [one.object_id for one in there])
        images |= {one: shown[i] for i, one in enumerate(there) if good[i]}
    return images
