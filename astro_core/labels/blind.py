"""What is hidden from a person until they have answered themselves.

Others' answers on a galaxy that still wants somebody would lead whoever is asked next; on the
rest there is nothing left to lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from astro_core.labels.queue_tables import ITEMS, OPEN, QUEUES
from astro_core.labels.store import LabelStore
from astro_core.labels.tables import STANDING

if TYPE_CHECKING:
    import pandas as pd

_AT_ONCE = 500
_ANSWERS = ("label", "settle")


@dataclass(frozen=True, kw_only=True)
class Blind:
    """What one person may not see yet.

    Attributes
    ----------
    person : str
    wanted : frozenset of str
        Galaxies that somebody still has to look at, by the rules of a queue.
    answered : frozenset
        What the person answered: galaxy, name of the classes, question. A galaxy with any answer
        is there with an empty question, too.
    """

    person: str
    wanted: frozenset[str]
    answered: frozenset[tuple[str, str, str]]

    def hides(self, reviewer: str, object_id: str, taxonomy: str, question: str) -> bool:
        """Whether what `reviewer` said is hidden; a skip or flag has no question."""
        return (
            reviewer != self.person
            and object_id in self.wanted
            and (object_id, taxonomy, question) not in self.answered
        )

    def visible(self, standing: pd.DataFrame) -> pd.DataFrame:
        """Those rows of standing answers, see `LabelStore.current`, that the person may see."""
        columns = (standing[c] for c in ("reviewer", "object_id", "taxonomy", "question"))
        shown = [not self.hides(*row) for row in zip(*columns, strict=True)]
        return standing[shown]


def blind_for(
    store: LabelStore, dataset: str, person: str, object_ids: Sequence[str] | None = None
) -> Blind:
    """Say what a person may not see of a dataset, or of some of its galaxies only.

    Parameters
    ----------
    dataset : str
        Key of the dataset, see `events.dataset_key`.
    """
    wanted: set[str] = set()
    answered: set[tuple[str, str, str]] = set()
    with store.reading() as connection:
        for some in _parts(object_ids):
            wanted.update(connection.execute(_wanted(dataset, some)).scalars())
            for object_id, taxonomy, question in connection.execute(
                _answered(dataset, person, some)
            ):
                answered |= {(object_id, taxonomy, question), (object_id, taxonomy, "")}
    return Blind(person=person, wanted=frozenset(wanted), answered=frozenset(answered))


def _parts(object_ids: Sequence[str] | None) -> list[Sequence[str] | None]:
    if object_ids is None:
        return [None]
    return [object_ids[n : n + _AT_ONCE] for n in range(0, len(object_ids), _AT_ONCE)]


def _wanted(dataset: str, object_ids: Sequence[str] | None) -> Select[str]:
    same = ITEMS.c.queue_id == QUEUES.c.queue_id
    found = select(ITEMS.c.object_id).join(QUEUES, same).where(QUEUES.c.dataset == dataset, OPEN)
    return found if object_ids is None else found.where(ITEMS.c.object_id.in_(object_ids))


def _answered(dataset: str, person: str, object_ids: Sequence[str] | None) -> Select[str, str, str]:
    s = STANDING.c
    found = select(s.object_id, s.taxonomy, s.question).where(
        s.dataset == dataset, s.reviewer == person, s.action.in_(_ANSWERS)
    )
    return found if object_ids is None else found.where(s.object_id.in_(object_ids))
