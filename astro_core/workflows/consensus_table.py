"""The answers that people together gave, beside those of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset, Question, Taxonomy
from astro_core.labels.votes import Votes
from astro_core.workflows.export_tables import write_table
from astro_core.workflows.labels import Truth

ALL, OTHER, CONFLICT, UNANSWERED = "labelled", "other", "conflict", "unanswered"
GIVEN = "label:"  # and the answer


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """One answer per galaxy by people, and by the catalogue where it has one.

    Attributes
    ----------
    objects : DataFrame
        As `labels.consensus.consensus` gives it, and `catalogue`: the class there, or for a
        question of a tree the answer with most votes there; None without.
    answers : tuple of str
        In their order.
    """

    objects: pd.DataFrame
    answers: tuple[str, ...]

    @property
    def named(self) -> pd.DataFrame:
        """The galaxies that have a label."""
        return self.objects.dropna(subset=["label"])

    @property
    def both(self) -> pd.DataFrame:
        """The galaxies that have a label and are in the catalogue, too."""
        return self.named.dropna(subset=["catalogue"])

    @property
    def n_other(self) -> int:
        """Galaxies of which people say something else than the catalogue."""
        both = self.both
        return int((both["label"] != both["catalogue"]).sum())

    def counts(self, column: str) -> dict[str, int]:
        """Number of the labelled galaxies per answer, of `label` or `catalogue`."""
        found = self.named[column].value_counts()
        return {name: int(found.get(name, 0)) for name in self.answers}

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Galaxies per answer of the catalogue (rows) and of people (columns)."""
        k, place = len(self.answers), {name: i for i, name in enumerate(self.answers)}
        both = self.both
        cells = both["catalogue"].map(place) * k + both["label"].map(place)
        counts = np.bincount(cells.to_numpy(dtype=np.int64), minlength=k * k)
        return counts.reshape(k, k).astype(np.int64)

    def cell(self, catalogue: str, label: str) -> tuple[str, ...]:
        """The galaxies of one cell of the confusion, those that people agree on least first."""
        both = self.both
        here = both[(both["catalogue"] == catalogue) & (both["label"] == label)]
        return _ids(here.sort_values("share", kind="stable"))

    def galaxies(self, of: str) -> tuple[str, ...]:
        """Some of the galaxies.

        Parameters
        ----------
        of : str
            `ALL` with a label, or `GIVEN` and an answer: those that people agree on least first;
            `OTHER` than in the catalogue: those that they agree on most first; `CONFLICT` or
            `UNANSWERED`.
        """
        if of in (CONFLICT, UNANSWERED):
            return _ids(self.objects[self.objects["status"] == of])
        if of == OTHER:
            both = self.both
            other = both[both["label"] != both["catalogue"]]
            return _ids(other.sort_values("share", ascending=False, kind="stable"))
        here = self.named
        if of.startswith(GIVEN):
            here = here[here["label"] == of.removeprefix(GIVEN)]
        return _ids(here.sort_values("share", kind="stable"))


def _ids(objects: pd.DataFrame) -> tuple[str, ...]:
    return tuple(objects["object_id"])


def compare(dataset: Dataset, truth: Truth, answers: Sequence[str], taxonomy: Taxonomy) -> Compared:
    """Set what people said beside the catalogue.

    Parameters
    ----------
    answers : sequence of str
        All that people said, in the order of the taxonomy.
    taxonomy : Taxonomy
        The classes in which they said it. The catalogue has answers only where it uses the same
        names.
    """
    question = next((q for q in taxonomy.questions if q.name == truth.question), None)
    there = _classes(dataset, answers) if question is None else _most_voted(dataset, question)
    objects = truth.objects.assign(catalogue=truth.objects["object_id"].map(there).astype(object))
    missing = objects["catalogue"].isna()
    objects.loc[missing, "catalogue"] = None
    return Compared(objects=objects, answers=tuple(answers))


def _classes(dataset: Dataset, answers: Sequence[str]) -> pd.Series:
    found = read_catalogue(dataset, ["object_id", "label"]).set_index("object_id")["label"]
    return found[found.isin(list(answers))].astype(object)


def _most_voted(dataset: Dataset, question: Question) -> pd.Series:
    """The answer with most votes in the catalogue of each galaxy that has some."""
    known = set(dataset.taxonomy.vote_columns)
    asked = [answer for answer in question.answers if answer.column in known]
    if not asked:
        return pd.Series(dtype=object)
    columns = ["object_id", *(answer.column for answer in asked)]
    votes = read_catalogue(dataset, columns).set_index("object_id")
    votes = votes[votes.notna().all(axis=1) & (votes.sum(axis=1) > 0)]
    names = np.array([answer.name for answer in asked], dtype=object)
    return pd.Series(names[votes.to_numpy().argmax(axis=1)], index=votes.index, dtype=object)


def write_galaxies(
    found: Compared,
    votes: Votes,
    format_name: str,
    path: Path,
    *,
    hidden: frozenset[str] = frozenset(),
) -> None:
    """Write one row per galaxy: its label and share, the votes for each answer, the catalogue's.

    Parameters
    ----------
    votes : Votes
        What the labels follow from.
    format_name : str
        csv, ecsv, votable, fits or parquet.
    hidden : frozenset of str
        Galaxies that are left out.

    Raises
    ------
    NotFoundError
        For another format.
    """
    import pyarrow as pa

    tally = votes.tally().astype(int)
    counts = {f"votes_{name}": tally[:, k] for k, name in enumerate(votes.answers)}
    table = found.objects.assign(**counts)
    kept = table[~table["object_id"].isin(hidden)]
    write_table(pa.Table.from_pandas(kept, preserve_index=False), format_name, path)
