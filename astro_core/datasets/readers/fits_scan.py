"""Objects found in FITS files, gathered and joined with the tables that speak of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.datasets.layouts.fits_io import Hdu
from astro_core.datasets.readers.base import Scan, ScanOptions
from astro_core.datasets.readers.fits_names import class_folders
from astro_core.datasets.readers.fits_sky import common_scale, place_of, read_head
from astro_core.datasets.readers.fits_tables import attach_tables, lookup_of
from astro_core.domain import ImagePart, Problem
from astro_core.errors import BadInputError


@dataclass
class Found:
    """Objects whose headers were read, with the files that each is made of, and FITS tables."""

    parts: list[ImagePart] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    files: list[Sequence[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)

    def add(self, root: Path, row: dict[str, Any], files: Sequence[str]) -> None:
        """Add an object with the position that the header of its first file gives."""
        try:
            self.add_known(row, files, read_head(root / files[0], files[0]))
        except BadInputError as error:
            self.leave_out(str(row["object_id"]), files[0], str(error))

    def add_known(self, row: dict[str, Any], files: Sequence[str], head: Hdu) -> None:
        """Add an object whose header was read already."""
        self.rows.append(row | place_of(head))
        self.files.append(files)

    def leave_out(self, object_id: str, file: str, reason: str) -> None:
        """List something that cannot be used."""
        self.problems.append(Problem(object_id=object_id, file=file, reason=reason))

    def join(self, other: Found) -> None:
        """Take in what was found in another way."""
        shift = len(self.parts)
        self.parts.extend(other.parts)
        self.rows.extend(row | {"part": row["part"] + shift} for row in other.rows)
        self.files.extend(other.files)
        self.problems.extend(other.problems)
        self.notes.extend(other.notes)
        self.tables.extend(other.tables)

    def settle(self) -> None:
        """Put the part with most objects first and leave out those that share no band with it."""
        sizes = Counter(row["part"] for row in self.rows)
        order = sorted(sizes, key=lambda i: (-sizes[i], i))
        most = self.parts[order[0]].bands if order else ()
        main = set(most)
        kept: list[int] = []
        for i in order:
            if main & set(self.parts[i].bands):
                main &= set(self.parts[i].bands)
                kept.append(i)
        rows, files = self.rows, self.files
        self.rows, self.files = [], []
        for row, own in zip(rows, files, strict=True):
            if row["part"] in kept:
                self.rows.append(row | {"part": kept.index(row["part"])})
                self.files.append(own)
            else:
                bands = ", ".join(self.parts[row["part"]].bands)
                reason = f"It holds {bands}, but most objects {', '.join(most)}"
                self.leave_out(str(row["object_id"]), own[0], reason)
        self.parts = [self.parts[i] for i in kept]
        self._note_bands()

    def _note_bands(self) -> None:
        """Say so when not all objects have the same bands."""
        counts = Counter(self.parts[row["part"]].bands for row in self.rows)
        if len(counts) > 1:
            kinds = "; ".join(f"{', '.join(bands)} ({n:,})" for bands, n in counts.most_common())
            shared = [b for b in self.parts[0].bands if all(b in bands for bands in counts)]
            self.notes.append(
                f"The objects come in different bands: {kinds}. All have {', '.join(shared)}."
            )


def finish_scan(root: Path, found: Found, options: ScanOptions) -> Scan:
    """Make the catalogue: unique names, classes of the folders, and what tables say."""
    found.settle()
    if not found.rows:
        return Scan(parts=tuple(found.parts), catalogue=_frame([]), problems=tuple(found.problems))
    frame = _frame(_unique(found))
    lookup = lookup_of(list(frame["object_id"]), found.files)
    tables = attach_tables(root, options, frame, lookup, found.tables)
    catalogue, taxonomy = tables.finish()
    notes = [*found.notes, *tables.notes]
    if "label" not in catalogue:
        catalogue["label"] = pd.Series(
            class_folders([str(row["file"]) for row in found.rows]), dtype="str"
        )
        if catalogue["label"].notna().any():
            notes.append("Classes are the names of the folders.")
    scale = common_scale(catalogue["pixel_scale_arcsec"].to_numpy(dtype=float))
    if scale is not None or catalogue["pixel_scale_arcsec"].isna().all():
        catalogue = catalogue.drop(columns="pixel_scale_arcsec")
    return Scan(
        parts=tuple(found.parts),
        catalogue=catalogue,
        taxonomy=taxonomy,
        problems=(*found.problems, *tables.problems),
        notes=tuple(notes),
        pixel_scale_arcsec=scale,
    )


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = ["object_id", "part", "file", "row", "ra_deg", "dec_deg", "pixel_scale_arcsec"]
    return pd.DataFrame(rows, columns=None if rows else columns)


def _unique(found: Found) -> list[dict[str, Any]]:
    """Give a second object of one name its path as a name."""
    seen: set[str] = set()
    out = []
    for row in found.rows:
        name = str(row["object_id"])
        name = str(row["file"]).replace("{band}", "") if name in seen else name
        seen.add(name)
        out.append(row | {"object_id": name})
    return out
