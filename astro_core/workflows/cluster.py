"""Group the galaxies of a dataset by their features, as a run; the same request is done once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from astro_core.domain import Run
from astro_core.workspace import Workspace


def submit_clustering(
    workspace: Workspace, features_key: str, method: str, params: Mapping[str, Any]
) -> Run:
    """Group features by a method, as a run; its result has the "key" of the grouping."""
    raise NotImplementedError


def find_clustering(
    workspace: Workspace, features_key: str, method: str, params: Mapping[str, Any]
) -> str | None:
    """Key of a grouping if it was computed already."""
    raise NotImplementedError


def recut(
    workspace: Workspace, key: str, *, height: float | None = None, n_clusters: int | None = None
) -> str:
    """Cut the tree of a hierarchical grouping elsewhere; returns the key of the new grouping."""
    raise NotImplementedError


def submit_scan(
    workspace: Workspace,
    features_key: str,
    method: str,
    ks: Sequence[int],
    params: Mapping[str, Any],
) -> Run:
    """Try several numbers of groups, as a run."""
    raise NotImplementedError


def open_scan(
    workspace: Workspace,
    features_key: str,
    method: str,
    ks: Sequence[int],
    params: Mapping[str, Any],
) -> pd.DataFrame | None:
    """Table of a scan, a row per number of groups; None when it was not computed."""
    raise NotImplementedError
