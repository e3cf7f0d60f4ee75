"""Models that can be looked into, the members of ensembles among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from astro_core.classifiers.bundle_info import INFO, BundleInfo, member_folder, read_info
from astro_core.errors import NotFoundError, TuningForkError
from astro_core.workflows.models import Model, find_model, list_models
from astro_core.workspace import Workspace


def networks(workspace: Workspace) -> tuple[Model, ...]:
    """All models that can be read; an ensemble is followed by its members.

    A member is named "<model>/member-0".
    """
    found: list[Model] = []
    for model in list_models(workspace):
        if model.info is not None:
            found.append(model)
            found += _members(model, model.info)
    return tuple(found)


def _members(model: Model, info: BundleInfo) -> Iterator[Model]:
    place = 0
    while info.kind == "ensemble" and (folder := model.folder / member_folder(place)).is_dir():
        place += 1
        try:
            its = read_info(folder)
        except TuningForkError:
            continue
        name = f"{model.name}/{folder.name}"
        yield Model(name=name, source=model.source, folder=folder, info=its)


def find_network(workspace: Workspace, name: str) -> Path:
    """Return the folder of a model, or of an ensemble's member.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    whole, _, inner = name.partition("/")
    folder = find_model(workspace, whole)
    if not inner:
        return folder
    place = inner.removeprefix("member-")
    member = folder / member_folder(int(place)) if place.isdecimal() else folder / "none"
    if not (member / INFO).is_file():
        raise NotFoundError(f"The ensemble '{whole}' has no '{inner}'")
    return member
