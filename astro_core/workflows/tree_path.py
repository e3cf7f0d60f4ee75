"""How far a person is down the decision tree on one galaxy.

Each answer is stored by itself, as one vote on its question. So where somebody stands follows
from the store alone, and goes on after the app was started anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.domain import Answer, Dataset, Person, Question, Taxonomy
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class TreePath:
    """The questions that were answered on a galaxy, and the next one.

    Attributes
    ----------
    said : tuple of (Question, Answer)
        From the first question on.
    asks : Question or None
        None at the end of the tree.
    """

    object_id: str
    said: tuple[tuple[Question, Answer], ...]
    asks: Question | None


def path_of(
    workspace: Workspace, dataset: Dataset, person: Person, taxonomy: Taxonomy, object_id: str
) -> TreePath:
    """Follow what a person answered on a galaxy down the tree."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    standing = open_store(workspace).current(dataset_key(dataset), [object_id])
    theirs = standing[
        (standing["reviewer"] == person.name)
        & (standing["taxonomy"] == taxonomy.name)
        & (standing["action"] == "label")
    ]
    return follow(taxonomy, object_id, dict(zip(theirs["question"], theirs["said"], strict=True)))


def follow(taxonomy: Taxonomy, object_id: str, said: dict[str, str]) -> TreePath:
    """Walk from the first question along some answers, by question."""
    path: list[tuple[Question, Answer]] = []
    asks = taxonomy.questions[0] if taxonomy.questions else None
    while asks is not None:
        answer = next((a for a in asks.answers if a.name == said.get(asks.name)), None)
        if answer is None:
            break
        path.append((asks, answer))
        asks = taxonomy.question(answer.next_question) if answer.next_question else None
    return TreePath(object_id=object_id, said=tuple(path), asks=asks)


def left_in_the_middle(
    workspace: Workspace, dataset: Dataset, person: Person, taxonomy: Taxonomy
) -> str:
    """The galaxy whose questions a person was answering last, if some are open; else empty."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.retractions import last_act
    from astro_core.labels.store import open_store

    with open_store(workspace).reading() as connection:
        last = last_act(connection, dataset_key(dataset), person.name, None)
    if len(last) != 1 or last[0].action != "label" or not last[0].question:
        return ""
    if last[0].taxonomy != taxonomy.name:
        return ""
    path = path_of(workspace, dataset, person, taxonomy, last[0].object_id)
    return path.object_id if path.asks and path.said else ""
