"""The classes in use, and decision trees of questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from astro_core.errors import BadInputError

VoteKind = Literal["conditional", "cumulative"]
KEYS = "1234567890abdefghijklmnopqstuvwxyz"  # c and r belong to the browser app


@dataclass(frozen=True, kw_only=True)
class GalaxyClass:
    """One class: its name, the key that chooses it, and what it means."""

    name: str
    key: str = ""
    description: str = ""
    example_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to a question.

    Attributes
    ----------
    column : str
        Catalogue column with the vote fraction of this answer, in [0, 1].
    next_question : str or None
        Name of the question that follows, None at the end of the tree.
    """

    name: str
    text: str
    column: str
    next_question: str | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a decision tree."""

    name: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class Taxonomy:
    """Classes, and where there are votes the decision tree that they answer.

    Attributes
    ----------
    votes_are : {"conditional", "cumulative"}
        Whether the fractions of a question's answers are among those who were asked it, or
        among everybody (Galaxy Challenge: multiplied down the tree).
    mirror : Mapping
        Class name to the class that a mirror image of it shows.
    """

    name: str
    version: int = 1
    classes: tuple[GalaxyClass, ...] = ()
    questions: tuple[Question, ...] = ()
    votes_are: VoteKind = "conditional"
    mirror: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.class_names
        if len(set(names)) != len(names):
            raise BadInputError(f"Taxonomy '{self.name}' names a class twice")
        known = {q.name for q in self.questions}
        for answer in self.answers():
            if answer.next_question is not None and answer.next_question not in known:
                raise BadInputError(
                    f"Answer '{answer.name}' leads to an unknown question",
                    expected="one of " + ", ".join(sorted(known)),
                    given=f"'{answer.next_question}'",
                )

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in the order that fixes their colours."""
        return tuple(c.name for c in self.classes)

    @property
    def vote_columns(self) -> tuple[str, ...]:
        """Catalogue columns with vote fractions, in the tree's order."""
        return tuple(answer.column for answer in self.answers())

    def answers(self) -> Iterator[Answer]:
        """All answers of all questions, in the tree's order."""
        for question in self.questions:
            yield from question.answers

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"mirror": dict(self.mirror)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Taxonomy:
        """Read what `to_json` wrote."""
        return cls(
            name=value["name"],
            version=value["version"],
            classes=tuple(
                GalaxyClass(**{**c, "example_ids": tuple(c["example_ids"])})
                for c in value["classes"]
            ),
            questions=tuple(
                Question(
                    name=q["name"],
                    text=q["text"],
                    answers=tuple(Answer(**a) for a in q["answers"]),
                )
                for q in value["questions"]
            ),
            votes_are=value["votes_are"],
            mirror=dict(value["mirror"]),
        )


def plain_taxonomy(name: str, class_names: tuple[str, ...]) -> Taxonomy:
    """Make a taxonomy of `class_names` with keys 1-9, 0, then letters."""
    keys = [KEYS[i] if i < len(KEYS) else "" for i in range(len(class_names))]
    classes = tuple(GalaxyClass(name=n, key=k) for n, k in zip(class_names, keys, strict=True))
    return Taxonomy(name=name, classes=classes)
