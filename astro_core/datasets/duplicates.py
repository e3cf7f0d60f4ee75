"""The same picture under two names: found by content, kept on one side of every split."""

from __future__ import annotations

import numpy as np
import pandas as pd

from astro_core.domain import Problem


def mark_duplicates(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Fill duplicate_of, and give objects with one content or one group one group.

    Parameters
    ----------
    catalogue : DataFrame
        With object_id, content and group (str; empty or missing where there is none).

    Returns
    -------
    DataFrame
        A copy; the first object of each content, in the catalogue's order, is the original. A
        joined group is called as its first object's group; an object alone as itself.
    """
    out = catalogue.copy()
    first = out.groupby("content", sort=False)["object_id"].transform("first")
    out["duplicate_of"] = first.where(first != out["object_id"], None).astype(object)
    groups = out["group"] if "group" in out else pd.Series("", index=out.index)
    named = groups.fillna("").astype(str).str.strip()
    own = np.where(named != "", "g:" + named, "o:" + out["object_id"].astype(str))
    joined = _joined(pd.factorize(own)[0], pd.factorize(out["content"])[0])
    alone = out["object_id"].astype(str)
    alone = alone.where(~alone.isin(named), alone + " (alone)")
    shown = named.where(named != "", alone)
    out["group"] = shown.groupby(joined).transform("first").astype(object)
    return out


def _joined(groups: np.ndarray, contents: np.ndarray) -> np.ndarray:
    """Number the connected components of objects that share a group or a content."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if groups.size == 0:
        return groups
    n_groups = int(groups.max()) + 1
    size = n_groups + int(contents.max()) + 1
    edges = coo_matrix((np.ones(groups.size), (groups, contents + n_groups)), shape=(size, size))
    _, component = connected_components(edges, directed=False)
    return np.asarray(component[groups])


def label_conflicts(catalogue: pd.DataFrame) -> list[Problem]:
    """List duplicates whose label differs from that of the object they duplicate."""
    copies = catalogue[catalogue["duplicate_of"].notna() & catalogue["label"].notna()]
    labels = catalogue.set_index("object_id")["label"]
    original = copies["duplicate_of"].map(labels)
    differing = copies[original.notna() & (original != copies["label"])]
    return [
        Problem(
            object_id=str(row["object_id"]),
            file=str(row["file"]),
            reason=f"Labelled '{row['label']}', but the very same picture '{row['duplicate_of']}' "
            f"is labelled '{labels[row['duplicate_of']]}'. Both were kept, in one group",
        )
        for row in differing.to_dict("records")
    ]
