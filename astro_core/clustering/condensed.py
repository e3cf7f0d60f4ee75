"""The condensed tree of HDBSCAN: who is in a node of it.

A row says that `child` left `parent` at density `lambda`, 1 / distance. Children below n are
galaxies, the others are nodes that go on (Campello, Moulavi & Sander 2013, PAKDD, 160).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import ClusteringResult
from astro_core.errors import BadInputError


def node_rows(result: ClusteringResult, node: int) -> NDArray[np.intp]:
    """Rows of the galaxies below a node, those that stay to the highest density first.

    Parameters
    ----------
    result : ClusteringResult
        From HDBSCAN.
    node : int
        A node of the condensed tree, or a galaxy's row.

    Raises
    ------
    BadInputError
        If the method builds no condensed tree, or it has no such node.
    """
    if "condensed_parent" not in result.details:
        raise BadInputError(
            "These groups have no condensed tree",
            expected="groups made by HDBSCAN",
            given=result.method,
        )
    parent, child = result.details["condensed_parent"], result.details["condensed_child"]
    n = len(result.object_ids)
    if 0 <= node < n:
        return np.array([node], dtype=np.intp)
    if not (parent == node).any():
        raise BadInputError("The condensed tree has no such node", given=str(node))
    inside = np.zeros(len(parent), dtype=np.bool_)
    waiting = np.array([node])
    while len(waiting):
        rows = np.isin(parent, waiting)
        inside |= rows
        waiting = child[rows & (child >= n)]
    leaves = np.flatnonzero(inside & (child < n))
    order = np.argsort(-result.details["condensed_lambda"][leaves], kind="stable")
    found: NDArray[np.intp] = child[leaves[order]].astype(np.intp)
    return found


def node_members(result: ClusteringResult, node: int) -> tuple[str, ...]:
    """Ids of the galaxies below a node of the condensed tree; see `node_rows`."""
    return tuple(result.object_ids[row] for row in node_rows(result, node))
