"""Classes and questions while somebody changes them: they may be wrong until they are saved."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Literal, cast

from astro_core.domain import Answer, GalaxyClass, Question, Taxonomy

Kind = Literal["classes", "questions", "answers"]
Row = dict[str, Any]
_NAME_LENGTH = 40


class Draft:
    """A taxonomy as rows, each with a number of its own that stays when it is moved or renamed.

    Parameters
    ----------
    taxonomy : Taxonomy
        What the change begins from.

    Attributes
    ----------
    rows : dict
        ``classes`` (name, key, description, example_ids), ``questions`` (name, text) and
        ``answers`` (name, text, column, question, leads_to), all as texts; `question` and
        `leads_to` are the numbers of questions, "" where the tree ends.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.base = taxonomy
        self.rows: dict[Kind, list[Row]] = {"classes": [], "questions": [], "answers": []}
        self._made = 0
        for one in taxonomy.classes:
            self.add("classes", name=one.name, key=one.key, description=one.description,
                     example_ids=list(one.example_ids))  # fmt: skip
        number = {q.name: self.add("questions", name=q.name, text=q.text)
                  for q in taxonomy.questions}  # fmt: skip
        for question in taxonomy.questions:
            for answer in question.answers:
                self.add("answers", name=answer.name, text=answer.text, column=answer.column,
                         question=number[question.name],
                         leads_to=number.get(answer.next_question or "", ""))  # fmt: skip

    def add(self, kind: Kind, **values: Any) -> str:
        """Add a row at the end and return its number."""
        blank: dict[Kind, Row] = {
            "classes": {"name": "", "key": "", "description": "", "example_ids": []},
            "questions": {"name": "", "text": ""},
            "answers": {"name": "", "text": "", "column": "", "question": "", "leads_to": ""},
        }
        self._made += 1
        row = blank[kind] | values | {"number": str(self._made)}
        self.rows[kind].append(row)
        return str(row["number"])

    def ask(self) -> str:
        """Add a question with answers yes and no, and return its number."""
        number = self.add("questions")
        for text in ("Yes", "No"):
            self.add("answers", text=text, question=number)
        return number

    def row(self, kind: Kind, number: str) -> Row:
        """Return a row, which may be changed."""
        return next(row for row in self.rows[kind] if row["number"] == number)

    def answers_to(self, question: str) -> list[Row]:
        """Return the answers of a question, in order."""
        return [row for row in self.rows["answers"] if row["question"] == question]

    def remove(self, kind: Kind, number: str) -> None:
        """Take a row out; a question goes with its answers, and nothing leads to it any more."""
        self.rows[kind] = [row for row in self.rows[kind] if row["number"] != number]
        if kind == "questions":
            kept = [row for row in self.rows["answers"] if row["question"] != number]
            for row in kept:
                if row["leads_to"] == number:
                    row["leads_to"] = ""
            self.rows["answers"] = kept

    def move(self, kind: Kind, number: str, by: int) -> None:
        """Move a row up (-1) or down (1); an answer among those of its question."""
        rows = self.rows[kind]
        among = [i for i, row in enumerate(rows) if row.get("question") == self._home(kind, number)]
        at = next(k for k, i in enumerate(among) if rows[i]["number"] == number)
        if 0 <= at + by < len(among):
            here, there = among[at], among[at + by]
            rows[here], rows[there] = rows[there], rows[here]

    def _home(self, kind: Kind, number: str) -> str | None:
        return cast("str | None", self.row(kind, number).get("question"))

    def taxonomy(self) -> Taxonomy:
        """Return what the rows say.

        New questions and answers are named after their words; those that had a name keep it,
        so that labels of earlier versions mean the same.

        Raises
        ------
        BadInputError
            As `Taxonomy`.
        """
        names = {
            row["number"]: row["name"] or _named(row["text"], f"question_{row['number']}")
            for row in self.rows["questions"]
        }
        return replace(
            self.base,
            classes=tuple(
                GalaxyClass(
                    name=row["name"].strip(), key=row["key"].strip().lower(),
                    description=row["description"].strip(), example_ids=tuple(row["example_ids"]),
                )
                for row in self.rows["classes"]
            ),
            questions=tuple(
                Question(
                    name=names[row["number"]], text=row["text"].strip(),
                    answers=tuple(self._answer(one, names) for one in self._of(row)),
                )
                for row in self.rows["questions"]
            ),
        )  # fmt: skip

    def _of(self, question: Row) -> list[Row]:
        return self.answers_to(question["number"])

    def _answer(self, row: Row, names: dict[str, str]) -> Answer:
        return Answer(
            name=row["name"] or _named(row["text"], f"answer_{row['number']}"),
            text=row["text"].strip(),
            column=row["column"],
            next_question=names.get(row["leads_to"]),
        )

    def to_text(self) -> str:
        """Return all of it as one text, for a place that keeps texts."""
        return json.dumps({"base": self.base.to_json(), "rows": self.rows, "made": self._made})

    @classmethod
    def from_text(cls, text: str) -> Draft:
        """Read what `to_text` wrote."""
        value = json.loads(text)
        draft = cls(Taxonomy.from_json(value["base"]))
        draft.rows, draft._made = value["rows"], value["made"]
        return draft


def _named(text: str, otherwise: str) -> str:
    """A name for tables made of what a person reads: "Any arms?" becomes any_arms."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_NAME_LENGTH] or otherwise
