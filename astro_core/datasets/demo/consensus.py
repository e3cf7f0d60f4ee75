"""From votes to vote columns, a ``gz2_class`` string, a readable label, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.demo.panel import N_VOLUNTEERS, tally
from astro_core.datasets.gz2 import GZ2_QUESTIONS, gz2_taxonomy, parse_gz2_class
from astro_core.domain import GalaxyClass, Taxonomy
from astro_core.domain.taxonomy import KEYS

Counts = Mapping[str, NDArray[np.int64]]

_CLASSES = (
    ("elliptical_round", "Smooth and completely round"),
    ("elliptical_intermediate", "Smooth, between round and cigar shaped"),
    ("elliptical_cigar", "Smooth and cigar shaped"),
    ("lenticular", "A disc without spiral arms, with or without a bar"),
    ("spiral", "Spiral arms and no bar"),
    ("spiral_barred", "Spiral arms and a bar"),
    ("edge_on", "A disc seen from the side"),
    ("ring", "A ring, whatever else there is"),
    ("merger", "Two galaxies that are becoming one"),
    ("disturbed", "Pulled out of shape or irregular"),
    ("star_or_artefact", "Not a galaxy"),
)
DEMO_CLASSES = tuple(
    GalaxyClass(name=name, key=key, description=text)
    for (name, text), key in zip(_CLASSES, KEYS, strict=False)
)
_BY_ODD = {"ring": "ring", "disturbed": "disturbed", "irregular": "disturbed"}
_BY_SIMPLE = {
    "disc": "lenticular",
    "disc_barred": "lenticular",
    "edge_on_round_bulge": "edge_on",
    "edge_on_boxy_bulge": "edge_on",
    "edge_on_no_bulge": "edge_on",
}


def demo_taxonomy() -> Taxonomy:
    """Classes of the demo survey, and the tree whose votes its catalogue has."""
    return gz2_taxonomy(DEMO_CLASSES, "fraction")


def gz2_class(counts: Counts) -> str:
    """Return the class string to which most votes lead at each turn (Willett et al. 2013)."""

    def top(question: str) -> int:
        return int(np.argmax(counts[question]))

    start = top("t01_smooth_or_features")
    if start == 2:
        return "A"
    if start == 0:
        code = "E" + "ric"[top("t07_rounded")]
    elif top("t02_edgeon") == 0:
        code = "Se" + "rbn"[top("t09_bulge_shape")]
    else:
        code = "S" + ("B" if top("t03_bar") == 0 else "") + "dcba"[top("t05_bulge_prominence")]
        if top("t04_spiral") == 0:
            code += "1234+?"[top("t11_arms_number")] + "tml"[top("t10_arms_winding")]
    if top("t06_odd") == 0 and counts["t06_odd"].any():
        code += f"({'rldiomu'[top('t08_odd_feature')]})"
    return code


def readable(code: str) -> str:
    """Return the name, one of `DEMO_CLASSES`, of a ``gz2_class`` string."""
    parsed = parse_gz2_class(code)
    return _BY_ODD.get(parsed.odd) or _BY_SIMPLE.get(parsed.simple, parsed.simple)


def vote_columns(counts: Counts) -> dict[str, float | int]:
    """Counts and fractions of all answers; a fraction is NaN where nobody was asked."""
    columns: dict[str, float | int] = {}
    for question in GZ2_QUESTIONS:
        votes = counts[question.name]
        asked = int(votes.sum())
        for answer, count in zip(question.answers, votes.tolist(), strict=True):
            stem = answer.column.removesuffix("_debiased")
            columns[f"{stem}_count"] = count
            columns[f"{stem}_fraction"] = count / asked if asked else float("nan")
    return columns


def consensus(given: Mapping[str, NDArray[np.int64]]) -> dict[str, float | int | str]:
    """Sum up what the panel said of one object.

    Returns
    -------
    dict
        Vote columns, gz2_class, label, total_classifications, total_votes, and
        panel_agreement: the share of volunteers whose own path leads to the same label.
    """
    counts = tally(given)
    code = gz2_class(counts)
    label = readable(code)
    alone = [
        readable(gz2_class(tally({name: answers[i : i + 1] for name, answers in given.items()})))
        for i in range(N_VOLUNTEERS)
    ]
    return {
        "label": label,
        "gz2_class": code,
        "panel_agreement": alone.count(label) / N_VOLUNTEERS,
        "total_classifications": N_VOLUNTEERS,
        "total_votes": int(sum(votes.sum() for votes in counts.values())),
        **vote_columns(counts),
    }
