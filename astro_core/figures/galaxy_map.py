"""How the galaxies of a map are coloured: a palette, which galaxy has which colour, a legend.

The map itself is drawn in the browser (`ui.galaxy_map`): fifty thousand points that are moved,
zoomed and circled at the pace of the hand are too many for a plotly figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import NOBODY, NOBODY_LIGHT

# Cividis (Nuñez, Anderton & Renslow 2018, PLoS ONE 13, e0199239) at equal steps
_CIVIDIS = (
    "#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369",
    "#E1CC55", "#FEE838",
)  # fmt: skip
_IN_DARK, _IN_LIGHT = (0.22, 1.0), (0.0, 0.86)  # the ends that would vanish into the ground
_STEPS = 64
PERCENTILES = (2.0, 98.0)
_CELLS = 28
MISSING = 0  # the code of a galaxy without a value


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One kind in the legend.

    Attributes
    ----------
    code : int
        Its place in the palette.
    mark : str
        Letter or number, so that colour is not the only carrier.
    place : (float, float) or None
        Where on the map it is densest; None where no mark belongs on the map.
    """

    code: int
    name: str
    mark: str
    colour: str
    count: int
    place: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """The colours of a map.

    Attributes
    ----------
    of, title : str
        Name of what is shown, and what the legend calls it.
    codes : array of uint16, shape (n,)
        Each galaxy's place in the palette; 0 is no value.
    palette : tuple of str
        "#RRGGBB".
    entries : tuple of Entry
        The legend. For a quantity it holds those without a value, if there are any.
    values : array of float32, shape (n,), or None
        The quantity itself, to be told of one galaxy.
    limits : (float, float) or None
        Values at the two ends of the colours.
    note : str
        What a reader of the colours needs to know.
    """

    of: str
    title: str
    codes: NDArray[np.uint16]
    palette: tuple[str, ...]
    entries: tuple[Entry, ...]
    values: NDArray[np.float32] | None = None
    limits: tuple[float, float] | None = None
    note: str = ""


def by_kind(
    kinds: NDArray[np.integer],
    names: Sequence[str],
    colours: Sequence[str],
    xy: NDArray[np.floating],
    *,
    of: str,
    title: str,
    marks: Sequence[str] = (),
    nobody: str = "no value",
    light: bool = False,
) -> Look:
    """Colour galaxies by group, class or another kind.

    Parameters
    ----------
    kinds : array of int, shape (n,)
        Place in `names`; -1 for none.
    names, colours : sequence of str
        One per kind.
    xy : array of float, shape (n, 2)
        Where the galaxies are; each mark stands where its kind is densest.
    marks : sequence of str, optional
        Letter or number of each kind; without them none is drawn on the map.
    nobody : str
        What it is called to be of no kind.
    """
    codes = (np.asarray(kinds) + 1).astype(np.uint16)
    counts = np.bincount(codes, minlength=len(names) + 1)
    grey = NOBODY_LIGHT if light else NOBODY
    entries = [
        Entry(
            code=i + 1, name=name, mark=marks[i] if marks else "", colour=colour,
            count=int(counts[i + 1]), place=densest(xy[codes == i + 1]) if marks else None,
        )
        for i, (name, colour) in enumerate(zip(names, colours, strict=True))
        if counts[i + 1]
    ]  # fmt: skip
    if counts[MISSING]:
        entries.append(_without(nobody, grey, int(counts[MISSING])))
    return Look(of=of, title=title, codes=codes, palette=(grey, *colours), entries=tuple(entries))


def _without(name: str, colour: str, count: int) -> Entry:
    return Entry(code=MISSING, name=name, mark="", colour=colour, count=count)


def by_value(values: NDArray[np.floating], *, of: str, title: str, light: bool = False) -> Look:
    """Colour galaxies by a quantity, from the 2nd to the 98th percentile.

    Parameters
    ----------
    values : array of float, shape (n,)
        A value that is not finite is drawn grey.
    """
    finite = np.isfinite(values)
    grey = NOBODY_LIGHT if light else NOBODY
    low, high = _limits(values[finite])
    share = (np.where(finite, values, low) - low) / ((high - low) or 1.0)
    steps = np.clip((share * _STEPS).astype(np.int64), 0, _STEPS - 1) + 1
    n_missing = int((~finite).sum())
    beyond = bool(finite.any() and (values[finite].min() < low or values[finite].max() > high))
    return Look(
        of=of,
        title=title,
        codes=np.where(finite, steps, MISSING).astype(np.uint16),
        palette=(grey, *ramp(light=light)),
        entries=(_without("no value", grey, n_missing),) if n_missing else (),
        values=np.where(finite, values, np.nan).astype(np.float32),
        limits=(low, high),
        note="The ends are the 2nd and 98th percentile." if beyond else "",
    )


def _limits(values: NDArray[np.floating]) -> tuple[float, float]:
    """Robust ends; the whole range where so many are equal that percentiles fall together."""
    if not len(values):
        return 0.0, 0.0
    low, high = (float(v) for v in np.percentile(values, PERCENTILES))
    return (low, high) if high > low else (float(values.min()), float(values.max()))


def ramp(*, light: bool = False) -> tuple[str, ...]:
    """Cividis in 64 steps, without the end that would vanish into the ground."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in _CIVIDIS], dtype=float)
    at = np.linspace(*(_IN_LIGHT if light else _IN_DARK), _STEPS)
    known = np.linspace(0, 1, len(stops))
    channels = np.stack([np.interp(at, known, stops[:, i]) for i in range(3)], axis=1)
    return tuple("#{:02X}{:02X}{:02X}".format(*c) for c in channels.round().astype(int))


def densest(xy: NDArray[np.floating]) -> tuple[float, float] | None:
    """Where points are densest: the middle of those in the fullest 3 x 3 cells of 28 x 28."""
    if not len(xy):
        return None
    low = xy.min(axis=0)
    span = np.where(np.ptp(xy, axis=0) > 0, np.ptp(xy, axis=0), 1.0)
    cells = np.minimum(((xy - low) / span * _CELLS).astype(int), _CELLS - 1)
    counts = np.zeros((_CELLS + 2, _CELLS + 2))
    np.add.at(counts, (cells[:, 0] + 1, cells[:, 1] + 1), 1)
    around = sum(
        counts[1 + i : _CELLS + 1 + i, 1 + j : _CELLS + 1 + j]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    )
    fullest = np.unravel_index(int(np.argmax(around)), (_CELLS, _CELLS))
    near = (np.abs(cells - np.array(fullest)) <= 1).all(axis=1)
    x, y = xy[near].mean(axis=0)
    return float(x), float(y)
