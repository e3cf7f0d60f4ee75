"""What a model said of pictures, as files: CSV, VOTable, JSON, and the picture with its boxes."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from PIL import Image

from astro_core.detection.annotations import ANNOTATIONS, GALAXY, Annotated
from astro_core.domain import Boxes, plain_taxonomy
from astro_core.errors import BadInputError
from astro_core.figures.theme import class_colours
from astro_core.imaging.annotate import draw_boxes
from astro_core.registry import Registry
from astro_core.workflows.annotations import annotation_file, file_suffix
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.export_tables import WRITERS
from astro_core.workflows.predict import column_names

_UNNAMED = "#FFFFFF"  # of boxes that have no class
Many = Sequence[Classified]


@dataclass(frozen=True, kw_only=True)
class FileSpec:
    """A form in which answers are handed out: ``content(classified)`` is the whole file."""

    name: str
    label: str
    suffix: str
    mime: str
    content: Callable[[Many], bytes]


FILES: Registry[FileSpec] = Registry("form of answers")


def classified_table(classified: Many) -> pd.DataFrame:
    """Write answers as a table, one row per galaxy.

    Columns file, object_id, x0, y0, x1, y1 (pixels of the picture as shown, half-open), then
    p_<class> for each class or one column per vote answer, label, undefined, prediction_set
    (classes separated by "|"), strangeness, warning, score, ra_deg, dec_deg, model.
    """
    return pd.DataFrame([row for one in classified for row in _rows(one)])


def _rows(one: Classified) -> Iterator[dict[str, Any]]:
    names = column_names(one.head)
    for found in one.found:
        answers = found.answers[one.head.name]
        yield {
            "file": one.picture.name,
            "object_id": found.object_id,
            **dict(zip(("x0", "y0", "x1", "y1"), found.box, strict=True)),
            **dict(zip(names, answers, strict=True)),
            "label": found.label,
            "undefined": found.undefined,
            "prediction_set": "|".join(found.prediction_set),
            "strangeness": _number(found.strangeness),
            "warning": " ".join(found.warnings),
            "score": found.score,
            "ra_deg": _number(found.ra_deg),
            "dec_deg": _number(found.dec_deg),
            "model": one.model,
        }


def _number(value: float | None) -> float:
    """Write what is not known as NaN, so that a column of it is one of numbers."""
    return np.nan if value is None else value


def classified_json(classified: Many) -> list[dict[str, Any]]:
    """Write answers of all heads as plain JSON values, one mapping per picture."""
    return [
        {
            "file": one.picture.name,
            "sha256": one.picture.digest,
            "shown_as": one.picture.how,
            "model": one.model,
            "head": one.head.name,
            "finder": one.finder,
            "notes": list(one.notes),
            "galaxies": [_galaxy(one, found) for found in one.found],
        }
        for one in classified
    ]


def _galaxy(one: Classified, found: Found) -> dict[str, Any]:
    answers = {
        head.name: {
            name: round(float(value), 6)
            for name, value in zip(head.outputs, found.answers[head.name], strict=True)
        }
        for head in one.heads
    }
    similar = [
        {"object_id": s.object_id, "dataset": s.dataset, "label": s.label} for s in found.similar
    ]
    return {
        "object_id": found.object_id,
        "box": list(found.box),
        "score": found.score,
        "ra_deg": found.ra_deg,
        "dec_deg": found.dec_deg,
        "answers": answers,
        "label": found.label,
        "undefined": found.undefined,
        "prediction_set": list(found.prediction_set),
        "strangeness": found.strangeness,
        "warnings": list(found.warnings),
        "similar": similar,
    }


def annotated_png(one: Classified) -> bytes:
    """Draw a picture with the boxes of its galaxies and what they are said to be, as PNG."""
    image = one.picture.image
    if one.found:
        colours = class_colours(plain_taxonomy(one.head.name, one.head.outputs))
        captions = [_caption(one, found) for found in one.found]
        ink = [colours.get(found.label, _UNNAMED) for found in one.found]
        image = draw_boxes(image, _boxes(one), captions, ink)
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _caption(one: Classified, found: Found) -> str:
    """Say what a galaxy is and how sure that is; of votes, the answer that most would give."""
    answers = found.answers[one.head.name]
    place = int(answers.argmax())
    told = f"{one.head.outputs[place].replace('_', ' ')} {100 * answers[place]:.0f} %"
    return f"undefined ({told})" if found.undefined else told


def _table(format_name: str) -> Callable[[Many], bytes]:
    def content(classified: Many) -> bytes:
        table = pa.Table.from_pandas(classified_table(classified), preserve_index=False)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answers"
            WRITERS[format_name](table, path)
            return path.read_bytes()

    return content


def _json(classified: Many) -> bytes:
    text = json.dumps(classified_json(classified), indent=1, ensure_ascii=False, allow_nan=False)
    return text.encode()


def _png(classified: Many) -> bytes:
    if len(classified) != 1:
        raise BadInputError(
            "A picture with boxes shows one picture",
            given=str(len(classified)),
            todo="Choose one, or take a table",
        )
    return annotated_png(classified[0])


def _boxes(one: Classified) -> Boxes:
    return Boxes(
        corners=np.array([found.box for found in one.found]),
        scores=np.array([found.score for found in one.found]),
        labels=tuple(found.label or GALAXY for found in one.found),
    )


def _annotations(form: str) -> Callable[[Many], bytes]:
    def content(classified: Many) -> bytes:
        return annotation_file([_annotated(one) for one in classified], form)

    return content


def _annotated(one: Classified) -> Annotated:
    height, width = one.picture.image.shape[:2]
    return Annotated(file=one.picture.name, width_px=width, height_px=height, boxes=_boxes(one))


for _name, _label, _suffix, _mime, _content in (
    ("csv", "CSV", ".csv", "text/csv", _table("csv")),
    ("json", "JSON", ".json", "application/json", _json),
    ("votable", "VOTable", ".vot", "application/x-votable+xml", _table("votable")),
    ("png", "Picture with boxes (PNG)", ".png", "image/png", _png),
    *(
        (
            spec.name,
            f"Boxes as {spec.label}",
            file_suffix(spec.name),
            spec.mime if spec.together else "application/zip",
            _annotations(spec.name),
        )
        for spec in ANNOTATIONS
    ),
):
    FILES.add(FileSpec(name=_name, label=_label, suffix=_suffix, mime=_mime, content=_content))
