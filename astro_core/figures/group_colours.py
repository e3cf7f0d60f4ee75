"""Colours of groups: muted, so that nobody takes a group for a class.

Twenty-four colours of low chroma (at most 0.10 in Oklab, Ottosson 2020; those of classes mostly
have more), found by maximising the smallest difference between any two, seen with normal
vision and with full protan-, deuter- and tritanopia (Machado et al. 2009, IEEE TVCG 15, 1291),
and from every class colour. About 0.02 is just noticeable. The smallest difference is

=============  ======  =======  =======  =======
colours        normal  protan-  deuter-  tritanopia
=============  ======  =======  =======  =======
first 12       0.099   0.070    0.074    0.082
all 24         0.052   0.038    0.044    0.044
light, 12      0.089   0.064    0.063    0.073
light, all 24  0.048   0.038    0.035    0.041
=============  ======  =======  =======  =======

and 0.056 (light: 0.042) to the nearest class colour. Twelve groups can be told apart in a map; of
twenty-four, a person who sees few colours will confuse some, and beyond that colours repeat. So
a group is never shown by colour alone: its number always stands beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from astro_core.figures.theme import GROUPS, NOBODY


def group_colour(group: int) -> str:
    """Colour of a group as "#RRGGBB"; grey for noise (-1)."""
    return GROUPS[group % len(GROUPS)] if group >= 0 else NOBODY


def group_label(group: int, names: Mapping[int, str] | None = None) -> str:
    """What a group is called beside its colour: "3", "3 rings", "noise"."""
    if group < 0:
        return "noise"
    name = (names or {}).get(group, "")
    return f"{group} {name}" if name else str(group)


def counted(n: int, what: str) -> str:
    """A number with its noun: "1 group", "12 branches", "3,615 galaxies"."""
    endings = {"y": what[:-1] + "ies", "h": what + "es"}
    return f"{n:,} {what if n == 1 else endings.get(what[-1], what + 's')}"


def in_order(groups: Sequence[int]) -> list[int]:
    """Groups as they are listed: by number, noise last."""
    return sorted(groups, key=lambda group: (group < 0, group))
