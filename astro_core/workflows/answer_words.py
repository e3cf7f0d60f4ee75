"""Answers of a decision tree as words for a person."""

from __future__ import annotations

import re

_GALAXY_ZOO = re.compile(r"t\d+_(.+)_a\d+_(.+?)(?:_debiased|_weighted_fraction|_fraction)?$")


def answer_words(name: str) -> str:
    """The question and the answer, without Galaxy Zoo's numbers.

    "t01_smooth_or_features_a02_features_or_disk_debiased" becomes "smooth or features: features
    or disk".
    """
    found = _GALAXY_ZOO.match(name)
    return ": ".join(part.replace("_", " ") for part in (found.groups() if found else (name,)))
