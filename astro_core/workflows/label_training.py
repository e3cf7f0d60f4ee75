"""The classes that a training is taught: those of the catalogue, or what people said of it.

What people said is written into the run's folder when the run starts, so that a run that is taken
up again learns the same, and anybody can see later what was learned from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.classifiers.settings import CATALOGUE, FILLED, TrainingParams
from astro_core.datasets.store import workspace_of
from astro_core.domain import Dataset, Taxonomy
from astro_core.params import digest
from astro_core.runs.folder import now
from astro_core.workspace import read_json, whole_file, write_json

LABELS, ABOUT = "labels.parquet", "labels.json"
_COLUMNS = ["object_id", "label", "share", "n_votes", "status"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Taught:
    """What people together said of the galaxies of a dataset, at one moment.

    Attributes
    ----------
    table : DataFrame
        object_id, label (None where there is none), share, n_votes and status of each galaxy
        that somebody looked at; see `labels.consensus.consensus`.
    taxonomy : Taxonomy
        The classes that they answered in.
    about : Mapping
        As plain JSON values: labels (the setting), rule, taxonomy (name), taxonomy_version,
        reviewers (votes of each), n_votes, n_labelled, revision (of the store at that moment),
        digest (of the table) and at (UTC).
    """

    table: pd.DataFrame
    taxonomy: Taxonomy
    about: Mapping[str, Any]

    def labels(self, catalogue: pd.DataFrame) -> pd.Series:
        """Class of every galaxy of a catalogue, None where there is none to learn.

        Galaxies on which people differ stay without, whatever the catalogue says of them.
        """
        said = self.table.set_index("object_id")
        found = catalogue["object_id"].map(said["label"]).astype(object)
        if self.about["labels"] == FILLED:
            doubted = said.index[said["status"] == "conflict"]
            silent = found.isna() & ~catalogue["object_id"].isin(doubted)
            found = found.where(~silent, catalogue["label"])
        kept: pd.Series = found.where(found.notna(), None)
        return kept

    def told(self, parts: pd.DataFrame) -> dict[str, Any]:
        """Return what a result says of it: `about`, and the votes in each part of a training.

        Parameters
        ----------
        parts : DataFrame
            object_id and part.
        """
        part_of = parts.set_index("object_id")["part"]
        votes = self.table["n_votes"].groupby(self.table["object_id"].map(part_of)).sum()
        spent = {str(part): int(n) for part, n in votes.items() if part}
        return {**self.about, "votes_by_part": spent}


def teach(dataset: Dataset, training: TrainingParams) -> Taught | None:
    """Read what people say now; None where the catalogue's own classes are wanted.

    Raises
    ------
    BadInputError
        If nobody has labelled the dataset yet, in these classes.
    NotFoundError
        If there are no such classes.
    """
    if training.labels == CATALOGUE:
        return None
    from astro_core.workflows.labels import find_truth
    from astro_core.workflows.taxonomies import review_taxonomy

    workspace = workspace_of(dataset)
    taxonomy = review_taxonomy(workspace, dataset, training.taxonomy)
    revision = said_until(dataset, training)
    rule = "majority" if training.labels == FILLED else training.labels
    truth = find_truth(workspace, dataset, rule=rule, taxonomy=taxonomy)
    table = truth.objects[_COLUMNS].astype({"object_id": "str", "status": "str"})
    people = zip(truth.reviewers["reviewer"], truth.reviewers["n_votes"], strict=True)
    about = {
        "labels": training.labels,
        "rule": rule,
        "taxonomy": taxonomy.name,
        "taxonomy_version": taxonomy.version,
        "reviewers": {str(name): int(n) for name, n in people},
        "n_votes": truth.n_votes,
        "n_labelled": int(table["label"].notna().sum()),
        "revision": revision,
        "digest": digest(table[["object_id", "label"]].to_dict("list")),
        "at": now(),
    }
    return Taught(table=table, taxonomy=taxonomy, about=about)


def said_until(dataset: Dataset, training: TrainingParams) -> int:
    """Revision of the labels that `teach` reads: another one may teach other classes."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    if training.labels == CATALOGUE:
        return 0
    return int(open_store(workspace_of(dataset)).revision(dataset_key(dataset)))


def frozen(folder: Path, dataset: Dataset, training: TrainingParams) -> Taught | None:
    """Do as `teach` once per run: what was read the first time stays in the run's folder."""
    kept = read_taught(folder)
    if kept is not None:
        return kept
    found = teach(dataset, training)
    if found is not None:
        with whole_file(folder / LABELS) as half:
            found.table.to_parquet(half, index=False)
        about = {"about": dict(found.about), "taxonomy": found.taxonomy.to_json()}
        write_json(folder / ABOUT, about)
    return found


def read_taught(folder: Path) -> Taught | None:
    """What a run froze; None where it learned from the catalogue, or has not begun."""
    if not (folder / ABOUT).is_file():
        return None
    table = pd.read_parquet(folder / LABELS)
    table["label"] = table["label"].astype(object).where(table["label"].notna(), None)
    told = read_json(folder / ABOUT)
    return Taught(table=table, taxonomy=Taxonomy.from_json(told["taxonomy"]), about=told["about"])


def votes_words(about: Mapping[str, Any]) -> str:
    """How many votes of how many people, for a person: "160 votes of 3 people"."""
    n, people = int(about["n_votes"]), len(about["reviewers"])
    return f"{n:,} vote{'s' * (n != 1)} of {people:,} {'person' if people == 1 else 'people'}"
