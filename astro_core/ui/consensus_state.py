"""What Consensus shows, held in the address: which answers, by which rule, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import streamlit as st

from astro_core.domain import Dataset, Person, Taxonomy, plain_taxonomy
from astro_core.figures.theme import NOBODY, class_colours, class_letters
from astro_core.labels.consensus import CONSENSUS
from astro_core.labels.events import dataset_key
from astro_core.labels.place import is_made
from astro_core.params import digest
from astro_core.ui import consensus_cached
from astro_core.ui.address import parameter
from astro_core.ui.consensus_cached import Answered
from astro_core.workflows.conflicts import answers_of
from astro_core.workflows.labels import Asked, what_was_asked
from astro_core.workspace import Workspace

CLASSES, QUESTION, RULE = "classes", "question", "rule"
FIRST_RULE = "majority"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page.

    Attributes
    ----------
    person : Person
        Who is at the browser.
    asked : Answered
        The answers that are looked at.
    choices : tuple of Asked
        What people have answered.
    rule : str
        Name in the registry of consensus rules.
    key : str
        Begins the keys of widgets; it changes with the dataset and with what is asked.
    """

    workspace: Workspace
    dataset: Dataset
    person: Person
    asked: Answered
    choices: tuple[Asked, ...]
    rule: str
    key: str

    @property
    def taxonomy(self) -> Taxonomy:
        """The classes and questions in use."""
        return self.asked.taxonomy

    @property
    def question(self) -> str:
        """The question that is looked at; empty for the classes."""
        return self.asked.question

    @property
    def rules(self) -> tuple[str, ...]:
        """Ways to combine these answers: models know classes, and no answers to questions."""
        return rules_for(self.question)

    @property
    def leads(self) -> bool:
        """Whether the person may settle."""
        return self.person.may("lead")

    @cached_property
    def words(self) -> dict[str, str]:
        """Every answer that was or can be given, in its order, with the words for it."""
        known = answers_of(self.taxonomy, self.question)
        given = consensus_cached.votes(self.asked).answers
        return known | {name: name.replace("_", " ") for name in given if name not in known}

    @cached_property
    def colours(self) -> dict[str, str]:
        """Colour of each answer, by its name and by its words."""
        found = class_colours(plain_taxonomy("", tuple(self.words)))
        return self._by_words(found)

    @cached_property
    def letters(self) -> dict[str, str]:
        """Letter of each answer, by its name and by its words."""
        said = class_letters(plain_taxonomy("", tuple(dict.fromkeys(self.words.values()))))
        return self._by_words({name: said[text] for name, text in self.words.items()})

    def _by_words(self, found: Mapping[str, str]) -> dict[str, str]:
        return {self.words[name]: value for name, value in found.items()} | dict(found)

    def labels_of(self, object_ids: Sequence[str]) -> list[str | None]:
        """What people together say of each object, in words; None where they do not."""
        named = consensus_cached.named(self.asked, self.rule)
        return [self.words[named[i]] if i in named else None for i in object_ids]

    def sign(self, name: str) -> str:
        """Letter of an answer."""
        return self.letters.get(name, name)

    def colour(self, name: str) -> str:
        """Colour of an answer."""
        return self.colours.get(name, NOBODY)

    @property
    def origin(self) -> dict[str, Any]:
        """Where selections made here come from."""
        return {
            "kind": "consensus page", "rule": self.rule, "classes": self.taxonomy.name,
            "question": self.question, "revision": self.asked.revision,
        }  # fmt: skip


def asked_here(workspace: Workspace, dataset: Dataset) -> tuple[Asked, ...]:
    """What people have answered about a dataset; nothing where there is no label store."""
    if not is_made(workspace):
        return ()
    from astro_core.labels.store import open_store

    store = open_store(workspace)
    revision = store.revision(dataset_key(dataset))
    key = (store.place, str(dataset.folder), dataset.fingerprint, revision)
    return cast("tuple[Asked, ...]", _asked(key, workspace, dataset))


def read(
    workspace: Workspace, dataset: Dataset, choices: tuple[Asked, ...], person: Person
) -> Shown:
    """Read the address: which of the choices is looked at, and by which rule."""
    from astro_core.labels.queue_rules import rules_revision
    from astro_core.labels.store import open_store

    store = open_store(workspace)
    taxonomy, question = _chosen(choices)
    asked = Answered(
        workspace=workspace, dataset=dataset, place=store.place,
        revision=store.revision(dataset_key(dataset)), rules_revision=rules_revision(store),
        taxonomy=taxonomy, question=question,
    )  # fmt: skip
    token = [str(dataset.folder), dataset.fingerprint, taxonomy.name, question]
    return Shown(
        workspace=workspace,
        dataset=dataset,
        person=person,
        asked=asked,
        choices=choices,
        rule=parameter(RULE, rules_for(question), FIRST_RULE),
        key=f"consensus:{digest(token, length=6)}",
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _asked(
    key: tuple[str, str, str, int],  # noqa: ARG001 - what it follows from
    _workspace: Workspace,
    _dataset: Dataset,
) -> tuple[Asked, ...]:
    return what_was_asked(_workspace, _dataset)


def _chosen(choices: Sequence[Asked]) -> tuple[Taxonomy, str]:
    """What the address names, or else the first."""
    wanted = st.query_params.get(CLASSES, ""), st.query_params.get(QUESTION, "")
    given = {(asked.taxonomy.name, asked.question): asked for asked in choices}
    found = given.get(wanted, choices[0])
    return found.taxonomy, found.question


def rules_for(question: str) -> tuple[str, ...]:
    """Names of the consensus rules for a question, or for the classes when it is empty."""
    return tuple(spec.name for spec in CONSENSUS if not (question and spec.asks_model))


def choose(taxonomy: str, question: str) -> None:
    """Look at other answers."""
    for name in ("one", "other", "row", "column", "galaxy", "of"):
        st.query_params.pop(name, None)
    st.query_params[CLASSES], st.query_params[QUESTION] = taxonomy, question
