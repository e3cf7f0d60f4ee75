"""Tables of labels, votes and positions that lie beside FITS files."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.columns import is_text_column, plain, recognise
from astro_core.datasets.gz2 import GZ2_CLASSES, gz2_taxonomy, simplify_gz2_classes
from astro_core.datasets.layouts.fits_io import fits_stem
from astro_core.datasets.positions import read_positions, read_splits
from astro_core.datasets.readers.base import ScanOptions
from astro_core.datasets.readers.side_tables import gz2_votes, with_labels
from astro_core.datasets.tables import TableFile, read_table
from astro_core.domain import Problem, Taxonomy
from astro_core.errors import BadInputError

Lookup = Mapping[str, int]
_MASTER_SHARE = 0.5


def lookup_of(object_ids: Sequence[str], files: Sequence[Sequence[str]]) -> dict[str, int]:
    """Map each name by which a table may call an object to its position, if only one has it."""
    found: dict[str, int] = {}
    for i, (object_id, paths) in enumerate(zip(object_ids, files, strict=True)):
        names = {posixpath.basename(object_id)}
        for path in paths:
            name = posixpath.basename(path)
            names.update((path, name, fits_stem(name) or name))
        for alias in names:
            found[alias] = -1 if alias in found else i
    found.update({object_id: i for i, object_id in enumerate(object_ids)})
    return found


class FitsTables:
    """Attaches what tables say to a catalogue of FITS objects; earlier tables win."""

    def __init__(self, catalogue: pd.DataFrame, lookup: Lookup) -> None:
        self.catalogue = catalogue.copy()
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._lookup = lookup

    def add(self, table: TableFile, *, named: bool) -> bool:
        """Attach the rows of a table to their objects; False when it names none of them.

        Parameters
        ----------
        named : bool
            A person chose this table: then it must fit.

        Raises
        ------
        BadInputError
            If a chosen table names none of the objects.
        """
        frame = table.frame
        key, positions = self._positions(frame)
        if not (positions >= 0).any():
            if named:
                raise BadInputError(
                    f"No row of '{table.path.name}' names one of the objects",
                    expected="names such as " + ", ".join(list(self.catalogue["object_id"][:3])),
                    given=", ".join(str(v) for v in frame[key][:3]) if key else "no such column",
                )
            return False
        self.notes.extend(table.notes)
        self._report(frame[key], positions, table.path.name, named)
        good = (positions >= 0) & ~pd.Series(positions).duplicated().to_numpy()
        self._store(frame[good], positions[good], key)
        return True

    def _positions(self, frame: pd.DataFrame) -> tuple[str, NDArray[np.int64]]:
        roles = recognise(frame.columns)
        keys = [str(n) for n in frame.columns if is_text_column(str(n)) and n != roles.label]
        get = self._lookup.get
        best, places = "", np.full(len(frame), -1, dtype=np.int64)
        for key in keys:
            found = np.array([_find(get, v) for v in frame[key]], dtype=np.int64)
            if (found >= 0).sum() > (places >= 0).sum() or not best:
                best, places = key, found
        return best, places

    def _report(
        self, keys: pd.Series, positions: NDArray[np.int64], table: str, named: bool
    ) -> None:
        again = (positions >= 0) & pd.Series(positions).duplicated().to_numpy()
        for key in keys[again]:
            reason = f"{table} names it more than once; the first row was used"
            self.problems.append(Problem(object_id=str(key), file="", reason=reason))
        missing = positions < 0
        if missing.mean() > _MASTER_SHARE and not named:
            self.notes.append(f"{int(missing.sum()):,} rows of {table} have no image here.")
            return
        for key in keys[missing]:
            reason = f"Named in {table}, but there is no such FITS file"
            name = str(key) if isinstance(key, str) else ""
            self.problems.append(Problem(object_id=name, file="", reason=reason))

    def _store(self, rows: pd.DataFrame, positions: NDArray[np.int64], key: str) -> None:
        role_of = {c: r for r, c in recognise(rows.columns).used.items()}
        for column in rows.columns:
            role = role_of.get(str(column))
            if column == key or role in ("object_id", "file"):
                continue
            name = role or (f"{column}_given" if column in REQUIRED_COLUMNS else str(column))
            given = rows[column].set_axis(positions).reindex(range(len(self.catalogue)))
            before = self.catalogue.get(name)
            own = name in ("ra_deg", "dec_deg")  # a catalogue's position is the object's
            if before is None or bool(before.isna().all()):
                self.catalogue[name] = given
            elif own:
                self.catalogue[name] = given.where(given.notna(), before)
            else:
                self.catalogue[name] = before.where(before.notna(), given)

    def finish(self) -> tuple[pd.DataFrame, Taxonomy | None]:
        """Return the catalogue and the decision tree that its votes answer, if any."""
        frame, notes = read_positions(self.catalogue)
        frame, more = read_splits(frame)
        self.notes.extend([*notes, *more])
        coded = next((c for c in frame.columns if plain(str(c)) == "gz2class"), None)
        if coded is not None and "label" not in frame:
            frame["label"], _ = simplify_gz2_classes(frame[coded])
        kind = gz2_votes([str(c) for c in frame.columns])
        if kind is None:
            return frame, None
        labels = set(frame["label"].dropna()) if "label" in frame else set()
        own = labels <= {c.name for c in GZ2_CLASSES}
        classes = tuple(c for c in GZ2_CLASSES if c.name in labels) if own else ()
        return frame, gz2_taxonomy(classes, kind) if own else None


def _find(get: object, value: object) -> int:
    if not isinstance(value, str) or not callable(get):
        return -1
    found = get(value)
    if found is None:
        path = value.replace("\\", "/")
        found = get(posixpath.basename(path)) if "/" in path else None
    return found if isinstance(found, int) else -1


def attach_tables(
    root: Path,
    options: ScanOptions,
    catalogue: pd.DataFrame,
    lookup: Lookup,
    fits_tables: Sequence[Path] = (),
) -> FitsTables:
    """Attach the table that a person named, those that lie in the folder, and FITS tables."""
    tables = FitsTables(catalogue, lookup)
    beside = [table.path for table in with_labels(root, options.labels)]
    for path in dict.fromkeys([*beside, *fits_tables]):
        named = options.labels is not None and path.resolve() == options.labels.resolve()
        if not tables.add(read_table(path), named=named):
            tables.notes.append(f"{path.name} names none of the objects and was left aside.")
    return tables
