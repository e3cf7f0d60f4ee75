"""Finders by name: those of the registry, and what a training made."""

from __future__ import annotations

from astro_core.detection import FINDERS, FinderSpec
from astro_core.detection.finder_bundle import is_finder
from astro_core.detection.galaxy_finder import trained_finder
from astro_core.workflows.train_finder import BUNDLE
from astro_core.workspace import Workspace, check_name


def find_finder(workspace: Workspace, name_or_run: str) -> FinderSpec:
    """Return a finder, by its name or by the id of the run that trained it.

    Raises
    ------
    NotFoundError
        If there is none.
    BadInputError
        If that can be no name.
    """
    folder = workspace.runs / check_name(name_or_run, "finder") / BUNDLE
    if name_or_run not in FINDERS and is_finder(folder):
        return trained_finder(folder, name_or_run)
    return FINDERS.get(name_or_run)
