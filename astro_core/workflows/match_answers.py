"""What of a model's answers a dataset can be compared with, by the names of classes and votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.classifiers.vote_targets import vote_targets
from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset, Head
from astro_core.errors import BadInputError
from astro_core.imaging.render import find_band
from astro_core.workflows.class_names import Names


@dataclass(frozen=True, kw_only=True)
class Match:
    """What of a model's answers a dataset can be compared with.

    Attributes
    ----------
    heads : tuple of Head
        In the dataset's own names.
    renamed : Mapping of str to str
        The model's name of a class, and the dataset's.
    unknown : Mapping of str to int
        Classes of the dataset that the model cannot answer, and their galaxies.
    unused : tuple of str
        Classes of the model that no galaxy has.
    """

    heads: tuple[Head, ...]
    renamed: Mapping[str, str]
    unknown: Mapping[str, int]
    unused: tuple[str, ...]


def match(info: BundleInfo, dataset: Dataset) -> Match:
    """Compare what a model answers with what people said in a dataset, by the names.

    Raises
    ------
    BadInputError
        If they have nothing in common, or the dataset lacks a band that the model is shown.
    """
    _check_bands(info, dataset)
    catalogue = read_catalogue(dataset)
    counts = catalogue["label"].dropna().value_counts()
    head = _closest(info, counts)
    shared = _shared(head, counts) if head else {}
    renamed = {name: shared.get(name, name) for name in head.outputs} if head else {}
    heads = [replace(head, outputs=tuple(renamed.values()))] if head else []
    heads += [h for h in info.heads if h.kind == "votes" and _has_votes(h, catalogue)]
    if not heads:
        raise _nothing_in_common(info, counts.index)
    known = set(renamed.values())
    return Match(
        heads=tuple(heads),
        renamed=renamed,
        unknown={str(k): int(n) for k, n in counts.items() if renamed and k not in known},
        unused=tuple(name for name in renamed.values() if name not in counts.index),
    )


def _check_bands(info: BundleInfo, dataset: Dataset) -> None:
    try:
        for band in info.render.bands:
            find_band(dataset.bands, band)
    except BadInputError:
        raise BadInputError(
            f"The dataset '{dataset.name}' lacks a band that the model is shown",
            expected=", ".join(dict.fromkeys(info.render.bands)),
            given=", ".join(dataset.bands),
            todo="Judge it by a dataset with these bands",
        ) from None


def _closest(info: BundleInfo, counts: pd.Series) -> Head | None:
    """Return the head whose classes most galaxies have; None where no galaxy has any."""

    def n_known(head: Head) -> int:
        return sum(int(counts[own]) for own in _shared(head, counts).values())

    found = max((h for h in info.heads if h.kind != "votes"), key=n_known, default=None)
    return found if found is not None and n_known(found) else None


def _shared(head: Head, counts: pd.Series) -> dict[str, str]:
    """The dataset's name of each class that both have, where either name means the other alone."""
    theirs = Names((name, name) for name in head.outputs)
    ours = Names((str(own), str(own)) for own in counts.index)
    pairs = ((name, ours.find(name)) for name in head.outputs)
    return {name: own for name, own in pairs if own is not None and theirs.find(own) == name}


def _has_votes(head: Head, catalogue: pd.DataFrame) -> bool:
    there = set(head.outputs) <= set(catalogue.columns)
    return there and bool(vote_targets(head, catalogue).known.any())


def _nothing_in_common(info: BundleInfo, labels: pd.Index) -> BadInputError:
    answers = ", ".join(name for head in info.heads for name in head.outputs[:8])
    return BadInputError(
        f"The dataset says nothing that the model '{info.name}' answers",
        expected=f"some of the classes or votes {answers}",
        given=", ".join(map(str, labels[:8])) or "no label",
        todo="Import the dataset with a class map that gives its classes the model's names",
    )
