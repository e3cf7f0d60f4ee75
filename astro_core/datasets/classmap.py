"""Merging, renaming and leaving out classes, and what a mirror image turns a class into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from astro_core.domain import GalaxyClass, Taxonomy
from astro_core.domain.taxonomy import KEYS
from astro_core.errors import BadInputError

_SYNTAX = "name, or new_name=old_name+old_name, separated by commas"
_TURNS = re.compile(r"(?<![a-z])(anticlockwise|counterclockwise|clockwise|acw|ccw|cw)(?![a-z])")
_OTHER_TURN = {
    "clockwise": ("anticlockwise", "counterclockwise"),
    "anticlockwise": ("clockwise",),
    "counterclockwise": ("clockwise",),
    "cw": ("acw", "ccw"),
    "acw": ("cw",),
    "ccw": ("cw",),
}


@dataclass(frozen=True)
class ClassMap:
    """New class names in order, each with the classes it is made of."""

    members: Mapping[str, tuple[str, ...]]

    @property
    def new_name(self) -> dict[str, str]:
        """Old class to new class."""
        return {old: new for new, olds in self.members.items() for old in olds}

    def apply(self, labels: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Return the new labels, and which rows stay: the mapped and the unlabelled ones.

        Raises
        ------
        BadInputError
            If the map names a class that is not there.
        """
        found = [str(label) for label in labels.dropna().unique()]
        unknown = [old for old in self.new_name if old not in found]
        if unknown:
            raise BadInputError(
                f"There is no class '{unknown[0]}' to choose",
                expected="some of " + ", ".join(sorted(found)) if found else "labelled objects",
            )
        new = labels.map(self.new_name).astype(object)
        return new.where(new.notna(), None), labels.isna() | new.notna()


def parse_class_map(text: str) -> ClassMap:
    """Read ``"spiral=spiral_clockwise+spiral_anticlockwise,elliptical,edge_on"``.

    Raises
    ------
    BadInputError
        If a name is empty, or is used twice.
    """
    members: dict[str, tuple[str, ...]] = {}
    for item in text.split(","):
        new, _, olds = (part.strip() for part in item.partition("="))
        names = tuple(old.strip() for old in olds.split("+")) if "=" in item else (new,)
        if not new or not all(names):
            raise BadInputError(
                "The choice of classes cannot be read", expected=_SYNTAX, given=f"'{text}'"
            )
        if new in members:
            raise BadInputError(f"The choice of classes makes '{new}' twice", expected=_SYNTAX)
        members[new] = names
    used = [old for olds in members.values() for old in olds]
    twice = [old for old in used if used.count(old) > 1]
    if twice:
        raise BadInputError(f"The choice of classes uses '{twice[0]}' twice", expected=_SYNTAX)
    return ClassMap(members)


def mirror_pairs(names: Iterable[str]) -> dict[str, str]:
    """Class to the class that its mirror image shows, where both are among `names`."""
    by_fold = {name.lower(): name for name in names}
    pairs: dict[str, str] = {}
    for fold, name in by_fold.items():
        turn = _TURNS.search(fold)
        if turn is None:
            continue
        for other in _OTHER_TURN[turn[1]]:
            there = fold[: turn.start()] + other + fold[turn.end() :]
            if there in by_fold:
                pairs[name] = by_fold[there]
    return pairs


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", name.lower())
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts if p]


def with_classes(taxonomy: Taxonomy, names: Sequence[str]) -> Taxonomy:
    """Return the taxonomy with exactly the classes `names`, keeping what is known of each."""
    known = {c.name: c for c in taxonomy.classes}
    classes = tuple(
        replace(known.get(name, GalaxyClass(name=name)), key=KEYS[i] if i < len(KEYS) else "")
        for i, name in enumerate(names)
    )
    return replace(taxonomy, classes=classes, mirror=mirror_pairs(names))


def taxonomy_of(
    labels: pd.Series, given: Taxonomy | None, name: str, class_map: ClassMap | None = None
) -> Taxonomy:
    """Make the taxonomy of a dataset.

    Classes are in the order of the class map, else in that of the given taxonomy, else in
    natural order of their names; classes that only the labels have come last.
    """
    base = given if given is not None else Taxonomy(name=name)
    first = tuple(class_map.members) if class_map else base.class_names
    found = sorted((str(label) for label in labels.dropna().unique()), key=_natural)
    return with_classes(base, (*first, *(n for n in found if n not in first)))
