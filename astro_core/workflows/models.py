"""Models that can be used: one's own, imported ones, those of trainings, and the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core.classifiers.bundle_info import INFO, BundleInfo, read_info
from astro_core.classifiers.bundle_zip import export_zip, import_zip
from astro_core.classifiers.pretrained import SCRATCH
from astro_core.detection.finder_bundle import is_finder, read_finder
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs.folder import run_ids
from astro_core.workspace import Workspace, check_name

BUNDLE = "bundle"  # folder of the model in a training's run
SHIPPED = Path(__file__).resolve().parents[2] / "data" / "models"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model of the workspace.

    Attributes
    ----------
    name : str
        What commands call it: its own name, or the id of its run.
    source : "own", "run" or "shipped"
    info : BundleInfo or None
        None where its description cannot be read.
    problem : str
        Why not.
    """

    name: str
    source: str
    folder: Path
    info: BundleInfo | None
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values for `models --json`."""
        told = {"name": self.name, "source": self.source, "problem": self.problem}
        if self.info is None:
            return told | {"kind": "", "heads": [], "classes": []}
        info = self.info
        heads = [{"name": h.name, "kind": h.kind, "outputs": list(h.outputs)} for h in info.heads]
        classes = [list(h.outputs) for h in info.heads if h.kind != "votes"]
        return told | {
            "kind": info.kind,
            "heads": heads,
            "classes": classes[0] if classes else [],
            "recipe": str(info.training.get("recipe", "")),
            "dataset": info.dataset,
            "size_px": info.render.size_px,
            "weights_from": info.weights_from,
            "calibrated": bool(info.calibration),
            "metrics": dict(info.metrics),
            "created_at": info.created_at,
        }


def list_models(workspace: Workspace) -> tuple[Model, ...]:
    """All models: own and imported ones by name, those of trainings, newest first, the shipped."""
    return tuple(_open(*found) for found in _folders(workspace))


def list_finders() -> tuple[dict[str, Any], ...]:
    """The trained finders of galaxies that are shipped, as `Model.to_json` tells of models."""
    infos = [read_finder(folder) for folder in sorted(SHIPPED.glob("*")) if is_finder(folder)]
    return tuple(
        {
            "name": info.name,
            "source": "shipped",
            "problem": "",
            "kind": "finder",
            "heads": [],
            "classes": ["galaxy"],
            "size_px": info.size_px,
            "weights_from": SCRATCH,
            "metrics": dict(info.metrics),
            "created_at": info.created_at,
        }
        for info in infos
    )


def has_models(workspace: Workspace, name_or_run: str = "") -> bool:
    """Whether there is a model at all, or the one of that name; nothing of it is read."""
    if not name_or_run:
        return next(_folders(workspace), None) is not None
    try:
        find_model(workspace, name_or_run)
    except (BadInputError, NotFoundError):
        return False
    return True


def _folders(workspace: Workspace) -> Iterator[tuple[str, str, Path]]:
    own = tuple(_inside(workspace.models))
    for folder in own:
        yield folder.name, "own", folder
    for run_id in reversed(run_ids(workspace)):
        folder = workspace.runs / run_id / BUNDLE
        if (folder / INFO).is_file():
            yield run_id, "run", folder
    taken = {folder.name for folder in own}
    for folder in _inside(SHIPPED):
        if folder.name not in taken:
            yield folder.name, "shipped", folder


def _inside(place: Path) -> Iterator[Path]:
    """Folders of models, by name."""
    for folder in sorted(place.iterdir()) if place.is_dir() else []:
        if not folder.name.startswith(".") and (folder / INFO).is_file():
            yield folder


def _open(name: str, source: str, folder: Path) -> Model:
    try:
        return Model(name=name, source=source, folder=folder, info=read_info(folder))
    except (BadInputError, NotFoundError) as error:
        return Model(name=name, source=source, folder=folder, info=None, problem=str(error))


def find_model(workspace: Workspace, name_or_run: str) -> Path:
    """Return the folder of a model, by its name or by the id of the run that trained it.

    Raises
    ------
    NotFoundError
        If there is none; the message lists some that there are.
    BadInputError
        If that can be no name.
    """
    name = check_name(name_or_run, "model")
    for folder in (workspace.models / name, workspace.runs / name / BUNDLE, SHIPPED / name):
        if (folder / INFO).is_file():
            return folder
    names = [found for found, _, _ in _folders(workspace)]
    known = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    raise NotFoundError(f"There is no model '{name}'", expected=f"one of {known}")


def export_model(workspace: Workspace, name_or_run: str, path: Path) -> None:
    """Write a model as a zip file.

    Raises
    ------
    NotFoundError, BadInputError
        See `find_model` and `export_zip`.
    """
    if path.suffix.lower() != ".zip":
        raise BadInputError(
            f"A model cannot be written to '{path}'", expected="a name that ends in .zip"
        )
    export_zip(find_model(workspace, name_or_run), path)


def import_model(workspace: Workspace, path: Path, name: str) -> Model:
    """Take in a model from a zip file under a name.

    Raises
    ------
    BadInputError
        If it is no model, or not a sound one; nothing is changed then.
    ConflictError
        If the name is taken.
    """
    folder = workspace.models / check_name(name, "model")
    info = import_zip(path, folder, workspace.scratch_folder("import-model"))
    return Model(name=folder.name, source="own", folder=folder, info=info)
