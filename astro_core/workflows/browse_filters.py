"""Which objects of a survey are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from astro_core.registry import Registry
from astro_core.workflows.browse import UNLABELLED, CatalogueView, Rows, unit_vectors
from astro_core.workflows.selections import Selection

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Range:
    """Values of a numeric column from `low` to `high`, both included; None is no bound."""

    column: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Cone:
    """A circle on the sky; centre and radius in degrees."""

    ra_deg: float
    dec_deg: float
    radius_deg: float


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What somebody asked to see; all conditions hold together, those within a list are "or".

    Attributes
    ----------
    classes, splits : tuple of str
        Allowed values; the empty text stands for objects without one; empty allows all.
    text : str
        Part of the object id, upper and lower case alike.
    region : tuple of (ra, dec)
        Corners of a polygon in degrees, drawn on the plane of RA and Dec; RA may run past 0
        or 360 so that a polygon across the origin is drawn in one piece.
    flags : tuple of str
        Names in the registry of flags.
    selection : Selection or None
        Only its objects.
    sort : str
        Column, or empty for the catalogue's own order.
    """

    classes: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    text: str = ""
    cone: Cone | None = None
    region: tuple[tuple[float, float], ...] = ()
    flags: tuple[str, ...] = ()
    selection: Selection | None = None
    sort: str = ""
    descending: bool = False

    @property
    def n_active(self) -> int:
        """How many conditions are set; the order is none."""
        return (
            bool(self.classes)
            + bool(self.splits)
            + len(self.ranges)
            + bool(self.text)
            + (self.cone is not None)
            + bool(self.region)
            + len(self.flags)
            + (self.selection is not None)
        )


@dataclass(frozen=True, kw_only=True)
class FlagSpec:
    """A yes-or-no property: whether the catalogue can tell it at all, and where it holds."""

    name: str
    label: str
    applies: Callable[[CatalogueView], bool]
    mask: Callable[[CatalogueView], Mask]


FLAGS: Registry[FlagSpec] = Registry("flag")


def _first_votes(view: CatalogueView) -> list[str]:
    questions = view.dataset.taxonomy.questions
    answers = questions[0].answers if questions else ()
    return [a.column for a in answers if a.column in view.columns]


def _has_votes(view: CatalogueView) -> Mask:
    mask = np.zeros(view.n_objects, dtype=bool)
    for column in _first_votes(view):
        mask |= ~view.missing(column)
    return mask


def _no_position(view: CatalogueView) -> Mask:
    return view.missing("ra_deg") | view.missing("dec_deg")


def _incomplete(view: CatalogueView) -> Mask:
    codes, names = view.codes("missing_bands")
    empty = names.index("") if "" in names else -1
    return (codes >= 0) & (codes != empty)


def _always(_: CatalogueView) -> bool:
    return True


for _spec in (
    FlagSpec(
        name="votes",
        label="have votes",
        applies=lambda view: bool(_first_votes(view)),
        mask=_has_votes,
    ),
    FlagSpec(
        name="no-votes",
        label="have no votes",
        applies=lambda view: bool(_first_votes(view)),
        mask=lambda view: ~_has_votes(view),
    ),
    FlagSpec(
        name="duplicates",
        label="are exact duplicates",
        applies=_always,
        mask=lambda view: ~view.missing("duplicate_of"),
    ),
    FlagSpec(name="no-position", label="have no position", applies=_always, mask=_no_position),
    FlagSpec(
        name="incomplete",
        label="lack a band",
        applies=lambda view: "missing_bands" in view.columns,
        mask=_incomplete,
    ),
):
    FLAGS.add(_spec)


def _among(view: CatalogueView, column: str, allowed: tuple[str, ...]) -> Mask:
    codes, names = view.codes(column)
    wanted = np.zeros(len(names) + 1, dtype=bool)
    for name in allowed:
        if name == UNLABELLED:
            wanted[-1] = True
        elif name in names:
            wanted[names.index(name)] = True
    return wanted[codes]


def _selected(view: CatalogueView, selection: Selection) -> Mask:
    rows = view.rows_of(selection.object_ids)
    mask = np.zeros(view.n_objects, dtype=bool)
    mask[rows[rows >= 0]] = True
    return mask


def _within(view: CatalogueView, item: Range) -> Mask:
    values = view.numbers(item.column)
    mask = ~view.missing(item.column)
    if item.low is not None:
        mask &= values >= item.low
    if item.high is not None:
        mask &= values <= item.high
    return mask


def in_cone(vectors: NDArray[np.float64], cone: Cone) -> Mask:
    """Where directions lie within a cone, by great-circle distance.

    The chord between two directions is compared with 2 sin(radius / 2), which is exact at the
    poles and across RA 0 and keeps full precision at small radii.

    Parameters
    ----------
    vectors : array, shape (n, 3)
        Unit vectors; NaN is never inside.
    """
    if cone.radius_deg >= 180:
        return ~np.isnan(vectors[:, 0])
    centre = unit_vectors(np.array([cone.ra_deg]), np.array([cone.dec_deg]))[0]
    chord_squared = np.square(vectors - centre).sum(axis=1)
    limit = 2 * np.sin(np.deg2rad(cone.radius_deg) / 2)
    return np.asarray(chord_squared <= limit**2 * (1 + 1e-12))


def in_polygon(
    ra_deg: NDArray[Any], dec_deg: NDArray[Any], corners: tuple[tuple[float, float], ...]
) -> Mask:
    """Where positions lie inside a polygon on the plane of RA and Dec (even-odd rule).

    RA is unwrapped around the middle of the polygon, so one drawn across RA 0 works.
    """
    x, y = np.array(corners, dtype=float).T
    middle = (x.min() + x.max()) / 2
    ra = middle + (ra_deg - middle + 180) % 360 - 180
    inside = np.zeros(len(ra), dtype=bool)
    for x0, y0, x1, y1 in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):
        if y0 == y1:
            continue
        crosses = (y0 > dec_deg) != (y1 > dec_deg)
        inside ^= crosses & (ra < (x1 - x0) * (dec_deg - y0) / (y1 - y0) + x0)
    return inside


def _holds(view: CatalogueView, filters: Filters) -> list[Mask]:
    masks = []
    if filters.classes:
        masks.append(_among(view, "label", filters.classes))
    if filters.splits:
        masks.append(_among(view, "split", filters.splits))
    masks += [_within(view, item) for item in filters.ranges]
    if filters.text:
        found = pc.match_substring(view.arrow("object_id"), filters.text, ignore_case=True)
        masks.append(found.to_numpy(zero_copy_only=False))
    if filters.cone is not None:
        masks.append(in_cone(view.unit_vectors(), filters.cone))
    if filters.region:
        masks.append(in_polygon(view.numbers("ra_deg"), view.numbers("dec_deg"), filters.region))
    if filters.selection is not None:
        masks.append(_selected(view, filters.selection))
    return masks + [FLAGS.get(name).mask(view) for name in filters.flags]


def sorted_rows(view: CatalogueView, rows: Rows, column: str, *, descending: bool) -> Rows:
    """Order rows by a column, both ways stable; objects without a value come last."""
    keys = view.ranks(column)[rows]
    absent = view.missing(column)[rows]
    known, last = rows[~absent], rows[absent]
    keys = keys[~absent]
    if descending:
        order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    else:
        order = np.argsort(keys, kind="stable")
    return np.concatenate((known[order], last))


def select(view: CatalogueView, filters: Filters) -> Rows:
    """Find the objects that pass all filters, in the order asked for.

    Returns
    -------
    array of int, shape (n_found,)
        Positions in the catalogue.

    Raises
    ------
    NotFoundError
        If a filter names a column or flag that does not exist.
    """
    masks = _holds(view, filters)
    if masks:
        rows = np.flatnonzero(np.logical_and.reduce(masks)).astype(np.int64)
    else:
        rows = np.arange(view.n_objects, dtype=np.int64)
    if not filters.sort:
        return rows[::-1] if filters.descending else rows
    return sorted_rows(view, rows, filters.sort, descending=filters.descending)
