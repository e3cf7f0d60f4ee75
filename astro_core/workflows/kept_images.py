"""Datasets that grow by one image whenever a person keeps something of an uploaded picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
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
from astro_core.workflows.extend_dataset import joined
from astro_core.workflows.pictures import Picture
from astro_core.workflows.uploads import clean_name
from astro_core.workspace import Workspace, check_name, whole_file

_PART = ImagePart(layout="picture", root="files", bands=COLOUR)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a dataset of kept images holds.

    Attributes
    ----------
    reader : str
        What its source names as the one who brought the images in.
    what : str
        Its images, in words.
    note : str
        How they were kept, in a sentence.
    same_by : str
        The column by which an image is there already.
    """

    reader: str
    what: str
    note: str
    same_by: str


def image_id(picture: Picture, token: str) -> str:
    """Name what is kept of a picture, after the picture's file."""
    return f"{clean_name(Path(picture.name).stem)[:60]}-{token}"


def picture_columns(picture: Picture) -> dict[str, Any]:
    """What a catalogue says of the picture that something was kept of."""
    return {"picture": picture.name, "sha256": picture.digest, "shown_as": picture.how}


def kept_dataset(workspace: Workspace, name: str, kind: Kind) -> Dataset | None:
    """Return the dataset of that name; None where there is none yet.

    Raises
    ------
    BadInputError
        If it holds something else, as one that was imported.
    """
    try:
        dataset = open_dataset(workspace, name)
    except NotFoundError:
        return None
    if dataset.source.reader != kind.reader:
        raise BadInputError(
            f"{kind.what} cannot go into '{dataset.name}', which was imported or holds other "
            "images",
            todo="Choose another name for what is kept",
        )
    return dataset


def put_image(
    workspace: Workspace, name: str, kind: Kind, row: Mapping[str, Any], image: NDArray[np.uint8]
) -> Dataset:
    """Put an image into a dataset, unless it is there, and return the dataset.

    Parameters
    ----------
    row : Mapping
        `object_id`, and what else the catalogue is to say of it.
    image : array of uint8, shape (height, width, 3)

    Raises
    ------
    BadInputError
        If the name cannot be one or is that of a dataset of something else, or the image is empty.
    """
    from filelock import FileLock

    name = check_name(name)
    with FileLock(workspace.datasets / f".{name.lower()}.lock"):  # two people may keep at once
        dataset = kept_dataset(workspace, name, kind)
        if dataset is None:
            return _begin(workspace, name, kind, row, image)
        old = read_catalogue(dataset)
        if (old[kind.same_by] == row[kind.same_by]).any():
            return dataset
        return _add(dataset, old, _write(dataset.folder, row, image))


def _write(
    folder: Path, row: Mapping[str, Any], image: NDArray[np.uint8]
) -> tuple[Scan, dict[str, Any]]:
    """Write an image below a folder, and look at it as an import does."""
    whole = {**row, "part": 0, "file": f"{row['object_id']}.png", "row": 0}
    with whole_file(folder / _PART.root / whole["file"]) as half:
        Image.fromarray(image).save(half, format="PNG", compress_level=1)  # somebody waits
    check = check_image(folder, [_PART], whole)
    if check["reason"]:
        raise BadInputError("This image cannot be kept", given=check["reason"])
    return Scan(parts=(_PART,), catalogue=pd.DataFrame([whole])), check


def _begin(
    workspace: Workspace, name: str, kind: Kind, row: Mapping[str, Any], image: NDArray[np.uint8]
) -> Dataset:
    made = workspace.scratch_folder("keep") / "dataset"
    made.mkdir()
    scan, check = _write(made, row, image)
    assembled = assemble(scan, [check], name=name)
    source = Source(
        reader=kind.reader, location="Uploaded pictures",
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"), notes=(kind.note,),
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
