"""Things that many reruns want, kept between them and keyed on what they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import MANIFEST, list_datasets
from astro_core.domain import Dataset, RenderRecipe, Run
from astro_core.ui.images import tile_bytes
from astro_core.workflows.browse import CatalogueView, open_view
from astro_core.workflows.crossmatch import matches_state
from astro_core.workflows.home import WorkspaceUse, workspace_use
from astro_core.workflows.stack import stamps
from astro_core.workspace import Workspace

STAMP_PX = 128


def datasets(workspace: Workspace) -> tuple[Dataset, ...]:
    """All datasets by name; read again when a manifest came, went or changed."""
    state = []
    for manifest in workspace.datasets.glob(f"*/{MANIFEST}"):
        try:
            state.append((str(manifest), manifest.stat().st_mtime_ns))
        except FileNotFoundError:  # deleted while we looked
            continue
    return _datasets(str(workspace.root), tuple(sorted(state)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _datasets(
    root: str,
    state: tuple[tuple[str, int], ...],  # noqa: ARG001 - part of the key
) -> tuple[Dataset, ...]:
    return list_datasets(Workspace(Path(root)))


def disk_use(workspace: Workspace, all_runs: Sequence[Run]) -> WorkspaceUse:
    """What the workspace takes on disk, measured when something ended or every half minute."""
    ended = tuple(run.run_id for run in all_runs if run.finished)
    names = tuple(str(d.folder) for d in datasets(workspace))
    return _disk_use(str(workspace.root), ended, names)


@st.cache_resource(max_entries=8, ttl=30, show_spinner=False)
def _disk_use(
    root: str,
    ended: tuple[str, ...],  # noqa: ARG001 - part of the key
    folders: tuple[str, ...],  # noqa: ARG001 - part of the key
) -> WorkspaceUse:
    return workspace_use(Workspace(Path(root)))


def catalogue(dataset: Dataset, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The catalogue of a dataset, or some columns of it; shared, so never change it."""
    chosen = None if columns is None else tuple(columns)
    return _catalogue(str(dataset.folder), dataset.fingerprint, chosen, dataset)


@st.cache_resource(max_entries=12, show_spinner=False)
def _catalogue(
    folder: str,  # noqa: ARG001 - part of the key
    fingerprint: str,  # noqa: ARG001 - part of the key
    columns: tuple[str, ...] | None,
    _dataset: Dataset,
) -> pd.DataFrame:
    return read_catalogue(_dataset, None if columns is None else list(columns))


def view_token(dataset: Dataset) -> tuple[str, str, tuple[tuple[str, int], ...]]:
    """What a view of the catalogue is made from: its state and that of its crossmatches."""
    return (str(dataset.folder), dataset.fingerprint, matches_state(dataset))


def view(dataset: Dataset) -> CatalogueView:
    """The catalogue column by column, crossmatches included; shared between pages."""
    return _view(view_token(dataset), dataset)


@st.cache_resource(max_entries=3, show_spinner=False)
def _view(token: tuple[Any, ...], _dataset: Dataset) -> CatalogueView:  # noqa: ARG001 - the key
    return open_view(_dataset)


def tiles(
    workspace: Workspace,
    dataset: Dataset,
    recipe: RenderRecipe,
    object_ids: Sequence[str],
    tile_px: int,
) -> dict[str, bytes | None]:
    """JPEG of each object under a recipe, ready for tiles of `tile_px`; None where unreadable."""
    ids = tuple(object_ids)
    key = (str(dataset.folder), dataset.fingerprint, recipe.key)
    return _tiles(key, ids, tile_px, workspace, dataset, recipe)


@st.cache_resource(max_entries=64, show_spinner=False)
def _tiles(
    key: tuple[str, str, str],  # noqa: ARG001 - what the images are made from
    object_ids: tuple[str, ...],
    tile_px: int,
    _workspace: Workspace,
    _dataset: Dataset,
    _recipe: RenderRecipe,
) -> dict[str, bytes | None]:
    images, good = stamps(_workspace, _dataset, _recipe, object_ids)
    return {
        object_id: tile_bytes(image, tile_px) if ok else None
        for object_id, image, ok in zip(object_ids, images, good, strict=True)
    }


def sample_ids(dataset: Dataset, n: int) -> tuple[str, ...]:
    """A few objects that show what a dataset holds: its classes in turn, first ones first."""
    return _sample_ids(str(dataset.folder), dataset.fingerprint, n, dataset)


@st.cache_resource(max_entries=64, show_spinner=False)
def _sample_ids(
    folder: str,  # noqa: ARG001 - part of the key
    fingerprint: str,  # noqa: ARG001 - part of the key
    n: int,
    _dataset: Dataset,
) -> tuple[str, ...]:
    frame = read_catalogue(_dataset, ["object_id", "label"])
    turn = frame.groupby("label", dropna=False).cumcount()
    return tuple(frame["object_id"].iloc[turn.sort_values(kind="stable").index[:n]])


def samples(workspace: Workspace, dataset: Dataset, n: int, tile_px: int) -> list[bytes]:
    """Tiles of `sample_ids` that can be read."""
    ids = sample_ids(dataset, n)
    found = tiles(workspace, dataset, dataset.recipe, ids, tile_px)
    return [content for content in found.values() if content is not None]


def first_stamp(workspace: Workspace, dataset: Dataset) -> bytes | None:
    """One tile that stands for a dataset."""
    return next(iter(samples(workspace, dataset, 1, STAMP_PX)), None)
