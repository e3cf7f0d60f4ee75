"""The decision tree of Galaxy Zoo 2 and the code of its ``gz2_class`` strings.

The tree is Table 2 of Willett et al. 2013 (MNRAS 435, 2835); the columns are those of Hart et
al. 2016 (MNRAS 461, 3663) and of the Galaxy Challenge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from astro_core.domain import Answer, GalaxyClass, Question, Taxonomy
from astro_core.domain.taxonomy import KEYS
from astro_core.errors import BadInputError

VoteColumns = Literal["debiased", "weighted_fraction", "fraction"]
VOTE_COLUMNS: tuple[VoteColumns, ...] = ("debiased", "weighted_fraction", "fraction")

_END = ""
_TREE: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "t01_smooth_or_features",
        "Is the galaxy simply smooth and rounded, with no sign of a disc?",
        (
            ("a01_smooth", "Smooth", "t07_rounded"),
            ("a02_features_or_disk", "Features or disc", "t02_edgeon"),
            ("a03_star_or_artifact", "Star or artefact", _END),
        ),
    ),
    (
        "t02_edgeon",
        "Could this be a disc viewed edge-on?",
        (("a04_yes", "Yes", "t09_bulge_shape"), ("a05_no", "No", "t03_bar")),
    ),
    (
        "t03_bar",
        "Is there a bar through the centre?",
        (("a06_bar", "Bar", "t04_spiral"), ("a07_no_bar", "No bar", "t04_spiral")),
    ),
    (
        "t04_spiral",
        "Is there any sign of a spiral arm pattern?",
        (
            ("a08_spiral", "Spiral", "t10_arms_winding"),
            ("a09_no_spiral", "No spiral", "t05_bulge_prominence"),
        ),
    ),
    (
        "t05_bulge_prominence",
        "How prominent is the central bulge, compared with the rest of the galaxy?",
        (
            ("a10_no_bulge", "No bulge", "t06_odd"),
            ("a11_just_noticeable", "Just noticeable", "t06_odd"),
            ("a12_obvious", "Obvious", "t06_odd"),
            ("a13_dominant", "Dominant", "t06_odd"),
        ),
    ),
    (
        "t06_odd",
        "Is there anything odd?",
        (("a14_yes", "Yes", "t08_odd_feature"), ("a15_no", "No", _END)),
    ),
    (
        "t07_rounded",
        "How rounded is it?",
        (
            ("a16_completely_round", "Completely round", "t06_odd"),
            ("a17_in_between", "In between", "t06_odd"),
            ("a18_cigar_shaped", "Cigar shaped", "t06_odd"),
        ),
    ),
    (
        "t08_odd_feature",
        "What is the odd feature?",
        (
            ("a19_ring", "Ring", _END),
            ("a20_lens_or_arc", "Lens or arc", _END),
            ("a21_disturbed", "Disturbed", _END),
            ("a22_irregular", "Irregular", _END),
            ("a23_other", "Other", _END),
            ("a24_merger", "Merger", _END),
            ("a38_dust_lane", "Dust lane", _END),
        ),
    ),
    (
        "t09_bulge_shape",
        "Does the galaxy have a bulge at its centre, and of what shape?",
        (
            ("a25_rounded", "Rounded", "t06_odd"),
            ("a26_boxy", "Boxy", "t06_odd"),
            ("a27_no_bulge", "No bulge", "t06_odd"),
        ),
    ),
    (
        "t10_arms_winding",
        "How tightly wound are the spiral arms?",
        (
            ("a28_tight", "Tight", "t11_arms_number"),
            ("a29_medium", "Medium", "t11_arms_number"),
            ("a30_loose", "Loose", "t11_arms_number"),
        ),
    ),
    (
        "t11_arms_number",
        "How many spiral arms are there?",
        (
            ("a31_1", "1", "t05_bulge_prominence"),
            ("a32_2", "2", "t05_bulge_prominence"),
            ("a33_3", "3", "t05_bulge_prominence"),
            ("a34_4", "4", "t05_bulge_prominence"),
            ("a36_more_than_4", "More than 4", "t05_bulge_prominence"),
            ("a37_cant_tell", "Cannot tell", "t05_bulge_prominence"),
        ),
    ),
)


def _questions(columns: Sequence[Sequence[str]]) -> tuple[Question, ...]:
    return tuple(
        Question(
            name=name,
            text=text,
            answers=tuple(
                Answer(name=answer, text=words, column=column, next_question=following or None)
                for (answer, words, following), column in zip(answers, row, strict=True)
            ),
        )
        for (name, text, answers), row in zip(_TREE, columns, strict=True)
    )


def gz2_columns(kind: VoteColumns = "debiased") -> list[list[str]]:
    """Vote columns of each question as Hart et al. 2016 name them."""
    return [[f"{name}_{answer[0]}_{kind}" for answer in answers] for name, _, answers in _TREE]


def challenge_columns() -> list[list[str]]:
    """Vote columns of each question as the Galaxy Challenge names them, Class1.1 to Class11.6."""
    return [
        [f"Class{q}.{a}" for a in range(1, len(answers) + 1)]
        for q, (_, _, answers) in enumerate(_TREE, start=1)
    ]


GZ2_QUESTIONS = _questions(gz2_columns())


_CLASSES = (
    ("elliptical_round", "Smooth and completely round (Er)"),
    ("elliptical_intermediate", "Smooth, between round and cigar shaped (Ei)"),
    ("elliptical_cigar", "Smooth and cigar shaped (Ec)"),
    ("edge_on_round_bulge", "Disc seen edge-on with a round bulge (Ser)"),
    ("edge_on_boxy_bulge", "Disc seen edge-on with a boxy bulge (Seb)"),
    ("edge_on_no_bulge", "Disc seen edge-on without a bulge (Sen)"),
    ("spiral", "Disc with spiral arms and no bar (Sa to Sd with arms)"),
    ("spiral_barred", "Disc with spiral arms and a bar (SBa to SBd with arms)"),
    ("disc", "Disc without spiral arms or bar (Sa to Sd)"),
    ("disc_barred", "Disc without spiral arms, with a bar (SBa to SBd)"),
    ("merger", "Whatever else it is, the odd feature is a merger: (m)"),
    ("star_or_artefact", "Not a galaxy (A)"),
)
GZ2_CLASSES = tuple(
    GalaxyClass(name=name, key=key, description=text)
    for (name, text), key in zip(_CLASSES, KEYS, strict=False)
)


def gz2_taxonomy(
    classes: tuple[GalaxyClass, ...] = GZ2_CLASSES, kind: VoteColumns = "debiased"
) -> Taxonomy:
    """Galaxy Zoo 2: simplified classes, and the tree with fractions among those asked.

    Parameters
    ----------
    kind : {"debiased", "weighted_fraction", "fraction"}
        Which of the columns of Hart et al. 2016 holds the votes.
    """
    return Taxonomy(name="galaxy_zoo_2", classes=classes, questions=_questions(gz2_columns(kind)))


def challenge_taxonomy(classes: tuple[GalaxyClass, ...] = ()) -> Taxonomy:
    """Galaxy Challenge: the same tree with fractions multiplied down it.

    The fractions of a question sum to that of the answers which lead to it, except "odd"
    (Class6), which the challenge normalised to 1 for every galaxy.
    """
    return Taxonomy(
        name="galaxy_challenge",
        classes=classes,
        questions=_questions(challenge_columns()),
        votes_are="cumulative",
    )


GZ2_TREE = gz2_taxonomy()
CHALLENGE_TREE = challenge_taxonomy()

_CODE = re.compile(
    r"(?:(?P<artefact>A)|E(?P<roundness>[ric])|Se(?P<edge_on>[rbn])"
    r"|S(?P<bar>B?)(?P<bulge>[abcd])(?:(?P<arms>[1-4+?])(?P<winding>[tml]))?)"
    r"(?:\((?P<odd>[rldiomu])\))?"
)
_ELLIPTICALS = {"r": "elliptical_round", "i": "elliptical_intermediate", "c": "elliptical_cigar"}
_EDGE_ONS = {"r": "edge_on_round_bulge", "b": "edge_on_boxy_bulge", "n": "edge_on_no_bulge"}
_BULGES = {"d": "none", "c": "just noticeable", "b": "obvious", "a": "dominant"}
_ARMS = {"+": "more than 4", "?": "cannot tell"}
_WINDINGS = {"t": "tight", "m": "medium", "l": "loose"}
_ODD = {
    "r": "ring",
    "l": "lens or arc",
    "d": "disturbed",
    "i": "irregular",
    "o": "other",
    "m": "merger",
    "u": "dust lane",
}


@dataclass(frozen=True, kw_only=True)
class Gz2Class:
    """What a ``gz2_class`` string says; empty where it says nothing."""

    simple: str
    bulge: str = ""
    arms: str = ""
    winding: str = ""
    odd: str = ""


def parse_gz2_class(text: str) -> Gz2Class:
    """Read a string such as ``SBc2m(r)``.

    Raises
    ------
    BadInputError
        If it does not follow the code.
    """
    found = _CODE.fullmatch(text.strip())
    if found is None:
        raise BadInputError(
            f"'{text}' is not a Galaxy Zoo 2 class string",
            expected="a code such as Er, Sen, SBc2m or Sb?t(r)",
        )
    code = found.groupdict()
    odd = _ODD.get(code["odd"] or "", "")
    return Gz2Class(
        simple="merger" if odd == "merger" else _simple(code),
        bulge=_BULGES.get(code["bulge"] or "", ""),
        arms=_ARMS.get(code["arms"] or "", code["arms"] or ""),
        winding=_WINDINGS.get(code["winding"] or "", ""),
        odd=odd,
    )


def _simple(code: dict[str, str | None]) -> str:
    if code["artefact"]:
        return "star_or_artefact"
    if code["roundness"]:
        return _ELLIPTICALS[code["roundness"]]
    if code["edge_on"]:
        return _EDGE_ONS[code["edge_on"]]
    stem = "spiral" if code["arms"] else "disc"
    return f"{stem}_barred" if code["bar"] else stem


def simplify_gz2_classes(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the readable class (None where unreadable) and the odd feature of many strings.

    Each distinct string is parsed once, so a table of 240,000 rows takes milliseconds.
    """
    classes: dict[str, str] = {}
    odd: dict[str, str] = {}
    for text in texts.dropna().unique():
        try:
            parsed = parse_gz2_class(text)
        except BadInputError:
            continue
        classes[text], odd[text] = parsed.simple, parsed.odd
    return texts.map(classes).astype(object).where(texts.isin(list(classes)), None), texts.map(odd)
