"""Say what a path holds, which readers fit, and every problem, before anything is written."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.datasets.assemble import Assembled, assemble
from astro_core.datasets.layouts import LAYOUTS, part_root
from astro_core.datasets.readers import Match, ReaderSpec, Scan
from astro_core.domain import ImagePart
from astro_core.params import from_mapping
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.check_scan import check_scan
from astro_core.workflows.choose_reader import PlaceParams, choose, find_place, matches, scan_place
from astro_core.workflows.previews import save_previews

PREVIEWS = 12
_LISTED = 2000
_STAT_LIMIT = 20_000
_STACK_BYTES = 128 * 128 * 3


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a path holds.

    Attributes
    ----------
    readers : tuple of dict
        name, label, score and reason of each reader that fits, the best first.
    n_objects : int
        Objects that can be imported.
    n_bad : int
        Objects or files that cannot.
    classes : dict
        Class to number of objects.
    n_with_votes : int
        Objects with a fraction for at least one answer.
    sizes : tuple of dict
        width_px, height_px and n of the commonest image sizes.
    image_bytes, stack_bytes : int
        Disk space of the images as they are, and of a pixel stack of 128 x 128 made of them.
    previews : tuple of dict
        A few objects of all classes: object_id, file, label, and image, the name of a PNG file
        in the run's folder where there is one.
    problems : tuple of dict
        object_id, file and reason of the first 2,000; n_problems counts all.
    """

    path: str
    reader: str
    readers: tuple[dict[str, Any], ...]
    n_objects: int
    n_bad: int
    bands: tuple[str, ...]
    classes: dict[str, int]
    n_unlabelled: int
    n_with_votes: int
    vote_answers: int
    n_groups: int
    n_duplicates: int
    n_with_position: int
    splits: dict[str, int]
    sizes: tuple[dict[str, int], ...]
    image_bytes: int
    stack_bytes: int
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    previews: tuple[dict[str, Any], ...]
    n_problems: int
    problems: tuple[dict[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def image_bytes(parts: Sequence[ImagePart], catalogue: pd.DataFrame) -> int:
    """Disk space of the images, in bytes; from an even sample where there are very many."""
    step = max(1, len(catalogue) // _STAT_LIMIT)
    sizes: dict[Path, int] = {}
    for row in catalogue[["part", "file", "row"]].iloc[::step].to_dict("records"):
        part = parts[int(row["part"])]
        for file in LAYOUTS.get(part.layout).files(part, row):
            path = part_root(Path("/"), part) / file
            if path not in sizes:
                sizes[path] = path.stat().st_size if path.is_file() else 0
    shared = len(sizes) < len(catalogue.iloc[::step])
    return sum(sizes.values()) * (1 if shared else step)


def _sizes(catalogue: pd.DataFrame) -> tuple[dict[str, int], ...]:
    pairs = Counter(zip(catalogue["width_px"], catalogue["height_px"], strict=True))
    return tuple(
        {"width_px": int(w), "height_px": int(h), "n": n} for (w, h), n in pairs.most_common(5)
    )


def _n_with_votes(found: Assembled) -> int:
    columns = [c for c in found.taxonomy.vote_columns if c in found.catalogue]
    return int(found.catalogue[columns].notna().any(axis=1).sum()) if columns else 0


def _summary(
    location: str,
    spec: ReaderSpec,
    fitting: Sequence[tuple[ReaderSpec, Match]],
    found: Assembled,
    previews: list[dict[str, Any]],
) -> Inspection:
    table = found.catalogue
    return Inspection(
        path=location,
        reader=spec.name,
        readers=tuple(
            {"name": s.name, "label": s.label, "score": m.score, "reason": m.reason}
            for s, m in fitting
        ),
        n_objects=len(table),
        n_bad=found.n_bad,
        bands=found.bands,
        classes=found.class_counts,
        n_unlabelled=int(table["label"].isna().sum()),
        n_with_votes=_n_with_votes(found),
        vote_answers=len(found.taxonomy.vote_columns),
        n_groups=int(table["group"].nunique()),
        n_duplicates=int(table["duplicate_of"].notna().sum()),
        n_with_position=int(table["ra_deg"].notna().sum()),
        splits={str(k): int(v) for k, v in table["split"].value_counts().items()},
        sizes=_sizes(table),
        image_bytes=image_bytes(found.parts, table),
        stack_bytes=len(table) * _STACK_BYTES,
        columns=tuple(map(str, table.columns)),
        notes=found.notes,
        previews=tuple(previews),
        n_problems=len(found.problems),
        problems=tuple(asdict(p) for p in found.problems[:_LISTED]),
    )


def _look(context: RunContext, params: PlaceParams) -> Inspection:
    own = context.workspace.scratch_folder("inspect")
    try:
        place = find_place(
            params.path,
            params.labels,
            own / "files",
            context.progress,
            keep_incomplete=params.keep_incomplete,
        )
        fitting = matches(place)
        spec = choose(place, params.reader, fitting)
        scan: Scan = scan_place(place, spec, context.progress)
        found = assemble(scan, check_scan(context, scan), name="inspected")
        return _summary(
            place.location, spec, fitting, found, save_previews(found, context.folder, PREVIEWS)
        )
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _run(context: RunContext) -> dict[str, Any]:
    params = from_mapping(PlaceParams, context.params)
    return _look(context, params).to_json()


RUN_KINDS.add(RunKind(name="inspect", label="Inspect", function=_run, quick=True))
