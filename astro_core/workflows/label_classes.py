"""Finds the objects and classes of a dataset that a file of labels names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from astro_core.datasets.columns import plain
from astro_core.domain import Dataset, Question, Taxonomy
from astro_core.errors import BadInputError
from astro_core.workflows.class_names import Names
from astro_core.workflows.object_rows import object_table

_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Said:
    """A class, or an answer to a question."""

    class_name: str = ""
    question: str = ""
    answer: str = ""


class Vocabulary:
    """The classes and answers of a taxonomy, by their names or, loosely, as `Names` finds them.

    One without classes and questions takes every class as it is named.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._open = not taxonomy.classes and not taxonomy.questions
        self._classes = Names((name, Said(class_name=name)) for name in taxonomy.class_names)
        answers: dict[str, list[tuple[str, Said]]] = {}
        for question in taxonomy.questions:
            for key in {_asked(question.name), _asked(question.text)}:
                answers.setdefault(key, []).extend(_answers(question))
        self._answers = {key: Names(said) for key, said in answers.items()}
        self.known = taxonomy.class_names or tuple(a.name for a in taxonomy.answers())

    def find(self, text: str, question: str = "") -> Said | None:
        """What a text means, as an answer to `question` where one is named; None if nothing."""
        answers = self._answers.get(_asked(question)) if question else None
        if answers and (answer := answers.find(text)):
            return answer
        return Said(class_name=text) if self._open and text else self._classes.find(text)


def _asked(question: str) -> str:
    return plain(question) or question


def _answers(question: Question) -> Iterator[tuple[str, Said]]:
    for answer in question.answers:
        said = Said(question=question.name, answer=answer.name)
        yield from ((answer.name, said), (answer.text, said))


def check_objects(dataset: Dataset, object_ids: Sequence[str]) -> None:
    """Refuse objects that a dataset does not have.

    Raises
    ------
    BadInputError
        Naming the first few, and how many there are.
    """
    wanted = list(dict.fromkeys(object_ids))
    found = object_table(dataset).index.get_indexer(wanted)
    unknown = [i for i, at in zip(wanted, found, strict=True) if at < 0]
    if unknown:
        raise BadInputError(
            f"{len(unknown):,} of the objects are not in '{dataset.name}'",
            given=some_of(unknown),
            todo="Nothing was imported; take those rows out, or name the dataset they belong to",
        )


def refuse_unknown(unknown: Iterable[str], vocabulary: Vocabulary, dataset: Dataset) -> None:
    """Refuse classes that a dataset does not have.

    Raises
    ------
    BadInputError
        Naming them with the number of their rows, and the classes there are.
    """
    counts = Counter(unknown)
    if counts:
        raise BadInputError(
            f"Some labels are no classes of '{dataset.name}'",
            expected=some_of(vocabulary.known, 20),
            given=some_of([f"'{name}' ({n:,} rows)" for name, n in counts.most_common()]),
            todo="Nothing was imported; correct the labels, or add the classes",
        )


def some_of(names: Sequence[str], most: int = _NAMED) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
