"""What a person at the browser does with a galaxy: answer, take back, begin.

SQLAlchemy is heavy, so the store is imported where it is used.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from astro_core.domain import (
    Dataset,
    LabelAction,
    LabelEvent,
    Person,
    Taxonomy,
    new_event_id,
    require,
    utc_text,
)
from astro_core.errors import BadInputError, ConflictError
from astro_core.workflows.object_rows import object_table
from astro_core.workflows.queue import QueueRequest, make_queue
from astro_core.workflows.review_queues import start_review
from astro_core.workflows.review_suggestions import Suggestion, suggestions_of
from astro_core.workspace import Workspace

_AS_OFTEN = ("at", "seconds")  # what differs when one key press is sent twice
_WORDS = {
    "label": "labelled as",
    "skip": "skipped",
    "flag": "flagged",
    "settle": "settled as",
}


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What was taken back.

    Attributes
    ----------
    object_ids, event_ids : tuple of str
        The galaxies of the act, and the events that no longer stand.
    said : str
        The class or the answer; empty for a skip and a flag.
    words : str
        One sentence without its full stop, as "Took back: J1023 labelled as spiral".
    """

    object_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    action: LabelAction
    question: str
    said: str
    words: str


def answer(
    workspace: Workspace,
    dataset: Dataset,
    queue_id: str,
    person: Person,
    object_ids: Sequence[str],
    *,
    taxonomy: Taxonomy,
    class_name: str = "",
    question: str = "",
    answer: str = "",
    action: LabelAction = "label",
    comment: str = "",
    seconds: float | None = None,
    shown: bool = False,
    batch_id: str = "",
    event_ids: Sequence[str] = (),
    suggested: Mapping[str, Suggestion] | None = None,
) -> tuple[str, ...]:
    """Store one act of a person; it is on the disk when this returns.

    Parameters
    ----------
    queue_id : str
        The queue that gave the galaxies: its model's suggestion is kept with the answer. Empty
        where no queue did.
    object_ids : sequence of str
        One galaxy; or several that were labelled in one go, with a `batch_id`.
    taxonomy : Taxonomy
        The classes and questions that the person was shown.
    seconds : float, optional
        Time taken, s.
    shown : bool
        Whether the person saw the suggestion before answering.
    event_ids : sequence of str
        One for each galaxy, made where the key was pressed: sent twice, it is stored once.
    suggested : Mapping of str to Suggestion, optional
        What a model said of each galaxy, where no queue knows it.

    Returns
    -------
    tuple of str
        Ids of the events, in the order of the galaxies.

    Raises
    ------
    ForbiddenError
        If the person may only look.
    BadInputError
        If the class or the answer is none of the taxonomy's.
    NotFoundError
        If the dataset has no such galaxy, or there is no such queue.
    ConflictError
        If an event id was used for something else.
    LabelStoreError
        If it could not be stored; the same call can be made again.
    """
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    require(person, "lead" if action == "settle" else "reviewer", "answer")
    _check_said(taxonomy, class_name, question, answer)
    object_table(dataset).positions(object_ids)
    ids = tuple(event_ids) or tuple(new_event_id() for _ in object_ids)
    given = suggestions(workspace, dataset, queue_id) if suggested is None else suggested
    at = utc_text(datetime.now(UTC))  # one act is one moment
    events = [
        LabelEvent(
            dataset=dataset_key(dataset), object_id=object_id, action=action, at=at,
            class_name=class_name, question=question, answer=answer, reviewer=person.name,
            event_id=event_id, taxonomy=taxonomy.name, taxonomy_version=taxonomy.version,
            fingerprint=dataset.fingerprint, batch_id=batch_id, comment=comment,
            seconds=seconds, shown=shown, **_suggested(given.get(object_id)),
        )
        for object_id, event_id in zip(object_ids, ids, strict=True)
    ]  # fmt: skip
    store = open_store(workspace)
    try:
        store.append(events, live=True)
    except ConflictError:
        if not _stored(store.events(dataset_key(dataset), list(object_ids), person.name), events):
            raise
    return ids


def _check_said(taxonomy: Taxonomy, class_name: str, question: str, answer: str) -> None:
    if class_name and class_name not in taxonomy.class_names:
        raise BadInputError(
            f"There is no class '{class_name}'",
            expected="one of " + ", ".join(taxonomy.class_names),
        )
    if question and answer not in _answers(taxonomy, question):
        raise BadInputError(
            f"'{answer}' answers no question '{question}'",
            expected="one of " + ", ".join(_answers(taxonomy, question)),
        )


def _answers(taxonomy: Taxonomy, question: str) -> tuple[str, ...]:
    return tuple(a.name for q in taxonomy.questions if q.name == question for a in q.answers)


def _suggested(given: Suggestion | None) -> dict[str, object]:
    if given is None:
        return {}
    return {
        "suggested_class": given.class_name,
        "suggested_probability": given.probability,
        "model_id": given.model_id,
    }


def _stored(found: Iterable[LabelEvent], events: Sequence[LabelEvent]) -> bool:
    """Whether the events are there but for their time: a key press that was sent again."""
    there = {event.event_id: event for event in found}
    return all(
        e.event_id in there
        and dataclasses.replace(e, **{n: getattr(there[e.event_id], n) for n in _AS_OFTEN})
        == there[e.event_id]
        for e in events
    )


def is_stored(workspace: Workspace, dataset: Dataset, event_id: str) -> bool:
    """Whether an act on this dataset is on the disk, for who lost the answer to a key press."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    return open_store(workspace).known([event_id]).get(event_id) == dataset_key(dataset)


def undo(
    workspace: Workspace, dataset: Dataset, person: Person, *, event_id: str | None = None
) -> Undone | None:
    """Take back a person's last act that still stands, a whole batch in one go.

    Parameters
    ----------
    event_id : str, optional
        Made where the key was pressed; the same key press undoes once.

    Returns
    -------
    Undone or None
        None when there was nothing to take back.

    Raises
    ------
    ForbiddenError, LabelStoreError
        As `answer`.
    """
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    require(person, "reviewer", "take an answer back")
    events = open_store(workspace).undo(dataset_key(dataset), person.name, event_id=event_id)
    if not events:
        return None
    first = events[0]
    whom = first.object_id if len(events) == 1 else f"{len(events):,} galaxies"
    done = " ".join(part for part in (whom, _WORDS[first.action], first.said) if part)
    return Undone(
        object_ids=tuple(event.object_id for event in events),
        event_ids=tuple(event.event_id for event in events),
        action=first.action,
        question=first.question,
        said=first.said,
        words=f"Took back: {done.replace('_', ' ') if first.said else done}",
    )


def suggestions(workspace: Workspace, dataset: Dataset, queue_id: str) -> Mapping[str, Suggestion]:
    """What the queue's model said of each galaxy; empty where it has none, or none is asked."""
    if not queue_id:
        return {}
    from astro_core.labels.leases import request_of
    from astro_core.labels.store import open_store

    request = request_of(open_store(workspace), queue_id)
    return suggestions_of(
        workspace, dataset, str(request.get("model", "")), str(request.get("head", ""))
    )


def start_random(
    workspace: Workspace, dataset: Dataset, person: Person, taxonomy: Taxonomy | None = None
) -> str:
    """Begin a queue of the whole survey in random order; returns its id."""
    require(person, "reviewer", "make a queue")
    request = QueueRequest(dataset=dataset.name, strategy="random", size=dataset.n_objects)
    chosen = make_queue(workspace, request)
    return start_review(
        workspace, dataset, chosen, made_by=person, taxonomy=taxonomy,
        name="The whole survey in random order",
    )  # fmt: skip
