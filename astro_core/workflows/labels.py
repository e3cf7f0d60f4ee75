"""What people together think of a dataset, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from astro_core.domain import Dataset, Taxonomy
from astro_core.errors import BadInputError
from astro_core.labels.agreement import Agreement, Measure, agreement
from astro_core.labels.consensus import CONSENSUS, consensus, reviewer_skills
from astro_core.labels.events import dataset_key
from astro_core.labels.votes import Votes, read_votes
from astro_core.workspace import Workspace

WORDS = {
    "majority": "by majority; galaxies on which two answers led together were left open",
    "weighted": "by a vote weighted with the log odds of each reviewer's agreement with the "
    "others (Nitzan & Paroush 1982)",
    "dawid-skene": "with the model of Dawid & Skene (1979), which estimates the confusion matrix "
    "of each reviewer and the answers together",
}


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
    return votes


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
        For an unknown rule.
    BadInputError
        If nobody has labelled it yet, or there is no such question.
    """
    CONSENSUS.get(rule)
    votes = votes_for(workspace, dataset, question, taxonomy=taxonomy)
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


def methods_paragraph(dataset: Dataset, truth: Truth, found: Agreement) -> str:
    """Return a paragraph for a paper: who, how many, by which rule, and how far they agreed."""
    counts = truth.status_counts
    people = len(truth.reviewers)
    answered = len(truth.objects) - counts["unanswered"]
    each = truth.n_votes / max(answered, 1)
    who = f"{_people(people)} gave {truth.n_votes:,} labels to {answered:,} of the"
    settled = f", and {counts['settled']:,} were settled by a lead" if counts["settled"] else ""
    bulk = f"{truth.n_bulk:,} of them were given to many galaxies in one go and count half."
    sentences = [
        f"{who} {dataset.n_objects:,} galaxies of {dataset.name} ({each:.1f} per galaxy).",
        bulk if truth.n_bulk else "",
        f"They were combined {WORDS[truth.rule]}.",
        f"{counts['agreed']:,} galaxies got a label, {counts['conflict']:,} are open{settled}.",
        _agreed_words(found),
        "The labels were given and combined with Tuning Fork.",
    ]
    return " ".join(s for s in sentences if s)


def _people(n: int) -> str:
    return "One reviewer" if n == 1 else f"{n:,} reviewers"


def _agreed_words(found: Agreement) -> str:
    if found.krippendorff.value != found.krippendorff.value:
        return "Agreement cannot be measured on these labels."
    return (
        f"On the {found.krippendorff.n:,} galaxies with two labels or more, Krippendorff's alpha "
        f"is {_interval(found.krippendorff)} and Fleiss' kappa {_interval(found.fleiss)} (95 per "
        "cent bootstrap intervals over galaxies)."
    )


def _interval(measure: Measure) -> str:
    return f"{measure.value:.2f} [{measure.low:.2f}, {measure.high:.2f}]"
