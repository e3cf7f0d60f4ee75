"""Groupings beside each other, and a grouping as a table to take away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from astro_core.domain import Dataset
from astro_core.workspace import Workspace


def compare(workspace: Workspace, key_a: str, key_b: str) -> pd.DataFrame:
    """Objects per group of one grouping (rows) and of another (columns), joined by object id."""
    raise NotImplementedError


def compare_table(workspace: Workspace, dataset: Dataset, keys: Sequence[str]) -> pd.DataFrame:
    """One row per grouping with its measures."""
    raise NotImplementedError


def groups_table(workspace: Workspace, dataset: Dataset, key: str) -> pd.DataFrame:
    """One row per grouped object: object_id, cluster, strength, group_name, class."""
    raise NotImplementedError
