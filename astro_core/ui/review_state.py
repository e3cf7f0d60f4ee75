"""What Review shows, held in the address: a queue, and a way to work through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from astro_core.domain import Dataset, Person, Taxonomy
from astro_core.params import digest
from astro_core.workflows.review_queues import ReviewQueue, list_queues
from astro_core.workflows.taxonomies import queue_taxonomy
from astro_core.workspace import Workspace

FIRST_VIEW = "one"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page.

    Attributes
    ----------
    queues : tuple of ReviewQueue
        All of the dataset, the newest first.
    queue : ReviewQueue or None
        The one that is worked through; None where there is none.
    taxonomy : Taxonomy
        The classes and questions of the queue; of the dataset where there is no queue.
    view : str
        Name in `review_views.VIEWS`.
    key : str
        Begins the keys of widgets; it changes with the dataset, the queue and the person.
    problems : tuple of str
        What in the address could not be used.
    """

    workspace: Workspace
    dataset: Dataset
    person: Person
    queues: tuple[ReviewQueue, ...]
    queue: ReviewQueue | None
    taxonomy: Taxonomy
    view: str
    key: str
    problems: tuple[str, ...] = ()

    @property
    def may_answer(self) -> bool:
        """Whether this person may give answers, and not only look."""
        return self.person.may("reviewer")


def read(workspace: Workspace, dataset: Dataset, person: Person) -> Shown:
    """Read the address; without a queue in it the newest of theirs that is not done."""
    problems: list[str] = []
    queues = list_queues(workspace, dataset)
    queue = _queue(queues, person, problems)
    token = [str(dataset.folder), dataset.fingerprint, person.name, queue.queue_id if queue else ""]
    return Shown(
        workspace=workspace,
        dataset=dataset,
        person=person,
        queues=queues,
        queue=queue,
        taxonomy=queue_taxonomy(workspace, dataset, queue.request if queue else {}),
        view=st.query_params.get("view", FIRST_VIEW),
        key=f"review:{digest(token, length=6)}",
        problems=tuple(problems),
    )


def _queue(
    queues: Sequence[ReviewQueue], person: Person, problems: list[str]
) -> ReviewQueue | None:
    asked = st.query_params.get("queue", "")
    found = next((queue for queue in queues if queue.queue_id == asked), None)
    if asked and found is None:
        problems.append("There is no such queue in this dataset; this is the newest.")
    mine = [queue for queue in queues if queue.assigned_to in ("", person.name)]
    left = [queue for queue in mine if queue.n_done < queue.n_objects]
    return found or next(iter(left or mine), None)


def go(queue_id: str, view: str = FIRST_VIEW) -> None:
    """Work through another queue, from the next run of the page on."""
    st.query_params["queue"] = queue_id
    st.query_params.pop("object", None)
    if view == FIRST_VIEW:
        st.query_params.pop("view", None)
    else:
        st.query_params["view"] = view
