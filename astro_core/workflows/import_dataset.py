"""Import a survey: check every image, and publish the dataset when all is done."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from astro_core.datasets.assemble import Assembled, assemble
from astro_core.datasets.classmap import parse_class_map
from astro_core.datasets.layouts import LAYOUTS, inside, part_root
from astro_core.datasets.readers import Scan
from astro_core.datasets.store import check_free, publish_dataset, write_state
from astro_core.domain import Dataset, ImagePart, Progress, Source
from astro_core.errors import BadInputError
from astro_core.params import from_mapping, param
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.check_scan import check_scan
from astro_core.workflows.choose_reader import (
    BringInParams,
    choose,
    find_place,
    matches,
    scan_place,
)
from astro_core.workflows.first_recipe import first_recipe

_SHOWN = 200
OWN = "files"


@dataclass(frozen=True, kw_only=True)
class ImportParams(BringInParams):
    """What to import, and how."""

    name: str = param("", label="Name", help="What the dataset is to be called.")
    classes: str = param(
        "",
        label="Classes",
        help="Classes to keep, merge or rename, such as "
        "spiral=spiral_clockwise+spiral_anticlockwise,elliptical. Empty keeps all.",
    )
    train: float = param(
        0.70, label="Training", minimum=0.0, maximum=1.0, step=0.05, help="Share to train on."
    )
    validation: float = param(
        0.15,
        label="Validation",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
        help="Share to choose settings with; the rest is for testing.",
    )

    @property
    def fractions(self) -> tuple[float, float, float]:
        """Shares of train, validation and test."""
        return (self.train, self.validation, max(0.0, 1.0 - self.train - self.validation))


def read_params(values: dict[str, Any]) -> ImportParams:
    """Read the settings and refuse what cannot work before anything is done.

    Raises
    ------
    BadInputError
    """
    params = from_mapping(ImportParams, values)
    if params.train + params.validation > 1.0 + 1e-9:
        raise BadInputError(
            "The shares of training and validation are more than the whole",
            expected="a sum of at most 1",
            given=f"{params.train:g} + {params.validation:g}",
        )
    if params.classes:
        parse_class_map(params.classes)
    return params


def own_parts(made: Path, scan: Scan) -> tuple[ImagePart, ...]:
    """Make roots below the dataset's own folder relative to it, so that it can be moved."""
    return tuple(
        replace(part, root=str(Path(part.root).relative_to(made.resolve())))
        if Path(part.root).is_relative_to(made.resolve())
        else part
        for part in scan.parts
    )


def copy_in(made: Path, found: Assembled, own: str, progress: Progress) -> tuple[ImagePart, ...]:
    """Copy the images of parts that lie elsewhere below ``made/own`` and return parts there."""
    parts = list(found.parts)
    rows = found.catalogue[["part", "file", "row"]].to_dict("records")
    for done, row in enumerate(rows):
        number = int(row["part"])
        part = found.parts[number]
        if not Path(part.root).is_absolute():
            continue
        parts[number] = replace(part, root=f"{own}/{number}")
        for file in LAYOUTS.get(part.layout).files(part, row):
            target = made / own / str(number) / file
            source = inside(part_root(made, part), file)
            if source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        if done % 32 == 0:
            progress(done, len(rows), "Copying images")
    return tuple(parts)


def new_dataset(made: Path, name: str, location: str, reader: str, found: Assembled) -> Dataset:
    """Describe a dataset in the making, with the recipe that its first images ask for.

    Parameters
    ----------
    made : Path
        Its folder until it is published.
    location : str
        Where it comes from.
    """
    dataset = Dataset(
        name=name,
        folder=made,
        parts=found.parts,
        bands=found.bands,
        taxonomy=found.taxonomy,
        source=Source(
            reader=reader,
            location=location,
            imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
            notes=found.notes,
        ),
        fingerprint=found.fingerprint,
        n_objects=len(found.catalogue),
        n_bad=found.n_bad,
        class_counts=found.class_counts,
        pixel_scale_arcsec=found.pixel_scale_arcsec,
    )
    return replace(dataset, recipe=first_recipe(dataset, found.catalogue))


def _import(context: RunContext) -> dict[str, Any]:
    params = read_params(context.params)
    name = check_free(context.workspace, params.name)
    made = context.workspace.scratch_folder("import")
    place = find_place(
        params.path,
        params.labels,
        made / OWN,
        context.progress,
        keep_incomplete=params.keep_incomplete,
    )
    spec = choose(place, params.reader, matches(place))
    context.log(f"Reading {place.location} as {spec.label}")
    scan = scan_place(place, spec, context.progress)
    checks = check_scan(context, scan)
    found = assemble(
        scan,
        checks,
        name=name,
        classes=params.classes,
        fractions=params.fractions,
        seed=params.seed,
    )
    found = replace(found, parts=own_parts(made, scan))
    if params.copy_images:
        found = replace(found, parts=copy_in(made, found, OWN, context.progress))
    context.progress(len(checks), len(checks), "Storing")
    dataset = new_dataset(made, name, place.location, spec.name, found)
    write_state(made, dataset, found.catalogue, list(found.problems))
    return report(publish_dataset(context.workspace, made, name), found)


def report(dataset: Dataset, found: Assembled) -> dict[str, Any]:
    """Say what came of an import, as plain JSON values; the table of problems has them all."""
    return {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint,
        "n_objects": dataset.n_objects,
        "n_bad": dataset.n_bad,
        "bands": list(dataset.bands),
        "classes": dict(dataset.class_counts),
        "notes": list(found.notes),
        "n_problems": len(found.problems),
        "problems": [
            {"object_id": p.object_id, "file": p.file, "reason": p.reason}
            for p in found.problems[:_SHOWN]
        ],
    }


RUN_KINDS.add(RunKind(name="import", label="Import", function=_import))
