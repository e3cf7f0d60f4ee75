"""Filters as the query part of an address, short enough to read and to send to a colleague."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from astro_core.errors import TuningForkError
from astro_core.workflows.browse import UNLABELLED, CatalogueView
from astro_core.workflows.browse_filters import FLAGS, Cone, Filters, Range
from astro_core.workflows.selections import Selection, open_selection
from astro_core.workspace import Workspace

KEYS = ("class", "split", "range", "id", "cone", "region", "flag", "selection", "sort")
NO_VALUE = "~"  # how "no label" and "no split" are written
MAX_CORNERS = 60


def _escape(text: str) -> str:
    for character in "%,:;~":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _number(value: float) -> str:
    return f"{value:.10g}"


def _names(names: tuple[str, ...]) -> str:
    return ",".join(NO_VALUE if n == UNLABELLED else _escape(n) for n in names)


def _range(item: Range) -> str:
    low = "" if item.low is None else _number(item.low)
    high = "" if item.high is None else _number(item.high)
    return f"{_escape(item.column)}:{low}:{high}"


def to_query(filters: Filters) -> dict[str, str]:
    """Write filters as query parameters; those that are not set are left out."""
    cone = filters.cone
    corners = (",".join(_number(v) for v in corner) for corner in filters.region)
    query = {
        "class": _names(filters.classes),
        "split": _names(filters.splits),
        "range": ",".join(_range(item) for item in filters.ranges),
        "id": filters.text,
        "cone": ",".join(_number(v) for v in (cone.ra_deg, cone.dec_deg, cone.radius_deg))
        if cone
        else "",
        "region": ";".join(corners),
        "flag": ",".join(filters.flags),
        "selection": filters.selection.name if filters.selection else "",
        "sort": ("-" if filters.descending else "") + _escape(filters.sort),
    }
    return {key: value for key, value in query.items() if value}


class _UnreadableError(ValueError):
    """What was expected, in words."""


def _float(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _UnreadableError(f"a number instead of '{text}'") from None
    if not math.isfinite(value):
        raise _UnreadableError(f"a finite number instead of '{text}'")
    return value


def _read_names(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(UNLABELLED if t == NO_VALUE else unquote(t) for t in text.split(",") if t)
    for name in names:
        if name != UNLABELLED and name not in known:
            raise _UnreadableError(f"one of {', '.join(known) or 'none'} instead of '{name}'")
    return tuple(dict.fromkeys(names))


def _read_range(text: str, view: CatalogueView) -> Range:
    column, low, high = ([unquote(t) for t in text.split(":")] + ["", ""])[:3]
    if column not in view.columns or not view.is_numeric(column):
        raise _UnreadableError(f"a numeric column instead of '{column}'")
    bounds = [None if not t else _float(t) for t in (low, high)]
    if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
        bounds.reverse()
    return Range(column=column, low=bounds[0], high=bounds[1])


def read_cone(text: str) -> Cone:
    """Read "ra, dec, radius" in degrees.

    Raises
    ------
    ValueError
        Saying what was expected.
    """
    values = [_float(t.strip()) for t in text.split(",")]
    if len(values) != 3 or not -90 <= values[1] <= 90 or not 0 < values[2] <= 180:
        raise _UnreadableError("ra, dec and radius in degrees, dec in -90..90, radius in 0..180")
    return Cone(ra_deg=values[0] % 360, dec_deg=values[1], radius_deg=values[2])


def _read_region(text: str) -> tuple[tuple[float, float], ...]:
    corners = [tuple(_float(v) for v in c.split(",")) for c in text.split(";") if c]
    if not 3 <= len(corners) <= MAX_CORNERS or any(len(c) != 2 for c in corners):
        raise _UnreadableError(f"3 to {MAX_CORNERS} corners 'ra,dec' in degrees")
    return tuple((c[0], c[1]) for c in corners)


def _read_flags(text: str, view: CatalogueView) -> tuple[str, ...]:
    known = [f.name for f in FLAGS if f.applies(view)]
    names = tuple(dict.fromkeys(t for t in text.split(",") if t))
    for name in names:
        if name not in known:
            raise _UnreadableError(f"one of {', '.join(known)} instead of '{name}'")
    return names


def _read_selection(text: str, view: CatalogueView, workspace: Workspace | None) -> Selection:
    try:
        if workspace is not None:
            return open_selection(workspace, view.dataset, text)
    except TuningForkError:
        pass
    raise _UnreadableError(f"a saved selection instead of '{text}'")


def _read_sort(text: str, view: CatalogueView) -> dict[str, Any]:
    column = unquote(text.removeprefix("-"))
    if column and column not in view.columns:
        raise _UnreadableError(f"a column instead of '{column}'")
    return {"sort": column, "descending": text.startswith("-")}


def from_query(
    query: Mapping[str, str], view: CatalogueView, workspace: Workspace | None = None
) -> tuple[Filters, tuple[str, ...]]:
    """Read filters from query parameters; what cannot be read is left out and told.

    Parameters
    ----------
    workspace : Workspace, optional
        Where saved selections are; without it none can be named.

    Returns
    -------
    filters : Filters
    problems : tuple of str
        One sentence for each parameter that was left out.
    """
    classes = tuple(dict.fromkeys((*view.dataset.taxonomy.class_names, *view.codes("label")[1])))
    read: dict[str, Callable[[str], dict[str, Any]]] = {
        "class": lambda t: {"classes": _read_names(t, classes)},
        "split": lambda t: {"splits": _read_names(t, view.codes("split")[1])},
        "range": lambda t: {"ranges": tuple(_read_range(r, view) for r in t.split(",") if r)},
        "id": lambda t: {"text": t[:200]},
        "cone": lambda t: {"cone": read_cone(t)},
        "region": lambda t: {"region": _read_region(t)},
        "flag": lambda t: {"flags": _read_flags(t, view)},
        "selection": lambda t: {"selection": _read_selection(t, view, workspace)},
        "sort": lambda t: _read_sort(t, view),
    }
    values: dict[str, Any] = {}
    problems = []
    for key, reader in read.items():
        text = query.get(key, "")
        if not text:
            continue
        try:
            values |= reader(text)
        except _UnreadableError as error:
            problems.append(f"The filter '{key}' in the address was left out: expected {error}.")
    return Filters(**values), tuple(problems)
