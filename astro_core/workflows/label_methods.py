"""What a paper says of labels: who gave them, how many, by which rules, and how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from astro_core.domain import Dataset, Taxonomy
from astro_core.labels.agreement import Agreement, Measure
from astro_core.labels.consensus import CONSENSUS
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.workflows.labels import Truth
from astro_core.workflows.review_queues import list_queues
from astro_core.workspace import Workspace


def methods_paragraph(
    workspace: Workspace,
    dataset: Dataset,
    truth: Truth,
    found: Agreement,
    *,
    taxonomy: Taxonomy | None = None,
) -> str:
    """Return a paragraph for a paper: who, how many, by which rule, and how far they agreed.

    Parameters
    ----------
    taxonomy : Taxonomy, optional
        The classes that people used; those of the dataset by default.
    """
    from astro_core.labels.acts import standing_acts
    from astro_core.labels.store import open_store

    taxonomy = taxonomy or dataset.taxonomy
    acts = standing_acts(
        open_store(workspace), dataset_key(dataset),
        question=truth.question, taxonomy=taxonomy.name,
    )  # fmt: skip
    answers = acts[acts["action"] == "label"]
    noun = "answers" if truth.question else "labels"
    sentences = [
        _who(dataset, truth, answers),
        _bulk(truth),
        _what(taxonomy, truth.question),
        _handed_out(workspace, dataset, taxonomy),
        _blind(answers),
        f"The {noun} were combined {CONSENSUS.get(truth.rule).methods}.",
        _outcome(truth),
        _agreed(found),
        "The labels were given and combined with Tuning Fork.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _who(dataset: Dataset, truth: Truth, answers: pd.DataFrame) -> str:
    n = len(truth.reviewers)
    people = "One reviewer" if n == 1 else f"{n:,} reviewers"
    answered = len(truth.objects) - truth.status_counts["unanswered"]
    given = ("answer", "answers") if truth.question else ("label", "labels")
    each = truth.n_votes / max(answered, 1)
    days = [datetime.fromisoformat(at).date() for at in (answers["at"].min(), answers["at"].max())]
    when = f"on {days[0]}" if days[0] == days[1] else f"between {days[0]} and {days[1]}"
    said = _number(truth.n_votes, *given)
    return (
        f"{people} gave {said} to {answered:,} of the {dataset.n_objects:,} galaxies of "
        f"{dataset.name} ({each:.1f} per galaxy) {when}."
    )


def _what(taxonomy: Taxonomy, question: str) -> str:
    version = f" (version {taxonomy.version})" if taxonomy.version > 1 else ""
    for asked in taxonomy.questions:
        if asked.name == question:
            said = _listed([answer.text for answer in asked.answers])
            return f"The question was '{asked.text}'{version}, with the answers {said}."
    if not taxonomy.classes:
        return ""
    return f"The classes were {_listed([c.name for c in taxonomy.classes])}{version}."


def _listed(names: Sequence[str]) -> str:
    words = [name.replace("_", " ") for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _handed_out(workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy) -> str:
    """How galaxies were handed out: the rules of the queues, and how often these changed."""
    from astro_core.labels.queue_rules import rule_events
    from astro_core.labels.store import open_store

    queues = [
        queue for queue in list_queues(workspace, dataset) if queue.taxonomy in (taxonomy.name, "")
    ]
    if not queues:
        return ""
    store = open_store(workspace)
    changes = sum(len(rule_events(store, queue.queue_id)) - 1 for queue in queues)
    rules = dict.fromkeys(_rule(queue.rules) for queue in queues)
    how = "a queue" if len(queues) == 1 else f"{len(queues):,} queues"
    times = "once" if changes == 1 else f"{changes:,} times"
    changed = f"; the rules were changed {times}" if changes else ""
    return f"Galaxies were handed out by {how} until {' or '.join(rules)}{changed}."


def _rule(rules: ReviewRules) -> str:
    few, many = rules.votes_needed, rules.most_votes
    if few == many:
        return "one person had answered" if few == 1 else f"{few:,} people had answered"
    return f"the first {few:,} answers agreed, else until there were {many:,}"


def _blind(answers: pd.DataFrame) -> str:
    """Whether people saw what a model suggested."""
    if not (answers["model_id"] != "").any():
        return ""
    seen = int(answers["shown"].sum())
    if not seen:
        return "A model's suggestion was hidden from the reviewers."
    return f"A model's suggestion was shown for {seen:,} of the answers and hidden for the others."


def _bulk(truth: Truth) -> str:
    if not truth.n_bulk:
        return ""
    return f"{truth.n_bulk:,} of them were given to many galaxies in one go and count half."


def _outcome(truth: Truth) -> str:
    counts = truth.status_counts
    agreed, undecided = counts["agreed"], counts["conflict"]
    are, were = ("is" if undecided == 1 else "are"), ("was" if counts["settled"] == 1 else "were")
    by_lead = f", and {counts['settled']:,} {were} settled by a lead" if counts["settled"] else ""
    return (
        f"{_number(agreed, 'galaxy', 'galaxies')} got a label, {undecided:,} {are} open{by_lead}."
    )


def _number(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _agreed(found: Agreement) -> str:
    if found.krippendorff.value != found.krippendorff.value:
        return "Agreement cannot be measured on these labels."
    return (
        f"On the {found.krippendorff.n:,} galaxies with two labels or more, Krippendorff's alpha "
        f"is {_interval(found.krippendorff)} and Fleiss' kappa {_interval(found.fleiss)} (95 per "
        "cent bootstrap intervals over galaxies)."
    )


def _interval(measure: Measure) -> str:
    return f"{measure.value:.2f} [{measure.low:.2f}, {measure.high:.2f}]"
