"""The classes in use, and decision trees of questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from astro_core.errors import BadInputError, NotFoundError

VoteKind = Literal["conditional", "cumulative"]
KEYS = "1234567890abdefghijklmnopqstuvwxyz"  # c and r belong to the browser app
_RESERVED = "cr"


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
        Catalogue column with the vote fraction of this answer, in [0, 1]; empty where the
        catalogue has none.
    next_question : str or None
        Name of the question that follows, None at the end of the tree.
    """

    name: str
    text: str
    column: str = ""
    next_question: str | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a decision tree."""

    name: str
    text: str
    answers: tuple[Answer, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The key that chooses each answer: 1-9, 0, then letters; empty from the 35th on."""
        return tuple(KEYS[i] if i < len(KEYS) else "" for i in range(len(self.answers)))


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

    Raises
    ------
    BadInputError
        If a name or a key comes twice, a key cannot be one, an answer leads nowhere, or
        questions lead back to themselves.
    """

    name: str
    version: int = 1
    classes: tuple[GalaxyClass, ...] = ()
    questions: tuple[Question, ...] = ()
    votes_are: VoteKind = "conditional"
    mirror: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _once(self.class_names, f"Taxonomy '{self.name}' names a class twice")
        for one in self.classes:
            check_key(one.key, one.name)
        _once([c.key for c in self.classes if c.key], "Two classes have the same key")
        _check_questions(self.questions)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in the order that fixes their colours."""
        return tuple(c.name for c in self.classes)

    @property
    def vote_columns(self) -> tuple[str, ...]:
        """Catalogue columns with vote fractions, in the tree's order."""
        return tuple(answer.column for answer in self.answers())

    def question(self, name: str) -> Question:
        """Return the question of that name.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        for question in self.questions:
            if question.name == name:
                return question
        raise NotFoundError(f"Taxonomy '{self.name}' has no question '{name}'")

    def with_keys(self) -> Taxonomy:
        """Give each class without a key the first that is free; there are 34 keys."""
        free = iter([key for key in KEYS if key not in {c.key for c in self.classes}])
        return replace(
            self,
            classes=tuple(c if c.key else replace(c, key=next(free, "")) for c in self.classes),
        )

    def without_votes(self) -> Taxonomy:
        """The same questions, for a catalogue that has no votes on them."""
        questions = [
            replace(q, answers=tuple(replace(a, column="") for a in q.answers))
            for q in self.questions
        ]
        return replace(self, questions=tuple(questions))

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


def check_key(key: str, name: str) -> None:
    """Refuse a key that cannot choose a class; none at all is fine.

    Raises
    ------
    BadInputError
        For C and R, which the browser app keeps for itself, and for what is no digit or letter.
    """
    if key and key.lower() in _RESERVED:
        raise BadInputError(
            f"'{name}' cannot have the key {key.upper()}, which the browser app keeps for itself",
            todo="Choose another digit or letter",
        )
    if key and (len(key) != 1 or key not in KEYS):
        raise BadInputError(
            f"'{name}' has a key that cannot be one",
            expected="a digit, or a small letter other than c and r",
            given=f"'{key}'",
        )


def _once(names: Sequence[str], what: str) -> None:
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise BadInputError(what, given=f"'{twice[0]}' twice")


def _check_questions(questions: tuple[Question, ...]) -> None:
    following = {q.name: [a.next_question for a in q.answers if a.next_question] for q in questions}
    _once([q.name for q in questions], "Two questions have the same name")
    for question in questions:
        _once([a.name for a in question.answers], f"'{question.text}' has an answer twice")
        for answer in question.answers:
            if answer.next_question is not None and answer.next_question not in following:
                raise BadInputError(
                    f"Answer '{answer.name}' leads to an unknown question",
                    expected="one of " + ", ".join(sorted(following)),
                    given=f"'{answer.next_question}'",
                )
    left = dict(following)
    while ends := [name for name, after in left.items() if not any(a in left for a in after)]:
        for name in ends:
            del left[name]
    if left:
        raise BadInputError(
            "Questions lead back to themselves, so that nobody would come to an end",
            given=" and ".join(f"'{name}'" for name in left),
        )
