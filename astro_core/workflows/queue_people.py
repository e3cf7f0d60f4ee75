"""Who did what in a queue, and how well on gold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from astro_core.domain import Dataset
from astro_core.domain.label import utc_text
from astro_core.workflows.gold import known_classes
from astro_core.workflows.people import list_people
from astro_core.workflows.review_progress import RECENT, paces, work_done
from astro_core.workflows.taxonomies import queue_taxonomy
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class QueuePerson:
    """What one person did in a queue.

    Attributes
    ----------
    n_answered, n_skipped : int
        Galaxies.
    per_hour : float or None
        Galaxies per hour in the last half hour, pauses left out.
    n_gold, n_gold_right : int
        Gold galaxies that they answered, and those with the class that is known.
    last_at : str
        ISO 8601 in UTC.
    """

    name: str
    n_answered: int
    n_skipped: int
    per_hour: float | None
    n_gold: int
    n_gold_right: int
    last_at: str


def people_of_queue(
    workspace: Workspace, dataset: Dataset, queue_id: str
) -> tuple[QueuePerson, ...]:
    """Say who did what since the queue was made; who did most comes first.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    from astro_core.labels.leases import request_of
    from astro_core.labels.queue_work import gold_answers, lately
    from astro_core.labels.store import open_store

    store = open_store(workspace)
    taxonomy = queue_taxonomy(workspace, dataset, request_of(store, queue_id))
    pace = paces(lately(store, queue_id, utc_text(datetime.now(UTC) - RECENT)))
    answers = gold_answers(store, queue_id)
    known = known_classes(workspace, dataset, taxonomy) if answers else {}
    told = [one for one in answers if one.object_id in known]
    n_gold = Counter(one.reviewer for one in told)
    right = Counter(one.reviewer for one in told if known[one.object_id] == one.said)
    return tuple(
        QueuePerson(
            name=one.reviewer, n_answered=one.n_answered, n_skipped=one.n_skipped,
            per_hour=pace.get(one.reviewer), n_gold=n_gold[one.reviewer],
            n_gold_right=right[one.reviewer], last_at=one.last_at,
        )
        for one in work_done(workspace, queue_id)
    )  # fmt: skip


def names_to_assign(workspace: Workspace, dataset: Dataset) -> tuple[str, ...]:
    """Names to whom galaxies can be given: who signed in, and who has labelled this survey."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.reviewers import reviewers_of
    from astro_core.labels.store import open_store

    known = [one.name for one in list_people(workspace) if one.role != "viewer"]
    return tuple(sorted({*known, *reviewers_of(open_store(workspace), dataset_key(dataset))}))
