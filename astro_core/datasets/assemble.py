"""From what a reader found and what its pixels are to a dataset's catalogue."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_object_dtype

from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.classmap import parse_class_map, taxonomy_of
from astro_core.datasets.duplicates import label_conflicts, mark_duplicates
from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.readers.base import Scan
from astro_core.datasets.splits import DEFAULT_FRACTIONS, stratified_split
from astro_core.domain import ImagePart, Problem, Taxonomy
from astro_core.errors import BadInputError


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """A catalogue that is ready to be stored.

    Attributes
    ----------
    catalogue : DataFrame
        All of `REQUIRED_COLUMNS`, then whatever else came in.
    n_bad : int
        Distinct objects, or files without an object, that were left out as unusable; classes
        that nobody asked for are not among them.
    """

    parts: tuple[ImagePart, ...]
    catalogue: pd.DataFrame
    taxonomy: Taxonomy
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    n_bad: int
    pixel_scale_arcsec: float | None = None

    @property
    def bands(self) -> tuple[str, ...]:
        """Bands that every part has, in the order of the first."""
        return tuple(b for b in self.parts[0].bands if all(b in p.bands for p in self.parts))

    @property
    def class_counts(self) -> dict[str, int]:
        """Objects per class, in the taxonomy's order, without classes that have none."""
        counts = Counter(self.catalogue["label"].dropna())
        return {name: counts[name] for name in self.taxonomy.class_names if counts[name]}

    @property
    def fingerprint(self) -> str:
        """Hash of objects, labels, splits, bands and image contents."""
        digest = hashlib.blake2b(repr([p.bands for p in self.parts]).encode(), digest_size=16)
        for name in ("object_id", "label", "split", "content"):
            digest.update("\x1f".join(self.catalogue[name].fillna("\0")).encode())
            digest.update(b"\x1e")
        return digest.hexdigest()[:16]


def assemble(
    scan: Scan,
    checks: Sequence[Mapping[str, Any]],
    *,
    name: str,
    classes: str = "",
    fractions: Sequence[float] = DEFAULT_FRACTIONS,
    seed: int = 0,
) -> Assembled:
    """Leave out what cannot be used, choose classes, find duplicates, and split.

    Parameters
    ----------
    scan : Scan
    checks : sequence of mapping
        What `check_image` said of each row of the scan's catalogue, in its order.
    name : str
        Name of the taxonomy where the reader knows none.
    classes : str
        Classes to merge, rename or keep, as `parse_class_map` reads them; "" keeps all.

    Raises
    ------
    BadInputError
        If nothing remains.
    """
    good, problems = take_good(scan.catalogue, checks)
    problems = [*scan.problems, *problems]
    if good.empty:
        raise _nothing_left(problems)
    chosen, notes = _choose(good, classes)
    marked = mark_duplicates(chosen)
    marked["split"], straddling = split_of(marked, fractions, seed)
    class_map = parse_class_map(classes) if classes else None
    return Assembled(
        parts=scan.parts,
        catalogue=in_order(marked),
        taxonomy=taxonomy_of(marked["label"], scan.taxonomy, name, class_map),
        problems=(*problems, *label_conflicts(marked)),
        notes=(*scan.notes, *notes, *straddling, *_duplicate_note(marked)),
        n_bad=count_left_out(problems, good, scan.parts),
        pixel_scale_arcsec=scan.pixel_scale_arcsec,
    )


def take_good(
    catalogue: pd.DataFrame, checks: Sequence[Mapping[str, Any]]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the usable rows with size and content, and a problem for each of the others."""
    checked = pd.DataFrame(
        list(checks), columns=["reason", "width_px", "height_px", "content"], index=catalogue.index
    )
    bad = checked["reason"] != ""
    problems = [
        Problem(object_id=str(object_id), file=str(file), reason=str(reason))
        for object_id, file, reason in zip(
            catalogue["object_id"][bad], catalogue["file"][bad], checked["reason"][bad], strict=True
        )
    ]
    sized = catalogue.drop(columns=["width_px", "height_px", "content"], errors="ignore")
    good = sized.join(checked.drop(columns="reason"))[~bad].reset_index(drop=True)
    return _with_required(good), problems


def _with_required(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that no reader knew of."""
    out = catalogue.copy()
    for name in ("label", "split"):
        given = out[name] if name in out else pd.Series(None, index=out.index, dtype="str")
        out[name] = given.astype("str").str.strip().replace("", None)
    for name in ("ra_deg", "dec_deg"):
        out[name] = out[name].astype(float) if name in out else np.nan
    for name in ("part", "row", "width_px", "height_px"):
        out[name] = out[name].astype("int64")
    return out


def in_order(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Put the required columns first and text into one type."""
    others = [c for c in catalogue.columns if c not in REQUIRED_COLUMNS]
    out = catalogue[[*REQUIRED_COLUMNS, *others]].reset_index(drop=True)
    for column in [c for c in out.columns if is_object_dtype(out[c])]:
        out[column] = out[column].astype("str")
    return out


def _choose(catalogue: pd.DataFrame, classes: str) -> tuple[pd.DataFrame, list[str]]:
    if not classes:
        return catalogue, []
    labels, stays = parse_class_map(classes).apply(catalogue["label"])
    chosen = catalogue.assign(label=labels.astype("str"))[stays].reset_index(drop=True)
    if chosen.empty:
        raise BadInputError("No object is of the classes that were chosen", given=f"'{classes}'")
    left = int((~stays).sum())
    return chosen, [f"{left:,} objects of classes that were not chosen were left out."]


def split_of(
    catalogue: pd.DataFrame, fractions: Sequence[float], seed: int
) -> tuple[list[str], list[str]]:
    """Keep the splits that the catalogue came with and deal out the others.

    Returns
    -------
    list of str
        The split of each row.
    list of str
        A note when given splits tore groups or duplicates apart.
    """
    given = catalogue["split"]
    fixed = [text if isinstance(text, str) else None for text in given]
    dealt = stratified_split(
        [label if isinstance(label, str) else None for label in catalogue["label"]],
        list(catalogue["group"]),
        fractions,
        seed,
        fixed,
    )
    split = [str(part) for part in dealt]
    moved = sum(was is not None and was != now for was, now in zip(fixed, split, strict=True))
    if not moved:
        return split, []
    note = f"Moved out of the given training or validation part: {moved:,}, because a copy or "
    return split, [note + "another of the group lies in validation or test."]


def _duplicate_note(catalogue: pd.DataFrame) -> list[str]:
    copies = int(catalogue["duplicate_of"].notna().sum())
    if not copies:
        return []
    return [f"{copies:,} pictures are exact copies of others; each lies in its original's split."]


def count_left_out(
    problems: Sequence[Problem], good: pd.DataFrame, parts: Sequence[ImagePart]
) -> int:
    """Count the distinct objects or files among the problems that the catalogue does not have."""
    named = {p.object_id for p in problems if p.object_id}
    rows = good[good["object_id"].isin(named)].to_dict("records")
    files = {
        str(row["object_id"]): LAYOUTS.get(parts[int(row["part"])].layout).files(
            parts[int(row["part"])], {str(k): v for k, v in row.items()}
        )
        for row in rows
    }
    used = set(good["file"])
    left: set[tuple[str, str]] = set()
    for p in problems:
        if p.object_id not in files:
            left.add((p.object_id, "" if p.object_id else p.file))
        elif p.file and p.file not in used and p.file not in files[p.object_id]:
            left.add((p.object_id, p.file))
    return len(left)


def _nothing_left(problems: Sequence[Problem]) -> BadInputError:
    reasons = Counter(p.reason for p in problems)
    (commonest, _n) = reasons.most_common(1)[0] if reasons else ("there are none", 0)
    return BadInputError(
        f"None of the {len(problems):,} objects can be used", given=f"for instance: {commonest}"
    )
