"""What follows from people's answers, kept until somebody gives another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pandas as pd
import streamlit as st

from astro_core.domain import Dataset, Taxonomy
from astro_core.labels.agreement import Agreement
from astro_core.labels.between import Between
from astro_core.labels.between import between as set_between
from astro_core.labels.consensus import CONSENSUS
from astro_core.labels.votes import Votes
from astro_core.workflows import conflicts, labels
from astro_core.workflows.conflicts import Contested
from astro_core.workflows.consensus_table import Compared, compare
from astro_core.workflows.label_methods import methods_paragraph
from astro_core.workflows.labels import Truth
from astro_core.workflows.model_says import with_model
from astro_core.workflows.reviewers import list_reviewers
from astro_core.workflows.training_state import trainings_of
from astro_core.workspace import Workspace

Key = tuple[str, str, str, int, int, str, int, str]
RuleKey = tuple[Key, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Answers that people gave: of which dataset, in which classes, to which question.

    Attributes
    ----------
    place : str
        The store.
    revision : int
        How far the store is with this dataset: another answer makes another number.
    rules_revision : int
        How far it is with queues and their rules.
    question : str
        Empty for the classes.
    """

    workspace: Workspace
    dataset: Dataset
    place: str
    revision: int
    rules_revision: int
    taxonomy: Taxonomy
    question: str

    @property
    def key(self) -> Key:
        """What everything that follows is kept under."""
        taxonomy = self.taxonomy
        dataset = self.dataset  # imported anew it has the same folder, and other classes
        return (
            self.place, str(dataset.folder), dataset.fingerprint, self.revision,
            self.rules_revision, taxonomy.name, taxonomy.version, self.question,
        )  # fmt: skip


def votes(asked: Answered) -> Votes:
    """Every vote."""
    return cast("Votes", _votes(asked.key, asked))


@st.cache_resource(max_entries=8, show_spinner=False)
def _votes(key: Key, _asked: Answered) -> Votes:  # noqa: ARG001 - the key
    return labels.votes_for(
        _asked.workspace, _asked.dataset, _asked.question, taxonomy=_asked.taxonomy
    )


def truth(asked: Answered, rule: str) -> Truth:
    """One answer per galaxy."""
    return cast("Truth", _truth(_key(asked, rule), rule, asked))


def _key(asked: Answered, rule: str) -> RuleKey:
    """What a rule's answers follow from: the votes, and the trainings where it asks a model."""
    if not CONSENSUS.get(rule).asks_model:
        return asked.key, ()
    done = (run for run in trainings_of(asked.workspace, asked.dataset) if run.state == "done")
    return asked.key, tuple(run.run_id for run in done)


@st.cache_resource(max_entries=12, show_spinner="Finding one answer for each galaxy")
def _truth(
    key: RuleKey,  # noqa: ARG001 - the key
    rule: str,
    _asked: Answered,
) -> Truth:
    given = with_model(_asked.workspace, _asked.dataset, votes(_asked), rule)
    return labels.truth_of(given, rule=rule, question=_asked.question)


def named(asked: Answered, rule: str) -> dict[str, str]:
    """The answer of each galaxy that has one, by object_id."""
    return cast("dict[str, str]", _named(_key(asked, rule), rule, asked))


@st.cache_resource(max_entries=12, show_spinner=False)
def _named(key: RuleKey, rule: str, _asked: Answered) -> dict[str, str]:  # noqa: ARG001 - the key
    told = truth(_asked, rule).objects.dropna(subset=["label"])
    return dict(zip(told["object_id"], told["label"], strict=True))


def agreement(asked: Answered) -> Agreement:
    """How far people agree."""
    return cast("Agreement", _agreement(asked.key, asked))


@st.cache_resource(max_entries=8, show_spinner="Drawing the galaxies again for the intervals")
def _agreement(key: Key, _asked: Answered) -> Agreement:  # noqa: ARG001 - the key
    return labels.agreement(votes(_asked))


def between(asked: Answered, one: str, other: str) -> Between:
    """Answers of one person against those of another; everybody where none is named."""
    return cast("Between", _between(asked.key, one, other, asked))


@st.cache_resource(max_entries=16, show_spinner=False)
def _between(key: Key, one: str, other: str, _asked: Answered) -> Between:  # noqa: ARG001 - the key
    return set_between(votes(_asked), one, other)


def contested(asked: Answered, rule: str) -> Contested:
    """What a lead may want to look at."""
    return cast("Contested", _contested(_key(asked, rule), rule, asked))


@st.cache_resource(max_entries=8, show_spinner=False)
def _contested(key: RuleKey, rule: str, _asked: Answered) -> Contested:  # noqa: ARG001 - the key
    return conflicts.find_contested(
        _asked.workspace, _asked.dataset, votes(_asked), truth(_asked, rule).objects,
        taxonomy=_asked.taxonomy, question=_asked.question,
    )  # fmt: skip


def people(asked: Answered) -> pd.DataFrame:
    """Who answered, see `workflows.reviewers`."""
    return cast("pd.DataFrame", _people(asked.key, asked))


@st.cache_resource(max_entries=8, show_spinner=False)
def _people(key: Key, _asked: Answered) -> pd.DataFrame:  # noqa: ARG001 - the key
    return list_reviewers(
        _asked.workspace, _asked.dataset, votes(_asked),
        taxonomy=_asked.taxonomy, question=_asked.question,
    )  # fmt: skip


def compared(asked: Answered, rule: str) -> Compared:
    """One answer per galaxy beside the catalogue's."""
    return cast("Compared", _compared(_key(asked, rule), rule, asked))


@st.cache_resource(max_entries=8, show_spinner=False)
def _compared(key: RuleKey, rule: str, _asked: Answered) -> Compared:  # noqa: ARG001 - the key
    answers = votes(_asked).answers
    return compare(_asked.dataset, truth(_asked, rule), answers, _asked.taxonomy)


def methods(asked: Answered, rule: str) -> str:
    """A paragraph for a paper."""
    return methods_paragraph(
        asked.workspace, asked.dataset, truth(asked, rule), agreement(asked),
        taxonomy=asked.taxonomy,
    )  # fmt: skip
