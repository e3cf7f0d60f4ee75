"""Galaxies whose class is known beforehand, to see how well people do."""

from __future__ import annotations

import pandas as pd

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset, Taxonomy
from astro_core.errors import BadInputError
from astro_core.workflows.selections import open_selection
from astro_core.workspace import Workspace

NOBODY, CATALOGUE, SETTLED = "", "catalogue", "settled"


def known_classes(
    workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy, source: str = ""
) -> pd.Series:
    """Return the class of each galaxy of which it is known, by object_id.

    Parameters
    ----------
    source : str
        Who knows: "catalogue" for the labels that came with the dataset, "settled" for what a
        lead settled; empty for both, where the lead has the last word.
    """
    found = [
        _settled(workspace, dataset, taxonomy) if source in ("", SETTLED) else _nothing(),
        _catalogue(dataset, taxonomy) if source in ("", CATALOGUE) else _nothing(),
    ]
    both: pd.Series = pd.concat(found)
    return both[~both.index.duplicated()]


def gold_galaxies(
    workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy, source: str
) -> tuple[str, ...]:
    """Return galaxies that may be mixed into a queue as gold.

    Parameters
    ----------
    source : str
        As in `known_classes`, or the name of a saved selection: those of it whose class is known.

    Raises
    ------
    NotFoundError
        If there is no such selection.
    BadInputError
        If no class of any of them is known.
    """
    if source == NOBODY:
        return ()
    if source in (CATALOGUE, SETTLED):
        ids = known_classes(workspace, dataset, taxonomy, source).index
    else:
        known = known_classes(workspace, dataset, taxonomy).index
        ids = known[known.isin(open_selection(workspace, dataset, source).object_ids)]
    if ids.empty:
        raise BadInputError(
            "There is no galaxy whose class is known",
            expected=f"classes of '{taxonomy.name}' in the catalogue, or settled by a lead",
            todo="Leave gold out, or let a lead settle some galaxies first",
        )
    return tuple(ids)


def _settled(workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy) -> pd.Series:
    from astro_core.labels.events import dataset_key
    from astro_core.labels.gold_labels import settled_classes
    from astro_core.labels.store import open_store

    found = settled_classes(open_store(workspace), dataset_key(dataset), taxonomy.name)
    return pd.Series(found, dtype=object).rename_axis("object_id")


def _catalogue(dataset: Dataset, taxonomy: Taxonomy) -> pd.Series:
    told = read_catalogue(dataset, ["object_id", "label"]).set_index("object_id")["label"]
    known: pd.Series = told[told.isin(taxonomy.class_names)].astype(object)
    return known


def _nothing() -> pd.Series:
    return pd.Series([], index=pd.Index([], name="object_id"), dtype=object)
