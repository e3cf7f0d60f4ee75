"""Write a model for instruments and other programs, as a run, and measure what that costs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core import runs
from astro_core.classifiers.bundle_info import read_info
from astro_core.classifiers.export_formats import EXPORTS, ExportSpec
from astro_core.domain import Run
from astro_core.errors import BadInputError
from astro_core.workflows.model_export_run import (
    CARD,
    FACTS,
    FOLDER,
    KIND,
    check_kind,
    weights_of,
)
from astro_core.workflows.models import find_model
from astro_core.workspace import Workspace, file_for, read_json


@dataclass(frozen=True, kw_only=True)
class Export:
    """A model in another format.

    Attributes
    ----------
    file : Path
        The network; the card and export.json stand beside it.
    facts : Mapping
        Format, heads, render recipe, calibration and cost, as plain JSON values.
    """

    run_id: str
    spec: ExportSpec
    file: Path
    facts: Mapping[str, Any]

    @property
    def cost(self) -> Mapping[str, Any]:
        """What `measure` found."""
        found: Mapping[str, Any] = self.facts["cost"]
        return found

    @property
    def card(self) -> str:
        """What a person should know of it, as Markdown."""
        return (self.file.parent / CARD).read_text(encoding="utf-8")


def submit_export(workspace: Workspace, model: str, format_name: str) -> str:
    """Have a model written in another format; returns the run's id.

    Raises
    ------
    NotFoundError
        If there is no such model or format.
    BadInputError
        If the model is no network, or its description cannot be read.
    """
    spec = EXPORTS.get(format_name)
    folder = find_model(workspace, model)
    info = read_info(folder)
    check_kind(info)
    own = folder.parent == workspace.models
    params = {"model": folder.name if own else model.strip()}
    name = folder.name if own else info.training.get("recipe", model)
    title = f"Writing {name} as {spec.label}"
    return runs.submit(workspace, KIND, params | {"format": format_name}, title=title)


def open_export(workspace: Workspace, run_id: str) -> Export:
    """Return what a finished run of this kind wrote.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no such run, or not done.
    """
    runs.get_done(workspace, run_id, {KIND}, "export")
    folder = workspace.runs / run_id / FOLDER
    facts = read_json(folder / FACTS)
    spec = EXPORTS.get(facts["format"])
    return Export(run_id=run_id, spec=spec, file=folder / facts["file"], facts=facts)


def list_exports(workspace: Workspace, model: str) -> tuple[Run, ...]:
    """Runs that write a model in other formats, the newest first; finished ones of these weights.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no such model, or its description cannot be read.
    """
    weights = weights_of(read_info(find_model(workspace, model)))
    return tuple(
        run
        for run in runs.list_runs(workspace)
        if run.kind == KIND
        and run.params.get("model") == model
        and run.result.get("weights", weights) == weights
    )


def save_export(workspace: Workspace, run_id: str, out: Path) -> tuple[Path, ...]:
    """Copy an export to a file, with its card and its facts beside it.

    Parameters
    ----------
    out : Path
        Ends as files of the format do; replaced if it is there.

    Returns
    -------
    tuple of Path
        The network, the card (``.md``) and the facts (``.json``).

    Raises
    ------
    NotFoundError, BadInputError
        See `open_export` and `check_suffix`.
    """
    export = open_export(workspace, run_id)
    check_suffix(export.spec.name, out)
    names = {export.file.name: out.name, CARD: f"{out.stem}.md", FACTS: f"{out.stem}.json"}
    for source, name in names.items():
        with file_for(out.with_name(name)) as half:
            if source == CARD:
                half.write_text(_renamed(export.card, names), encoding="utf-8")
            else:
                shutil.copyfile(export.file.parent / source, half)
    return tuple(out.with_name(name) for name in names.values())


def _renamed(card: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        card = card.replace(old, new)
    return card


def check_suffix(format_name: str, out: Path) -> None:
    """Refuse a file name that does not end as the format's files do, or names a folder.

    Raises
    ------
    NotFoundError
        If there is no such format.
    BadInputError
    """
    suffix = EXPORTS.get(format_name).suffix
    if out.suffix.lower() != suffix or out.is_dir():
        raise BadInputError(
            f"A model cannot be written to '{out}' as {format_name}",
            expected=f"a name that ends in {suffix}",
        )
