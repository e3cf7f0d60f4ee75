"""What people said of galaxies, as far as one of them may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from astro_core.domain import Dataset, Person
from astro_core.labels.place import is_made
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from astro_core.labels.blind import Blind


@dataclass(frozen=True, kw_only=True)
class Said:
    """What people said, as one of them may see it.

    Attributes
    ----------
    rows : DataFrame
        As `LabelStore.current` gives them.
    n_hidden : int
        Others whose answers are hidden until the person has given one.
    """

    rows: pd.DataFrame
    n_hidden: int


def blind_for(
    workspace: Workspace,
    dataset: Dataset,
    person: Person | None,
    object_ids: Sequence[str] | None = None,
) -> Blind:
    """Say what is hidden from a person, or nobody in particular, until they have answered."""
    from astro_core.labels import blind
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    name = person.name if person else ""
    return blind.blind_for(open_store(workspace), dataset_key(dataset), name, object_ids)


def said_of(
    workspace: Workspace, dataset: Dataset, person: Person | None, object_ids: Sequence[str]
) -> Said | None:
    """Return what people said of some galaxies, without what `person` may not see yet.

    None where nobody said anything.
    """
    if not is_made(workspace):
        return None
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    standing = open_store(workspace).current(dataset_key(dataset), object_ids)
    if standing.empty:
        return None
    rows = blind_for(workspace, dataset, person, object_ids).visible(standing)
    hidden = standing.loc[standing.index.difference(rows.index), "reviewer"]
    return Said(rows=rows, n_hidden=int(hidden.nunique()))


def unseen(workspace: Workspace, dataset: Dataset, person: Person | None) -> frozenset[str]:
    """Galaxies that are still open and that a person has not answered: nothing of them shows."""
    hidden = blind_for(workspace, dataset, person)
    return hidden.wanted - {object_id for object_id, _, _ in hidden.answered}
