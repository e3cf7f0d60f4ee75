"""From what a person asks for to a queue that people can work through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from astro_core.datasets.store import open_dataset
from astro_core.domain import Person, require
from astro_core.labels.acquisition import ACQUISITIONS
from astro_core.labels.rules import ReviewRules
from astro_core.params import from_mapping, param
from astro_core.workflows.gold import gold_galaxies
from astro_core.workflows.queue import SEED_LIMIT, QueueRequest, make_queue
from astro_core.workflows.review_queues import start_review
from astro_core.workflows.taxonomies import review_taxonomy
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class QueueSettings:
    """How many galaxies, and what is mixed in."""

    size: int = param(
        200, label="Galaxies", minimum=1, maximum=1_000_000, help="At most so many are chosen."
    )
    control_share: float = param(
        0.1,
        label="Random share",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
        help="Share that is drawn at random instead of chosen. Error rates and class fractions "
        "found on these alone hold for the whole survey.",
    )
    gold_share: float = param(
        0.05,
        label="Gold share",
        minimum=0.0,
        maximum=0.5,
        step=0.05,
        help="Share of galaxies whose class is known, mixed in to see how well people do.",
    )
    seed: int = param(
        0, label="Seed", minimum=0, maximum=SEED_LIMIT, help="Same seed, same galaxies."
    )


@dataclass(frozen=True, kw_only=True)
class QueuePlan:
    """A queue as it was asked for; plain values, so that it can wait for runs.

    Attributes
    ----------
    strategy : str
        Name in `ACQUISITIONS`.
    name : str
        That of the strategy when empty.
    model, selection, like
        As in `QueueRequest`.
    gold : str
        Where gold galaxies come from, as in `gold.gold_galaxies`.
    taxonomy, version
        What people answer with; the dataset's own, the newest, when empty.
    """

    strategy: str
    name: str = ""
    model: str = ""
    selection: str = ""
    like: tuple[str, ...] = ()
    gold: str = ""
    assigned_to: str = ""
    taxonomy: str = ""
    version: int = 0
    settings: QueueSettings = field(default_factory=QueueSettings)
    rules: ReviewRules = field(default_factory=ReviewRules)

    def request(self, dataset: str) -> QueueRequest:
        """Which galaxies are asked for.

        Raises
        ------
        NotFoundError, BadInputError
            As `QueueRequest`.
        """
        random = not ACQUISITIONS.get(self.strategy).needs
        return QueueRequest(
            dataset=dataset, strategy=self.strategy, size=self.settings.size, model=self.model,
            selection=self.selection, like=self.like, rules=self.rules, seed=self.settings.seed,
            taxonomy=self.taxonomy,
            control_share=0.0 if random else self.settings.control_share,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"like": list(self.like)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> QueuePlan:
        """Read what `to_json` wrote."""
        return cls(
            **dict(values)
            | {
                "like": tuple(values["like"]),
                "settings": from_mapping(QueueSettings, values["settings"]),
                "rules": from_mapping(ReviewRules, values["rules"]),
            }
        )


def start_queue(workspace: Workspace, dataset_name: str, plan: QueuePlan, person: Person) -> str:
    """Choose the galaxies and keep them as a queue; returns its id.

    All runs that it needs are done, see `queue.runs_needed`.

    Raises
    ------
    NotFoundError, BadInputError, ForbiddenError
        As `make_queue`, `gold_galaxies` and `start_review`.
    """
    require(person, "reviewer", "make a queue")
    dataset = open_dataset(workspace, dataset_name)
    taxonomy = review_taxonomy(workspace, dataset, plan.taxonomy, plan.version)
    known = gold_galaxies(workspace, dataset, taxonomy, plan.gold)
    chosen = make_queue(workspace, plan.request(dataset_name))
    asked = set(chosen.object_ids)
    return start_review(
        workspace, dataset, chosen, made_by=person, rules=plan.rules,
        name=plan.name or ACQUISITIONS.get(plan.strategy).label,
        gold=[one for one in known if one not in asked] if plan.gold else (),
        gold_share=plan.settings.gold_share if plan.gold else 0.0,
        assigned_to=plan.assigned_to, taxonomy=taxonomy, seed=plan.settings.seed,
    )  # fmt: skip
