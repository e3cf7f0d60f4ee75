"""What one number of groups and one seed mean for each method."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from astro_core.clustering import CLUSTERERS
from astro_core.errors import BadInputError
from astro_core.params import describe
from astro_core.workflows.cluster import settings

N_CLUSTERS = 12


def near_square(n: int) -> tuple[int, int]:
    """Rows and columns whose product is `n`, as near to a square as there is.

    >>> near_square(12)
    (3, 4)
    """
    rows = next(r for r in range(math.isqrt(n), 0, -1) if n % r == 0)
    return rows, n // rows


def common_settings(
    method: str, n_clusters: int, seed: int, given: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """All settings of a method for a number of groups and a seed.

    Parameters
    ----------
    given : Mapping, optional
        Settings of the method by name, which go before the others.

    Returns
    -------
    params : dict
    notes : tuple of str
        How the number was taken, where a person would not expect it.

    Raises
    ------
    NotFoundError, BadInputError
        For an unknown method or setting, or a value out of bounds.
    """
    spec, chosen = CLUSTERERS.get(method), dict(given or {})
    if n_clusters < 1:
        raise BadInputError("There is at least one group", given=str(n_clusters))
    names = {info.name for info in describe(spec.params)}
    common: dict[str, Any] = {"seed": seed}
    note = ""
    if "n_clusters" in names:
        common["n_clusters"] = n_clusters
    elif {"rows", "columns"} <= names:
        if not {"rows", "columns"} & set(chosen):
            common["rows"], common["columns"] = rows, columns = near_square(n_clusters)
            note = f"{spec.label}: {n_clusters} groups are a map of {rows} x {columns} cells."
    else:
        note = f"{spec.label} does not use a number of groups: it finds as many as there are."
    return settings(method, common | chosen), (note,) if note else ()
