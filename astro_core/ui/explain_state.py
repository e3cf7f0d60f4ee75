"""What Explain shows, held in the address: a model, a galaxy, an answer, and a way to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.domain import Dataset, Head
from astro_core.params import digest
from astro_core.ui import cached
from astro_core.ui.address import parameter
from astro_core.ui.class_look import ClassLook
from astro_core.workflows.evaluation_views import changed_at
from astro_core.workflows.explain_lists import EVERY, FOUND, ids_with, judged_lists
from astro_core.workflows.explain_networks import networks
from astro_core.workflows.models import Model
from astro_core.workspace import Workspace

Ids = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Shown(ClassLook):
    """One visit of the page.

    Attributes
    ----------
    models : tuple of Model
        Those whose description can be read; the ones that learned from this dataset first.
    model : Model or None
        The one that is asked; None without any.
    head : Head or None
        The question it answers.
    object_id : str
        The galaxy.
    output : str
        The answer that is explained; empty for the one that the model gave.
    part : str
        Part of the dataset that the lists are from; empty where the model has none.
    lists : dict of str to array of str
        Galaxies worth a look, by `explain_lists`; those found by `find`, if that was asked for.
    walk : str
        The list that is walked through: a key of `lists`, or `EVERY`.
    problems : tuple of str
        What in the address could not be used.
    key : str
        Begins the keys of widgets; it changes with the dataset and the model.
    """

    workspace: Workspace
    dataset: Dataset
    models: tuple[Model, ...]
    model: Model | None
    head: Head | None
    object_id: str
    output: str
    part: str
    lists: dict[str, Ids]
    walk: str
    problems: tuple[str, ...]
    key: str

    @property
    def info(self) -> BundleInfo:
        """What the model says of itself."""
        assert self.model is not None
        assert self.model.info is not None
        return self.model.info

    @property
    def asked(self) -> tuple[str, Head]:
        """Name of the model, and its question."""
        assert self.model is not None
        assert self.head is not None
        return self.model.name, self.head

    @property
    def n_walk(self) -> int:
        """Galaxies in the list that is walked through."""
        return self.dataset.n_objects if self.walk == EVERY else len(self.lists[self.walk])

    @property
    def place(self) -> int | None:
        """Where the galaxy stands in that list; None if it does not."""
        if self.walk == EVERY:
            return int(cached.view(self.dataset).rows_of([self.object_id])[0])
        found = np.flatnonzero(self.lists[self.walk] == self.object_id)
        return int(found[0]) if len(found) else None

    def at(self, place: int) -> str:
        """The galaxy at a place of that list."""
        if self.walk == EVERY:
            return cached.view(self.dataset).ids(np.array([place]))[0]
        return str(self.lists[self.walk][place])

    @property
    def origin(self) -> dict[str, Any]:
        """Where selections made here come from."""
        return {"kind": "explain page", "model": self.model.name if self.model else ""}


def read(workspace: Workspace, dataset: Dataset) -> Shown:
    """Read the address; without a model in it the nearest, without a galaxy the worst mistake."""
    problems: list[str] = []
    models = usable(workspace, dataset)
    model = _model(models, problems)
    head = _head(model)
    part, lists = _lists(workspace, dataset, model, head)
    if text := st.query_params.get("find", ""):
        view = cached.view(dataset)
        lists = {FOUND: np.array(view.ids(ids_with(view, text)), dtype=object)} | lists
        if not len(lists[FOUND]):
            problems.append(f"No object id holds '{text}'.")
    lists = {name: ids for name, ids in lists.items() if len(ids)}
    walk = _walk(lists)
    token = [str(dataset.folder), dataset.fingerprint, model.name if model else ""]
    return Shown(
        workspace=workspace,
        dataset=dataset,
        models=models,
        model=model,
        head=head,
        object_id=_object(dataset, lists, walk, problems),
        output=parameter("class", head.outputs if head else (), ""),
        part=part,
        lists=lists,
        walk=walk,
        problems=tuple(problems),
        key=f"explain:{digest(token, length=6)}",
    )


def usable(workspace: Workspace, dataset: Dataset) -> tuple[Model, ...]:
    """Models that can be asked, the nearest to this dataset first, of these the newest."""
    return tuple(sorted(networks(workspace), key=lambda model: distance(model, dataset)))


def distance(model: Model, dataset: Dataset) -> int:
    """Say how far a model is: 0 learned from the dataset, 1 knows classes of it, 2 neither."""
    if model.info is None:
        return 2
    if dataset.name in model.info.learned_from:
        return 0
    classes = set(dataset.taxonomy.class_names)
    return 1 if any(classes & set(head.outputs) for head in model.info.heads) else 2


def _model(models: Sequence[Model], problems: list[str]) -> Model | None:
    asked = st.query_params.get("run", "")
    found = next((model for model in models if model.name == asked), None)
    if asked and not found:
        problems.append(f"There is no model '{asked}'; see another.")
    return found or (models[0] if models else None)


def _head(model: Model | None) -> Head | None:
    if model is None or model.info is None:
        return None
    names = [head.name for head in model.info.heads]
    return model.info.head(parameter("head", names, names[0]))


def _lists(
    workspace: Workspace, dataset: Dataset, model: Model | None, head: Head | None
) -> tuple[str, dict[str, Ids]]:
    if model is None or head is None:
        return "", {}
    try:
        changed = changed_at(workspace, model.name)
    except FileNotFoundError:  # an imported model has answered nothing here
        return "", {}
    key = (str(dataset.folder), dataset.fingerprint, model.name, head.name, changed)
    found = _kept_lists(key, workspace, dataset, head)
    return cast("tuple[str, dict[str, Ids]]", found)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept_lists(
    key: tuple[str, str, str, str, int], _workspace: Workspace, _dataset: Dataset, _head: Head
) -> tuple[str, dict[str, Ids]]:
    part, lists = judged_lists(_workspace, _dataset, key[2], _head)
    view = cached.view(_dataset)
    return part, {name: ids[view.rows_of(ids) >= 0] for name, ids in lists.items()}


def _walk(lists: dict[str, Ids]) -> str:
    return parameter("from", [*lists, EVERY], next(iter(lists), EVERY))


def _object(dataset: Dataset, lists: dict[str, Ids], walk: str, problems: list[str]) -> str:
    view = cached.view(dataset)
    asked = st.query_params.get("object", "")
    if asked and view.rows_of([asked])[0] >= 0:
        return asked
    if asked:
        problems.append(f"There is no object '{asked}' in this dataset.")
    return str(lists[walk][0]) if walk in lists else view.ids(np.array([0]))[0]


def look_at(object_id: str) -> None:
    """Ask about another galaxy, and about the answer that it gets."""
    st.query_params["object"] = object_id
    st.query_params.pop("class", None)


def walk_through(name: str) -> None:
    """Take another list, from its first galaxy on."""
    st.query_params["from"] = name
    st.query_params.pop("object", None)
    st.query_params.pop("class", None)
    if name != FOUND:
        st.query_params.pop("find", None)


def find(text: str) -> None:
    """Walk through the galaxies whose id holds a text."""
    for name in ("object", "class", "from"):
        st.query_params.pop(name, None)
    if text.strip():
        st.query_params["find"] = text.strip()
    else:
        st.query_params.pop("find", None)


def ask(name: str) -> None:
    """Ask another model about the same galaxy."""
    for parameter_name in ("class", "head", "from", "layer"):
        st.query_params.pop(parameter_name, None)
    st.query_params["run"] = name
