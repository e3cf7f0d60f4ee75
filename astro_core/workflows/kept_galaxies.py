"""Datasets of galaxies that were kept from uploaded pictures, one image each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from astro_core.datasets.assemble import Assembled, assemble, take_good
from astro_core.datasets.catalogue import read_catalogue, read_problems
from astro_core.datasets.check import check_image
from astro_core.datasets.layouts.picture import COLOUR
from astro_core.datasets.readers import Scan
from astro_core.datasets.store import open_dataset, publish_dataset, replace_state, write_state
from astro_core.domain import Dataset, ImagePart, Problem, Source
from astro_core.errors import BadInputError, NotFoundError
from astro_core.imaging import default_recipe
from astro_core.imaging.presentable import crop_around
from astro_core.params import digest
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.classify_crops import FRAMING
from astro_core.workflows.extend_dataset import joined
from astro_core.workflows.uploads import clean_name
from astro_core.workspace import Workspace, check_name, whole_file

UPLOADS = "uploads"
READER = "classify"  # what brought the images of such a dataset in
_PART = ImagePart(layout="picture", root="files", bands=COLOUR)


def kept_id(classified: Classified, found: Found) -> str:
    """Name of a galaxy in a dataset of kept ones; the same file and box have the same."""
    stem = clean_name(Path(classified.picture.name).stem)[:60]
    corners = [round(edge, 1) for edge in found.box]
    return f"{stem}-{digest([classified.picture.digest, corners], length=8)}"


def kept_dataset(workspace: Workspace, name: str = UPLOADS) -> Dataset | None:
    """Return the dataset of kept galaxies of that name; None where there is none yet.

    Raises
    ------
    BadInputError
        If that is the name of a dataset that was imported.
    """
    try:
        dataset = open_dataset(workspace, name)
    except NotFoundError:
        return None
    if dataset.source.reader != READER:
        raise BadInputError(
            f"Galaxies of uploaded pictures cannot go into '{dataset.name}', which was imported",
            todo="Choose another name for what is kept",
        )
    return dataset


def put_in(workspace: Workspace, name: str, classified: Classified, found: Found) -> Dataset:
    """Put a galaxy into a dataset, unless it is there, and return the dataset.

    Raises
    ------
    BadInputError
        If the name cannot be one or is that of an imported dataset, or the picture is empty there.
    """
    from filelock import FileLock

    name = check_name(name)
    with FileLock(workspace.datasets / f".{name.lower()}.lock"):  # two people may keep at once
        dataset = kept_dataset(workspace, name)
        if dataset is None:
            return _begin(workspace, name, classified, found)
        old = read_catalogue(dataset)
        if kept_id(classified, found) in set(old["object_id"]):
            return dataset
        return _add(dataset, old, _write(dataset.folder, classified, found))


def _write(folder: Path, classified: Classified, found: Found) -> tuple[Scan, dict[str, Any]]:
    """Write the galaxy's image below a folder, and look at it as an import does."""
    row = _row(classified, found)
    with whole_file(folder / _PART.root / row["file"]) as half:
        Image.fromarray(_square(classified, found)).save(half, format="PNG", optimize=True)
    check = check_image(folder, [_PART], row)
    if check["reason"]:
        raise BadInputError("This part of the picture cannot be kept", given=check["reason"])
    return Scan(parts=(_PART,), catalogue=pd.DataFrame([row])), check


def _row(classified: Classified, found: Found) -> dict[str, Any]:
    object_id = kept_id(classified, found)
    return {
        "object_id": object_id, "part": 0, "file": f"{object_id}.png", "row": 0,
        "ra_deg": found.ra_deg, "dec_deg": found.dec_deg,
        "picture": classified.picture.name, "sha256": classified.picture.digest,
        "shown_as": classified.picture.how,
        **dict(zip(("x0", "y0", "x1", "y1"), found.box, strict=True)),
    }  # fmt: skip


def _square(classified: Classified, found: Found) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The square around a box, which covers half of it, or more where the picture ends."""
    image = classified.picture.image
    x0, y0, x1, y1 = found.box
    side = min(round(max(x1 - x0, y1 - y0) / FRAMING), max(image.shape[:2]))
    cut = crop_around(np.moveaxis(image, -1, 0), int((y0 + y1) / 2), int((x0 + x1) / 2), side)
    return np.ascontiguousarray(np.moveaxis(cut, 0, -1))


def _begin(workspace: Workspace, name: str, classified: Classified, found: Found) -> Dataset:
    made = workspace.scratch_folder("keep") / "dataset"
    made.mkdir()
    scan, check = _write(made, classified, found)
    assembled = assemble(scan, [check], name=name)
    source = Source(
        reader=READER, location="Uploaded pictures",
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=("Galaxies of uploaded pictures, each in the square around its box.",),
    )  # fmt: skip
    dataset = Dataset(
        name=name, folder=made, parts=(_PART,), bands=COLOUR, taxonomy=assembled.taxonomy,
        source=source, fingerprint="", n_objects=0, n_bad=0, class_counts={},
        recipe=default_recipe(COLOUR, True),
    )  # fmt: skip
    write_state(made, _as(dataset, assembled), assembled.catalogue, [])
    return publish_dataset(workspace, made, name)


def _add(dataset: Dataset, old: pd.DataFrame, written: tuple[Scan, dict[str, Any]]) -> Dataset:
    scan, check = written
    good, _ = take_good(scan.catalogue, [check])
    assembled = Assembled(
        parts=dataset.parts, catalogue=joined(old, good, seed=0), taxonomy=dataset.taxonomy,
        problems=(), notes=(), n_bad=dataset.n_bad,
    )  # fmt: skip
    problems = [Problem(**p) for p in read_problems(dataset).to_dict("records")]
    return replace_state(dataset, _as(dataset, assembled), assembled.catalogue, problems)


def _as(dataset: Dataset, found: Assembled) -> Dataset:
    return replace(
        dataset, fingerprint=found.fingerprint, n_objects=len(found.catalogue),
        class_counts=found.class_counts,
    )  # fmt: skip
