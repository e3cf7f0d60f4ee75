"""What Browse shows, held in the address so that a colleague sees the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import streamlit as st

from astro_core.domain import Dataset
from astro_core.figures.theme import class_colours, class_letters
from astro_core.params import digest
from astro_core.ui import cached, gallery
from astro_core.ui.address import parameter
from astro_core.workflows.browse import CatalogueView, Rows
from astro_core.workflows.browse_filters import Filters, select
from astro_core.workflows.browse_query import KEYS, from_query, to_query
from astro_core.workspace import Workspace

SIZES = {"S": (80, 70), "M": (128, 32), "L": (256, 12)}  # tile in CSS pixels, stamps on a page
PANELS = {"classes": "Classes", "balance": "Balance", "sky": "Sky", "match": "Crossmatch"}
HIDDEN = "none"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page: the dataset, what is filtered for, and the rows that pass.

    Attributes
    ----------
    rows : array of int, shape (n_shown,)
        In the order shown.
    key : str
        Changes with the dataset and nothing else: keys of widgets start with it.
    """

    workspace: Workspace
    dataset: Dataset
    view: CatalogueView
    filters: Filters
    problems: tuple[str, ...]
    rows: Rows
    key: str

    @property
    def gallery_key(self) -> str:
        """The grid's name in the session."""
        return f"{self.key}:grid"

    @property
    def selected(self) -> tuple[str, ...]:
        """Object ids that are selected in the grid."""
        return gallery.selected(self.gallery_key)

    @property
    def colours(self) -> dict[str, str]:
        """Colour of each class."""
        return class_colours(self.dataset.taxonomy)

    @property
    def letters(self) -> dict[str, str]:
        """Letter of each class."""
        return class_letters(self.dataset.taxonomy)


@st.cache_resource(max_entries=24, show_spinner=False)
def _rows(
    token: tuple[Any, ...],  # noqa: ARG001 - part of the key
    query: tuple[tuple[str, str], ...],  # noqa: ARG001 - part of the key
    _view: CatalogueView,
    _filters: Filters,
) -> Rows:
    rows = select(_view, _filters)
    rows.flags.writeable = False
    return rows


def _written(filters: Filters) -> tuple[tuple[str, str], ...]:
    """Filters as text, and when their selection was saved: one of its name may replace it."""
    saved_at = filters.selection.created_at if filters.selection else ""
    return (*to_query(filters).items(), ("saved_at", saved_at))


def rows_under(shown: Shown, filters: Filters) -> Rows:
    """Rows that pass other filters than those in the address."""
    token = cached.view_token(shown.dataset)
    return cast("Rows", _rows(token, _written(filters), shown.view, filters))


def read(workspace: Workspace, dataset: Dataset) -> Shown:
    """Read the address."""
    query = {key: st.query_params[key] for key in KEYS if key in st.query_params}
    filters, problems = from_query(query, cached.view(dataset), workspace)
    return of(workspace, dataset, filters, problems)


def of(
    workspace: Workspace,
    dataset: Dataset,
    filters: Filters,
    problems: tuple[str, ...] = (),
) -> Shown:
    """What passes some filters, whatever the address says."""
    view = cached.view(dataset)
    return Shown(
        workspace=workspace,
        dataset=dataset,
        view=view,
        filters=filters,
        problems=problems,
        rows=_rows(cached.view_token(dataset), _written(filters), view, filters),
        key=f"browse:{digest([str(dataset.folder), dataset.fingerprint], length=6)}",
    )


def write(filters: Filters) -> None:
    """Put filters into the address and go back to the first page."""
    query = to_query(filters)
    for key in (*KEYS, "page"):
        if key in query:
            st.query_params[key] = query[key]
        else:
            st.query_params.pop(key, None)


def change(shown: Shown, **values: Any) -> None:
    """Change some of the filters."""
    write(replace(shown.filters, **values))


def toggle(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Add a name, or take it away if it is there."""
    return tuple(n for n in names if n != name) if name in names else (*names, name)


def n_pages(shown: Shown) -> int:
    """Pages of stamps at the size in use."""
    _, per_page = SIZES[parameter("size", SIZES, "M")]
    return max(1, -(-len(shown.rows) // per_page))


def page_number(shown: Shown) -> int:
    """The page in the address, put between the first and the last."""
    text = st.query_params.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
    return min(max(number, 1), n_pages(shown))
