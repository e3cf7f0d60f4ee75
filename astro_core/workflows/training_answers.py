"""What a finished training answered for each galaxy, against the labels."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.evaluation.report import Report, report_answers
from astro_core.workspace import Workspace

PREDICTIONS = "predictions.parquet"
_PREFIX, _TRUE = "p_", "true_"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The most probable class of every galaxy in a part that has one of the classes as label.

    Attributes
    ----------
    classes : tuple of str
    table : DataFrame
        object_id, label, part, answer, probability (of the answer).
    """

    classes: tuple[str, ...]
    table: pd.DataFrame

    def rows(self, parts: Sequence[str]) -> pd.DataFrame:
        """The galaxies of some parts."""
        found: pd.DataFrame = self.table[self.table["part"].isin(list(parts))]
        return found

    def report(self, parts: Sequence[str]) -> Report | None:
        """Scores of some parts together; None if they have no galaxy."""
        rows = self.rows(parts)
        if rows.empty:
            return None
        index = pd.Index(self.classes)
        given, truth = (index.get_indexer(rows[name]) for name in ("answer", "label"))
        return report_answers(given, truth, self.classes)

    def cell(self, parts: Sequence[str], label: str, answer: str) -> pd.DataFrame:
        """Galaxies of one cell of the confusion matrix, the most certain answers first."""
        rows = self.rows(parts)
        found = rows[(rows["label"] == label) & (rows["answer"] == answer)]
        return found.sort_values(["probability", "object_id"], ascending=[False, True])

    def wrong(self, parts: Sequence[str]) -> pd.DataFrame:
        """Galaxies whose answer is not their label, the most certain answers first."""
        rows = self.rows(parts)
        found = rows[rows["label"] != rows["answer"]]
        return found.sort_values(["probability", "object_id"], ascending=[False, True])


def answers(workspace: Workspace, run_id: str) -> Answers | None:
    """Return the answers of a training; None before it is done, and for vote fractions."""
    path = workspace.runs / run_id / PREDICTIONS
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@functools.lru_cache(maxsize=8)
def _read(path: Path, _modified_ns: int) -> Answers | None:
    table = pd.read_parquet(path)
    classes = class_names(table)
    if not classes or "label" not in table:
        return None
    columns = [f"{_PREFIX}{name}" for name in classes]
    table = table[table["label"].isin(classes)].reset_index(drop=True)
    values: NDArray[np.float32] = table[columns].to_numpy()
    best = values.argmax(axis=1)
    told = table[["object_id", "label", "part"]].assign(
        answer=np.array(classes, dtype=object)[best],
        probability=values[np.arange(len(values)), best] if len(values) else [],
    )
    return Answers(classes=classes, table=told)


def class_names(table: pd.DataFrame) -> tuple[str, ...]:
    """The classes that a table has probabilities of; a vote answer has its truth beside it."""
    names = set(table.columns)
    found = [n for n in table.columns if n.startswith(_PREFIX) and f"{_TRUE}{n}" not in names]
    return tuple(name.removeprefix(_PREFIX) for name in found)
