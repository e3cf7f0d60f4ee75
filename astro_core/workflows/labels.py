"""What people together think of a dataset, and how far they agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from astro_core.domain import Dataset, Taxonomy
from astro_core.errors import BadInputError
from astro_core.labels.agreement import Agreement, agreement
from astro_core.labels.consensus import CONSENSUS, consensus, reviewer_skills
from astro_core.labels.events import dataset_key
from astro_core.labels.votes import Votes, read_votes, with_known
from astro_core.workflows.gold import known_classes
from astro_core.workflows.model_says import with_model
from astro_core.workflows.taxonomies import list_taxonomies
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The answers that people together gave.

    Attributes
    ----------
    objects : DataFrame
        One row per galaxy; see `labels.consensus.consensus`.
    reviewers : DataFrame
        One row per reviewer; see `labels.consensus.reviewer_skills`.
    """

    rule: str
    question: str
    objects: pd.DataFrame
    reviewers: pd.DataFrame
    n_votes: int
    n_bulk: int

    @property
    def status_counts(self) -> dict[str, int]:
        """Number of galaxies that are agreed, conflict, settled and unanswered."""
        counts = self.objects["status"].value_counts()
        return {
            name: int(counts.get(name, 0))
            for name in ("agreed", "settled", "conflict", "unanswered")
        }

    @property
    def class_counts(self) -> dict[str, int]:
        """Number of galaxies per answer, the most frequent first."""
        counts = self.objects["label"].dropna().value_counts()
        return {str(name): int(n) for name, n in counts.items()}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something that people were asked about the galaxies of a dataset.

    Attributes
    ----------
    question : str
        A question of the taxonomy's decision tree; empty for its classes.
    n_answers : int
        Answers that stand.
    """

    taxonomy: Taxonomy
    question: str
    n_answers: int


def what_was_asked(workspace: Workspace, dataset: Dataset) -> tuple[Asked, ...]:
    """List what people have answered: classes first, then questions as the tree has them.

    The newest version of each set of classes stands for all; the dataset's own come first.
    """
    from astro_core.labels.asked import answered
    from astro_core.labels.store import open_store

    counts: Counter[tuple[str, str]] = Counter()
    for (name, question), n in answered(open_store(workspace), dataset_key(dataset)).items():
        counts[name or dataset.taxonomy.name, question] += n
    known = {t.name: t for t in (dataset.taxonomy, *list_taxonomies(workspace, dataset))}
    names = dict.fromkeys([*known, *(name for name, _ in sorted(counts))])
    found = []
    for name in names:
        taxonomy = known.get(name, Taxonomy(name=name))
        order = ["", *(q.name for q in taxonomy.questions)]
        found += [
            Asked(taxonomy=taxonomy, question=q, n_answers=counts[name, q])
            for q in order
            if counts[name, q]
        ]
    return tuple(found)


def votes_for(
    workspace: Workspace,
    dataset: Dataset,
    question: str = "",
    *,
    taxonomy: Taxonomy | None = None,
) -> Votes:
    """Read the standing answers about a dataset, in the order of its classes.

    Parameters
    ----------
    taxonomy : Taxonomy, optional
        Only what was said in these classes counts; those of the dataset by default.

    Raises
    ------
    BadInputError
        If nobody has labelled it yet, or there is no such question.
    """
    from astro_core.labels.store import open_store

    taxonomy = taxonomy or dataset.taxonomy
    asked = {q.name: tuple(a.name for a in q.answers) for q in taxonomy.questions}
    if question and question not in asked:
        raise BadInputError(
            f"'{dataset.name}' has no question '{question}'",
            expected="one of " + ", ".join(asked) if asked else "",
        )
    order = asked[question] if question else taxonomy.class_names
    votes = read_votes(
        open_store(workspace), dataset_key(dataset),
        question=question, answers=order, taxonomy=taxonomy.name,
    )  # fmt: skip
    if not len(votes.object_ids):
        raise BadInputError(f"'{dataset.name}' has no labels", todo="Label or import some first")
    return votes if question else _with_gold(workspace, dataset, votes, taxonomy)


def _with_gold(workspace: Workspace, dataset: Dataset, votes: Votes, taxonomy: Taxonomy) -> Votes:
    from astro_core.labels.gold_labels import gold_items
    from astro_core.labels.store import open_store

    gold = gold_items(open_store(workspace), dataset_key(dataset), taxonomy.name)
    if not gold:
        return votes
    known = known_classes(workspace, dataset, taxonomy)
    return with_known(votes, known[known.index.isin(gold)].to_dict())


def find_truth(
    workspace: Workspace,
    dataset: Dataset,
    *,
    rule: str = "majority",
    question: str = "",
    taxonomy: Taxonomy | None = None,
) -> Truth:
    """Say what people together think of each galaxy of a dataset.

    Parameters
    ----------
    taxonomy : Taxonomy, optional
        The classes that they used; those of the dataset by default.

    Raises
    ------
    NotFoundError
        For an unknown rule, or one that asks a model where there is none.
    BadInputError
        If nobody has labelled it yet, or there is no such question.
    """
    CONSENSUS.get(rule)
    votes = votes_for(workspace, dataset, question, taxonomy=taxonomy)
    votes = with_model(workspace, dataset, votes, rule)
    return truth_of(votes, rule=rule, question=question)


def truth_of(votes: Votes, *, rule: str = "majority", question: str = "") -> Truth:
    """Say what follows from votes that were read already; see `find_truth`."""
    return Truth(
        rule=rule,
        question=question,
        objects=consensus(votes, rule),
        reviewers=reviewer_skills(votes),
        n_votes=len(votes.on),
        n_bulk=int(votes.bulk.sum()),
    )


def find_agreement(workspace: Workspace, dataset: Dataset, *, question: str = "") -> Agreement:
    """Say how far reviewers agree on a dataset.

    Raises
    ------
    BadInputError
        If nobody has labelled it yet, or there is no such question.
    """
    return agreement(votes_for(workspace, dataset, question))
