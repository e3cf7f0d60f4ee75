"""One act of one person on one galaxy."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args

from astro_core.errors import BadInputError

LabelAction = Literal["label", "skip", "flag", "retract", "settle"]
LABEL_ACTIONS: tuple[LabelAction, ...] = get_args(LabelAction)
MAX_COMMENT = 2_000
_MAX_NAME = 200


def utc_text(at: str | datetime) -> str:
    """Write a time as ISO 8601 in UTC with microseconds, so that text sorts by time.

    Parameters
    ----------
    at : str or datetime
        A time without a zone is taken as UTC.

    Raises
    ------
    BadInputError
        If the text is no time.
    """
    try:
        moment = datetime.fromisoformat(at.strip()) if isinstance(at, str) else at
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        raise BadInputError(
            "A label's time cannot be read",
            expected="ISO 8601 such as 2026-05-01T20:15:00Z",
            given=f"'{at}'",
        ) from None


def new_event_id() -> str:
    """Make an id for something that a person is doing now."""
    return uuid.uuid4().hex


def utc_now() -> str:
    """The time as `utc_text` writes it."""
    return utc_text(datetime.now(UTC))


def one_line(text: str) -> str:
    """Return text without line breaks and control characters, which no table format keeps alike."""
    if text.isascii() and text.isprintable() and text == " ".join(text.split()):
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@dataclass(frozen=True, kw_only=True)
class LabelEvent:
    """What one person did with one galaxy at one moment; never edited, only followed by more.

    Attributes
    ----------
    dataset : str
        Name of the dataset's folder, which stays when the dataset is renamed.
    action : {"label", "skip", "flag", "retract", "settle"}
        A settlement is a lead's last word; a retraction takes one earlier event back.
    class_name : str
        The class that was given; empty where the answer is one to a question.
    question, answer : str
        Names in the decision tree; empty where a class was given.
    reviewer : str
        Who did it.
    event_id : str
        Made where the person acts, so that sending it twice stores it once.
    at : str
        When, ISO 8601 in UTC with microseconds.
    taxonomy, taxonomy_version
        The classes or questions that were shown.
    fingerprint : str
        State of the dataset that was looked at.
    batch_id : str
        The same for all galaxies that were labelled in one go; such labels are weak votes.
    comment : str
        One line of at most 2,000 characters.
    suggested_class, suggested_probability, model_id
        What a model thought, whether or not it was shown.
    shown : bool
        Whether the person saw the suggestion before answering; False means blind.
    seconds : float or None
        Time taken, s.
    retracts : str
        Id of the event that is taken back.
    """

    dataset: str
    object_id: str
    action: LabelAction = "label"
    class_name: str = ""
    question: str = ""
    answer: str = ""
    reviewer: str
    event_id: str = field(default_factory=new_event_id)
    at: str = field(default_factory=utc_now)
    taxonomy: str = ""
    taxonomy_version: int = 1
    fingerprint: str = ""
    batch_id: str = ""
    comment: str = ""
    suggested_class: str = ""
    suggested_probability: float | None = None
    model_id: str = ""
    shown: bool = False
    seconds: float | None = None
    retracts: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", utc_text(self.at))
        object.__setattr__(self, "comment", one_line(self.comment)[:MAX_COMMENT].rstrip())
        object.__setattr__(self, "reviewer", one_line(self.reviewer))
        for name in ("dataset", "object_id", "reviewer", "event_id"):
            if not 0 < len(getattr(self, name)) <= _MAX_NAME:
                raise BadInputError(
                    f"A label event needs its {name.replace('_', ' ')}",
                    expected=f"1 to {_MAX_NAME} characters",
                    given=f"'{getattr(self, name)[:_MAX_NAME]}'",
                )
        for name in ("suggested_probability", "seconds"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                object.__setattr__(self, name, None)
        self._check_action()

    def _check_action(self) -> None:
        if self.action not in LABEL_ACTIONS:
            raise BadInputError(
                "A label event of an unknown kind",
                expected="one of " + ", ".join(LABEL_ACTIONS),
                given=f"'{self.action}'",
            )
        one = bool(self.class_name) != bool(self.answer)
        whole = bool(self.question) == bool(self.answer)
        if self.action in ("label", "settle") and not (one and whole):
            raise BadInputError(
                f"A {self.action} event needs a class, or a question with its answer",
                given=f"class '{self.class_name}', question '{self.question}', "
                f"answer '{self.answer}'",
            )
        if (self.action == "retract") != bool(self.retracts):
            raise BadInputError("A retraction, and nothing else, names the event it takes back")

    @property
    def said(self) -> str:
        """The class, or the answer to the question; empty where neither was given."""
        return self.answer if self.question else self.class_name
