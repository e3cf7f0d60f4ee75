"""Galaxies on which people differ, who said what of them, and a lead's last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from astro_core.domain import Dataset, LabelEvent, Person, Taxonomy, new_event_id, require
from astro_core.errors import BadInputError
from astro_core.labels.events import dataset_key
from astro_core.labels.votes import Votes
from astro_core.workflows.review import answer
from astro_core.workspace import Workspace

SETTLE = "settle conflicts"


@dataclass(frozen=True, kw_only=True)
class Contested:
    """Galaxies that a lead may want to look at, as object ids.

    Attributes
    ----------
    open : tuple of str
        Two answers lead together, so there is no label; the most votes first.
    disputed : tuple of str
        There is a label, and somebody said something else; the least agreed on first.
    flagged : tuple of str
        Somebody asked for a look and no lead settled it, the latest first.
    settled : tuple of str
        A lead had the last word, the latest first.
    """

    open: tuple[str, ...]
    disputed: tuple[str, ...]
    flagged: tuple[str, ...]
    settled: tuple[str, ...]


def find_contested(
    workspace: Workspace,
    dataset: Dataset,
    votes: Votes,
    objects: pd.DataFrame,
    *,
    taxonomy: Taxonomy,
    question: str = "",
) -> Contested:
    """Gather what people differ on.

    Parameters
    ----------
    votes : Votes
        What people said.
    objects : DataFrame
        What follows from it, as `labels.consensus.consensus` gives it for the same votes.
    taxonomy : Taxonomy
        The classes in which they were given.
    question : str
        The question that they are about; empty for the classes.
    """
    from astro_core.labels.opinions import marked
    from astro_core.labels.store import open_store

    store, key = open_store(workspace), dataset_key(dataset)
    several = (votes.tally() > 0).sum(axis=1) > 1
    disputed = objects[several & (objects["status"] == "agreed").to_numpy()]
    undecided = objects[objects["status"] == "conflict"]
    settled = marked(store, key, "settle", question=question, taxonomy=taxonomy.name)
    flagged = marked(store, key, "flag", taxonomy=taxonomy.name)
    done = set(settled)
    return Contested(
        open=_ids(undecided.sort_values("n_votes", ascending=False, kind="stable")),
        disputed=_ids(disputed.sort_values("share", kind="stable")),
        flagged=tuple(object_id for object_id in flagged if object_id not in done),
        settled=settled,
    )


def _ids(objects: pd.DataFrame) -> tuple[str, ...]:
    return tuple(objects["object_id"])


def who_said_what(
    workspace: Workspace,
    dataset: Dataset,
    object_ids: Sequence[str],
    *,
    taxonomy: Taxonomy,
    question: str = "",
) -> dict[str, tuple[LabelEvent, ...]]:
    """Everybody's last word on some galaxies, the earliest first.

    Parameters
    ----------
    taxonomy : Taxonomy
        Only what was said in these classes, or it was not said in which.
    question : str
        Only answers to this question, or classes when empty; flags come in any case.
    """
    from astro_core.labels.opinions import standing_events
    from astro_core.labels.store import open_store

    found: dict[str, list[LabelEvent]] = {object_id: [] for object_id in object_ids}
    for event in standing_events(open_store(workspace), dataset_key(dataset), object_ids):
        about_this = event.question == question or event.action == "flag"
        if about_this and event.taxonomy in (taxonomy.name, ""):
            found[event.object_id].append(event)
    return {object_id: tuple(said) for object_id, said in found.items()}


def settle(
    workspace: Workspace,
    dataset: Dataset,
    object_ids: Sequence[str],
    said: str,
    *,
    by: Person,
    taxonomy: Taxonomy,
    question: str = "",
    comment: str = "",
) -> tuple[str, ...]:
    """Have the last word on some galaxies; on the disk when this returns.

    Parameters
    ----------
    said : str
        A class of the taxonomy, or an answer to the question.

    Returns
    -------
    tuple of str
        Ids of the events.

    Raises
    ------
    ForbiddenError
        If `by` is no lead.
    BadInputError
        If there is no such class or answer.
    NotFoundError
        If the dataset has no such galaxy.
    """
    require(by, "lead", SETTLE)
    about = {"question": question, "answer": said} if question else {"class_name": said}
    batch = new_event_id() if len(object_ids) > 1 else ""
    return answer(
        workspace, dataset, "", by, object_ids,
        taxonomy=taxonomy, action="settle", comment=comment, batch_id=batch, **about,
    )  # fmt: skip


def answers_of(taxonomy: Taxonomy, question: str = "") -> dict[str, str]:
    """What can be said, with the words for it: answers of a question, or the classes.

    Raises
    ------
    BadInputError
        If there is no such question.
    """
    if not question:
        return {name: name.replace("_", " ") for name in taxonomy.class_names}
    for asked in taxonomy.questions:
        if asked.name == question:
            return {answer.name: answer.text for answer in asked.answers}
    raise BadInputError(
        f"'{taxonomy.name}' has no question '{question}'",
        expected="one of " + ", ".join(q.name for q in taxonomy.questions),
    )


def undo_settling(workspace: Workspace, dataset: Dataset, *, by: Person) -> tuple[LabelEvent, ...]:
    """Take back what a lead settled last; returns it, nothing when there is nothing left.

    Raises
    ------
    ForbiddenError
        If `by` is no lead.
    """
    from astro_core.labels.store import open_store

    require(by, "lead", SETTLE)
    store = open_store(workspace)
    return store.undo(dataset_key(dataset), by.name, action="settle")


def reopen(
    workspace: Workspace,
    dataset: Dataset,
    object_id: str,
    *,
    by: Person,
    taxonomy: Taxonomy,
    question: str = "",
) -> tuple[LabelEvent, ...]:
    """Take back every lead's last word on one galaxy; returns what they were.

    Raises
    ------
    ForbiddenError
        If `by` is no lead.
    """
    from astro_core.labels.retractions import retraction
    from astro_core.labels.store import open_store

    require(by, "lead", SETTLE)
    said = who_said_what(workspace, dataset, [object_id], taxonomy=taxonomy, question=question)[
        object_id
    ]
    settled = tuple(event for event in said if event.action == "settle")
    key = new_event_id()
    back = [retraction(event, key, n, who=by.name) for n, event in enumerate(settled)]
    open_store(workspace).append(back)
    return settled
