"""What Cluster shows, held in the address so that a colleague sees the same groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from astro_core.clustering import CLUSTERERS
from astro_core.domain import ClusteringResult, Dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.figures.theme import class_colours, class_letters, class_patterns
from astro_core.params import describe, digest, from_mapping, to_mapping
from astro_core.ui import cached
from astro_core.ui.address import keep
from astro_core.workflows import clustering_store as store
from astro_core.workflows.cluster import find_clustering
from astro_core.workflows.cluster_overview import Overview
from astro_core.workflows.cluster_overview import overview as make_overview
from astro_core.workflows.clustering_store import Clustering
from astro_core.workflows.feature_store import FeatureSet, list_features
from astro_core.workspace import Workspace

DEFAULT_METHOD = "kmeans"
PARAMETERS = ("features", "method", "grouping", "group", "view", "then")
NOISE = -1


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page: the dataset, what is asked for, and the groups if they are known.

    Attributes
    ----------
    feature_sets : tuple of FeatureSet
        Those of this dataset, the newest first.
    features_key : str
        The set in use; empty when there is none yet.
    method : str
        Name of the method asked for.
    params : Mapping
        Its settings asked for, all of them.
    problems : tuple of str
        What in the address could not be used.
    clustering_key : str
        The stored groups for what is asked; empty until they are made.
    result : ClusteringResult or None
    clustering : Clustering or None
        Name, group names and the like of the stored groups.
    key : str
        Changes with the dataset and nothing else: keys of widgets start with it.
    """

    workspace: Workspace
    dataset: Dataset
    feature_sets: tuple[FeatureSet, ...]
    features_key: str
    method: str
    params: Mapping[str, Any]
    problems: tuple[str, ...]
    clustering_key: str
    result: ClusteringResult | None
    clustering: Clustering | None
    key: str

    @property
    def feature_set(self) -> FeatureSet | None:
        """The set in use."""
        return next((s for s in self.feature_sets if s.key == self.features_key), None)

    @property
    def colours(self) -> dict[str, str]:
        """Colour of each class."""
        return class_colours(self.dataset.taxonomy)

    @property
    def letters(self) -> dict[str, str]:
        """Letter of each class."""
        return class_letters(self.dataset.taxonomy)

    @property
    def patterns(self) -> dict[str, str]:
        """Pattern of each class."""
        return class_patterns(self.dataset.taxonomy)

    @property
    def group_names(self) -> dict[int, str]:
        """Names that were given to groups."""
        return dict(self.clustering.group_names) if self.clustering else {}

    @property
    def origin(self) -> dict[str, Any]:
        """Where selections made here come from."""
        return {
            "kind": "cluster page",
            "features": self.features_key,
            "clustering": self.clustering_key,
            "method": self.method,
        }

    def said(self, group: int) -> str:
        """A group for a person: its number, and its name if it has one."""
        if group == NOISE:
            return "noise"
        name = self.group_names.get(group, "")
        return f"group {group}: {name}" if name else f"group {group}"

    def labels_of(self, object_ids: Sequence[str]) -> list[str | None]:
        """Class of each of these objects, as people said; None where nobody did."""
        view = cached.view(self.dataset)
        codes, names = view.codes("label")
        rows = view.rows_of(object_ids)
        return [names[codes[r]] if r >= 0 and codes[r] >= 0 else None for r in rows]


def read(workspace: Workspace, dataset: Dataset) -> Shown:
    """Read the address and find what is stored for it."""
    sets = tuple(list_features(workspace, dataset))
    problems: list[str] = []
    saved = _grouping(workspace, dataset, problems)
    if saved is not None:
        features_key, method, params = saved.features, saved.method, dict(saved.params)
        key = saved.key
    else:
        features_key = _features(sets, problems)
        method, params = _asked(problems)
        key = ""
        if features_key:
            key = find_clustering(workspace, features_key, method, params) or ""
    return Shown(
        workspace=workspace,
        dataset=dataset,
        feature_sets=sets,
        features_key=features_key,
        method=method,
        params=params,
        problems=tuple(problems),
        clustering_key=key,
        result=store.open_clustering(workspace, key) if key else None,
        clustering=(saved or store.describe_clustering(workspace, key)) if key else None,
        key=f"cluster:{digest([str(dataset.folder), dataset.fingerprint], length=6)}",
    )


def _grouping(workspace: Workspace, dataset: Dataset, problems: list[str]) -> Clustering | None:
    """The stored groups that the address names outright."""
    key = st.query_params.get("grouping")
    if not key:
        return None
    try:
        found = store.describe_clustering(workspace, key)
        if found.fingerprint == dataset.fingerprint:
            return found
    except (NotFoundError, BadInputError):
        pass
    problems.append("The groups that the address names are not there any more.")
    return None


def _features(sets: Sequence[FeatureSet], problems: list[str]) -> str:
    asked = st.query_params.get("features", "")
    keys = [s.key for s in sets]
    if asked in keys:
        return asked
    if asked:
        problems.append("The features that the address names are not there.")
    return keys[0] if keys else ""


def _asked(problems: list[str]) -> tuple[str, dict[str, Any]]:
    """Method and settings in the address; the default for what cannot be read."""
    method = st.query_params.get("method", DEFAULT_METHOD)
    if method not in CLUSTERERS:
        problems.append(f"There is no method '{method}'; {DEFAULT_METHOD} is shown.")
        method = DEFAULT_METHOD
    kind = CLUSTERERS.get(method).params
    good: dict[str, Any] = {}
    for info in describe(kind):
        if info.name in st.query_params:
            try:
                from_mapping(kind, {**good, info.name: st.query_params[info.name]})
                good[info.name] = st.query_params[info.name]
            except BadInputError as error:
                problems.append(f"A setting in the address was left out. {error}")
    return method, to_mapping(from_mapping(kind, good))


def overview(shown: Shown) -> Overview:
    """Sizes, classes and measures of the groups shown."""
    state = (shown.dataset.fingerprint, shown.clustering_key)
    return cast("Overview", _overview(state, shown.workspace, shown.dataset, shown.clustering_key))


@st.cache_resource(max_entries=12, show_spinner="Measuring the groups")
def _overview(
    state: tuple[str, str],  # noqa: ARG001 - the key
    _workspace: Workspace,
    _dataset: Dataset,
    _key: str,
) -> Overview:
    return make_overview(_workspace, _dataset, _key)


def _settings(method: str) -> tuple[str, ...]:
    return tuple(info.name for info in describe(CLUSTERERS.get(method).params))


def ask(
    shown: Shown, *, method: str | None = None, params: Mapping[str, Any] | None = None
) -> None:
    """Put a method and its settings into the address; what is the default is left out."""
    new = method or shown.method
    kind = CLUSTERERS.get(new).params
    if params is None:  # another method keeps what both know
        params = {k: v for k, v in shown.params.items() if k in _settings(new)}
    for name in (*_settings(shown.method), "grouping", "group"):
        st.query_params.pop(name, None)
    st.query_params["features"] = shown.features_key
    keep("method", new, DEFAULT_METHOD)
    defaults = to_mapping(kind())
    for name, value in params.items():
        if name in defaults and value != defaults[name]:
            st.query_params[name] = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(f"{v:.10g}" for v in value)
    return str(value)


def use_features(key: str) -> None:
    """Show another set of features."""
    for name in ("grouping", "group"):
        st.query_params.pop(name, None)
    st.query_params["features"] = key


def open_grouping(key: str) -> None:
    """Show stored groups, however they were made; ends this run of the page."""
    st.query_params.pop("group", None)
    st.query_params["grouping"] = key


def group(shown: Shown) -> int | None:
    """The group that is picked, None without one."""
    text = st.query_params.get("group", "")
    if shown.result is None or not re.fullmatch(r"-?[0-9]{1,6}", text):
        return None
    number = int(text)
    if number == NOISE:
        return NOISE if shown.result.n_noise else None
    return number if 0 <= number < shown.result.n_clusters else None


def pick(number: int | None) -> None:
    """Pick a group, or none."""
    if number is None:
        st.query_params.pop("group", None)
    else:
        st.query_params["group"] = str(number)
