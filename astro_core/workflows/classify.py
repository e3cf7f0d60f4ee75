"""Find the galaxies in a picture and say what each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.datasets.layouts.fits_io import fits_stem
from astro_core.domain import Head
from astro_core.domain.boxes import Boxes, no_boxes
from astro_core.evaluation.calibration import undefined
from astro_core.workflows.classified import Asked, Classified, Found, Similar
from astro_core.workflows.classify_crops import (
    cut,
    side_on_sky,
    sky_places,
    view_for,
    whole_picture,
)
from astro_core.workflows.classify_model import Opened, answer, n_views, open_classifier
from astro_core.workflows.detect import find_in_picture
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.workflows.pictures import Picture

__all__ = ["Asked", "Classified", "Found", "Similar", "classify_picture"]

N_SIMILAR = 6
NOTHING = "No galaxy was found; the middle of the picture is taken for one."


def classify_picture(
    workspace: Workspace, picture: Picture, asked: Asked, *, boxes: Boxes | None = None
) -> Classified:
    """Find the galaxies in a picture and ask a model about each of them.

    Parameters
    ----------
    boxes : Boxes, optional
        Where the galaxies are, when a person has said so; nothing is searched for then. No box
        means no galaxy.

    Raises
    ------
    NotFoundError
        If there is no such model, head or finder.
    BadInputError
        If the model cannot be read or was changed since it was saved, or the finder cannot work on
        this picture.
    """
    model = open_classifier(workspace, asked.model)
    head = model.info.head(asked.head) if asked.head else model.info.heads[0]
    view = view_for(picture, model.info.render)
    where, whole, notes = (boxes, False, []) if boxes is not None else _where(picture, model, asked)
    if whole:
        cuts = cut(view, where, 1.0)
    else:
        cuts = cut(view, where, model.framing, side_on_sky(picture, model.info.side_arcsec))
    if n_views(model, len(where)) < model.info.views:
        notes.append(
            f"There are many galaxies: each was looked at once, not from {model.info.views} sides."
        )
    return Classified(
        picture=picture,
        found=_found(workspace, picture, model, head, where, cuts),
        model=asked.model,
        finder=asked.finder,
        head=head,
        heads=model.info.heads,
        notes=(*([view.note] if view.note else []), *notes),
    )


def _where(picture: Picture, model: Opened, asked: Asked) -> tuple[Boxes, bool, list[str]]:
    """Find the galaxies; returns boxes, whether the one box is the whole picture, and notes."""
    found = _search(picture, asked.finder)
    if len(found) > asked.most:
        note = f"{len(found):,} galaxies were found; the {asked.most:,} surest are named."
        return found.take(slice(asked.most)), False, [note]
    if len(found):
        return found, False, []
    middle = whole_picture(picture, model.info.render)
    return middle, True, [NOTHING] if asked.finder else []


def _search(picture: Picture, finder: str) -> Boxes:
    if not finder:
        return no_boxes()
    return find_in_picture(picture, finder)


def _found(
    workspace: Workspace,
    picture: Picture,
    model: Opened,
    head: Head,
    boxes: Boxes,
    cuts: tuple[NDArray[np.uint8], NDArray[np.bool_]],
) -> tuple[Found, ...]:
    crops, beyond = cuts
    if not len(crops):
        return ()
    answers, vectors = answer(workspace, model, crops)
    told = answers[head.name]
    unclear = undefined(told) if head.kind != "votes" else np.zeros(len(crops), dtype=bool)
    beside = _compared(model, crops, beyond, vectors)
    places = sky_places(picture, boxes)
    name = Path(picture.name).name
    stem = fits_stem(name) or Path(name).stem
    return tuple(
        Found(
            object_id=stem if len(crops) == 1 else f"{stem}-{i + 1}",
            box=tuple(map(float, boxes.corners[i])),
            score=float(boxes.scores[i]),
            crop=crops[i],
            answers={name: values[i] for name, values in answers.items()},
            label="" if head.kind == "votes" else head.outputs[int(told[i].argmax())],
            undefined=bool(unclear[i]),
            prediction_set=prediction_set(model.info, head, told[i]),
            **beside[i],
            **places[i],
        )
        for i in range(len(crops))
    )


def prediction_set(
    info: BundleInfo, head: Head, probabilities: NDArray[np.float32]
) -> tuple[str, ...]:
    """Return the classes that may be the true one at the coverage that the model promises."""
    threshold = info.calibration.get(head.name, {}).get("set_threshold")
    if threshold is None or head.kind == "votes":
        return ()
    return tuple(
        name for name, p in zip(head.outputs, probabilities, strict=True) if p >= threshold
    )


def _compared(
    model: Opened,
    crops: NDArray[np.uint8],
    beyond: NDArray[np.bool_],
    vectors: NDArray[np.float32] | None,
) -> list[Mapping[str, Any]]:
    """Compare galaxies with those that the model learned from; nothing where it kept none.

    Black beyond the picture's edge would pass for another rendering: nothing is said of that then.
    """
    reference = model.reference
    if reference is None or vectors is None:
        return [{} for _ in crops]
    strange, odd = reference.strangeness(vectors), reference.odd_looks(crops)
    near = reference.nearest(vectors, min(N_SIMILAR, len(reference.object_ids)))
    return [
        {
            "strangeness": float(strange[i]),
            "odd_looks": () if beyond[i] else odd[i],
            "similar": tuple(
                Similar(
                    object_id=reference.object_ids[k],
                    dataset=reference.datasets[k],
                    label=reference.labels[k],
                )
                for k in near[i]
            ),
        }
        for i in range(len(crops))
    ]
