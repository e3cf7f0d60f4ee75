"""Queues that several people work through at once, kept in the label store.

SQLAlchemy is heavy, so the store is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from astro_core.domain import Dataset, Person, Taxonomy, require
from astro_core.errors import BadInputError
from astro_core.labels.counts import QueueCounts
from astro_core.labels.gold import mix_gold
from astro_core.labels.rules import ReviewRules
from astro_core.workflows.object_rows import object_table
from astro_core.workflows.queue import Queue
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.labels.queue_rules import RuleEvent


@dataclass(frozen=True, kw_only=True)
class ReviewQueue(QueueCounts):
    """A queue as a list shows it, and how far it is.

    Attributes
    ----------
    taxonomy : str
        Name of the classes in which people answer.
    assigned_to : str
        The only person who is given its galaxies; empty for everybody.
    request : Mapping
        How its galaxies were chosen, as plain JSON values.
    """

    queue_id: str
    name: str
    made_by: str
    made_at: str
    taxonomy: str
    assigned_to: str
    request: Mapping[str, Any]
    rules: ReviewRules


def start_review(
    workspace: Workspace,
    dataset: Dataset,
    chosen: Queue | Sequence[str],
    *,
    made_by: Person,
    rules: ReviewRules | None = None,
    name: str = "",
    gold: Sequence[str] = (),
    gold_share: float = 0.0,
    assigned_to: str = "",
    seed: int = 0,
    taxonomy: Taxonomy | None = None,
) -> str:
    """Keep chosen galaxies as a queue for people to work through; returns its id.

    Parameters
    ----------
    chosen : Queue or sequence of str
        As `make_queue` chose them, or ids in any order a person likes.
    gold : sequence of str
        Galaxies whose class is known, of which `gold_share` of the queue is drawn.
    assigned_to : str
        The only person who is given these; empty for everybody.
    taxonomy : Taxonomy, optional
        What people answer with, kept by name and version; the dataset's own, in the version
        that is the newest when somebody answers, where none is given.

    Raises
    ------
    BadInputError
        If there is no galaxy, or gold is asked for and there is none.
    ForbiddenError
        For a viewer, and for anybody but a lead who assigns it to somebody else.
    NotFoundError
        If an id is not in the dataset.
    """
    from astro_core.labels.events import dataset_key
    from astro_core.labels.leases import make_queue
    from astro_core.labels.queue_tables import CONTROL, GOLD
    from astro_core.labels.store import open_store

    ids = chosen.object_ids if isinstance(chosen, Queue) else tuple(dict.fromkeys(chosen))
    if not ids:
        raise BadInputError("A queue needs galaxies")
    require(made_by, "lead" if _for_others(made_by, assigned_to) else "reviewer", "make this queue")
    object_table(dataset).positions([*ids, *gold])
    mixed, used = mix_gold(ids, gold, gold_share, seed=seed)
    kinds = dict.fromkeys(_control(chosen), CONTROL) | dict.fromkeys(used, GOLD)
    request = asdict(chosen.request) | {"model": chosen.model} if isinstance(chosen, Queue) else {}
    request.pop("taxonomy", None)  # a name alone: whose answers left galaxies out
    if taxonomy is not None:
        request["taxonomy"] = {"name": taxonomy.name, "version": taxonomy.version}
    return make_queue(
        open_store(workspace), dataset_key(dataset), mixed,
        made_by=made_by.name, rules=rules or ReviewRules(), name=name.strip(), kinds=kinds,
        assigned_to=assigned_to.strip(), taxonomy=(taxonomy or dataset.taxonomy).name,
        request=request,
    )  # fmt: skip


def _for_others(made_by: Person, assigned_to: str) -> bool:
    return assigned_to.strip() not in ("", made_by.name)


def _control(chosen: Queue | Sequence[str]) -> tuple[str, ...]:
    if not isinstance(chosen, Queue):
        return ()
    pairs = zip(chosen.object_ids, chosen.control, strict=True)
    return tuple(object_id for object_id, drawn in pairs if drawn)


def next_for(workspace: Workspace, queue_id: str, reviewer: str, k: int = 1) -> tuple[str, ...]:
    """Give a person the next galaxies of a queue; see `labels.leases.next_for`."""
    from astro_core.labels import leases
    from astro_core.labels.store import open_store

    return leases.next_for(open_store(workspace), queue_id, reviewer, k)


def release(workspace: Workspace, queue_id: str, reviewer: str) -> int:
    """Let others have what a person was given and has not answered; returns how many."""
    from astro_core.labels import leases
    from astro_core.labels.store import open_store

    return leases.release(open_store(workspace), queue_id, reviewer)


def change_rules(
    workspace: Workspace, queue_id: str, rules: ReviewRules, *, who: Person, reason: str = ""
) -> RuleEvent | None:
    """Give a queue other rules from now on; see `labels.queue_rules.change_rules`.

    Raises
    ------
    ForbiddenError
        For anybody but a lead.
    """
    from astro_core.labels import queue_rules
    from astro_core.labels.store import open_store

    require(who, "lead", "change the rules of a queue")
    return queue_rules.change_rules(
        open_store(workspace), queue_id, rules, who=who.name, reason=reason
    )


def rule_history(workspace: Workspace, queue_id: str) -> tuple[RuleEvent, ...]:
    """All rules that a queue has had, the oldest first."""
    from astro_core.labels.queue_rules import rule_events
    from astro_core.labels.store import open_store

    return rule_events(open_store(workspace), queue_id)


def list_queues(workspace: Workspace, dataset: Dataset) -> tuple[ReviewQueue, ...]:
    """All queues of a dataset, the newest first, with how far they are."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.leases import queues_of
    from astro_core.labels.queue_counts import queue_counts
    from astro_core.labels.rule_rows import rules_of_all
    from astro_core.labels.store import open_store

    store = open_store(workspace)
    rows = queues_of(store, dataset_key(dataset))
    ids = [row["queue_id"] for row in rows]
    counts = queue_counts(store, ids)
    with store.reading() as connection:
        rules = rules_of_all(connection, ids)
    return tuple(
        ReviewQueue(**row, rules=rules[row["queue_id"]], **vars(counts[row["queue_id"]]))
        for row in rows
    )
