"""What is done of features that are not whole yet, so that nothing is computed twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts import read_pixels
from astro_core.domain import Dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features import EXTRACTORS, ExtractorSpec
from astro_core.params import from_mapping
from astro_core.workflows.object_rows import read_plan

Measured = dict[str, Any]
"""object_id, reason ("" if it could be measured), values {name: number}."""


@dataclass(frozen=True)
class FileCheckpoint:
    """Arrays of a stamp extractor in one file, replaced in one step."""

    folder: Path

    @property
    def _path(self) -> Path:
        return self.folder / "checkpoint.npz"

    def load(self) -> dict[str, NDArray[Any]] | None:
        """Return what was saved last; None when there is nothing."""
        try:
            with np.load(self._path, allow_pickle=False) as stored:
                return dict(stored)
        except FileNotFoundError:
            return None

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep these arrays in place of the last ones."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / "new.npz"
        np.savez(temporary, **arrays)
        temporary.replace(self._path)


def measure_rows(
    plan: str, parts: str, extractor: str, params: Mapping[str, Any], start: int, stop: int
) -> int:
    """Measure some planned objects that have not been measured yet; returns how many there are.

    Every object is written down as soon as it is measured.
    """
    spec = EXTRACTORS.get(extractor)
    settings = from_mapping(spec.params, params)
    dataset, table = read_plan(Path(plan))
    rows = table.rows(slice(start, stop))
    path = part_path(Path(parts), start, stop)
    done = {one["object_id"] for one in read_part(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        for row in rows:
            if row["object_id"] not in done:
                stream.write("\n" + json.dumps(_measure(spec, settings, dataset, row)))
                stream.flush()
    return len(rows)


def _measure(
    spec: ExtractorSpec, settings: Any, dataset: Dataset, row: Mapping[str, Any]
) -> Measured:
    assert spec.measure is not None
    values: Mapping[str, Any] = {}
    reason = ""
    try:
        values = spec.measure(read_pixels(dataset, row), settings)
    except (BadInputError, NotFoundError) as error:
        reason = str(error)
    except OSError as error:
        reason = f"'{row['file']}' cannot be read: {error.strerror or error}."
    return {"object_id": row["object_id"], "reason": reason, "values": _plain(values)}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in values.items()}


def part_path(parts: Path, start: int, stop: int) -> Path:
    """File of some planned objects."""
    return parts / f"objects-{start:08d}-{stop:08d}.jsonl"


def read_part(path: Path) -> list[Measured]:
    """Read what was measured; a line that was cut off when its process died is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in filter(None, lines):
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def count_measured(parts: Path) -> int:
    """How many objects have been measured."""
    return sum(len(read_part(path)) for path in parts.glob("objects-*.jsonl"))
