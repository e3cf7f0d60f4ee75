"""Pictures and the tables that speak of them, brought together into one catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.catalogue import REQUIRED_COLUMNS
from astro_core.datasets.columns import Columns, is_text_column, recognise
from astro_core.datasets.positions import read_positions, read_splits
from astro_core.datasets.readers.pictures import (
    AMBIGUOUS,
    EMPTY,
    MISSING,
    OUTSIDE,
    PictureIndex,
    find_pictures,
    stem,
)
from astro_core.datasets.tables import TableFile
from astro_core.domain import Problem
from astro_core.errors import BadInputError

_REASONS = {
    MISSING: "Named in {table}, but there is no such picture",
    OUTSIDE: "The path in {table} leads outside the folder",
    AMBIGUOUS: "Named in {table}, but several pictures are called so; give the folder too",
    EMPTY: "{table} has a row without a file name or identifier for it",
}
_MASTER_SHARE = 0.5
_EXPECTED = "a column such as object_id, id or name, or one such as file or path"


class Merge:
    """Collects what tables say of the pictures below a folder.

    Tables are added in order of trust: what an earlier one said of an object stays.

    Parameters
    ----------
    root : Path
        Folder of the pictures.

    Raises
    ------
    BadInputError
        If there is no picture below it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files, self.problems = find_pictures(root)
        if not self.files:
            raise BadInputError(
                f"There are no pictures in '{root.name}'",
                expected="JPEG, PNG, TIFF, GIF, BMP, WebP or JPEG 2000 files",
            )
        self.index = PictureIndex(root, self.files)
        self.notes: list[str] = []
        self._columns: dict[str, pd.Series] = {}
        self._listed = np.zeros(len(self.files), dtype=bool)
        self._excluded = np.zeros(len(self.files), dtype=bool)

    def add(self, table: TableFile, *, strict: bool = True) -> int:
        """Attach a table's rows to their pictures; return how many rows found one.

        Parameters
        ----------
        strict : bool
            Rows without a picture are problems. Otherwise they are only where most rows have
            one: a table of a whole survey beside a few of its pictures is no mistake.

        Raises
        ------
        BadInputError
            If no column says which picture a row is about.
        """
        frame, roles = table.frame, recognise(table.frame.columns)
        positions, key = self._positions(frame, roles, table.path.name)
        named = roles.object_id if roles.object_id is not None else key
        ids = self._ids(frame, named if named != roles.file else None, positions)
        files = frame[roles.file] if roles.file else pd.Series([None] * len(frame), dtype=object)
        good = self._keep(positions, ids, files.to_numpy(), table.path.name, strict)
        self.notes.extend(table.notes)
        if good.any():
            given = pd.Series(ids[good], index=positions[good], dtype="str")
            self._fill_ids(given, table.path.name)
            self._store(frame, roles, positions, good)
        return int(good.sum())

    def _positions(
        self, frame: pd.DataFrame, roles: Columns, table: str
    ) -> tuple[NDArray[np.int64], str]:
        tries: list[tuple[NDArray[np.int64], str]] = []
        if roles.file is not None:
            tries.append((self.index.paths(frame[roles.file]), roles.file))
            if roles.object_id is None or (tries[0][0] >= 0).any():
                return tries[0]
        keys = [n for n in frame.columns if is_text_column(n) and n != roles.label]
        for key in keys:
            tries.append((self.index.stems(frame[key]), key))
            if "object_id" in self._columns:
                tries.append((self._by_id(frame[key]), key))
        if not tries:
            raise BadInputError(
                f"'{table}' does not say which picture a row is about",
                expected=_EXPECTED,
                given=", ".join(map(str, list(frame.columns)[:12])),
            )
        return max(tries, key=lambda t: int((t[0] >= 0).sum()))

    def _by_id(self, ids: pd.Series) -> NDArray[np.int64]:
        known = self._columns["object_id"].dropna()
        found = pd.Index(known).get_indexer(pd.Index(ids))
        return np.where(found >= 0, known.index.to_numpy()[found], MISSING)

    def _ids(
        self, frame: pd.DataFrame, column: str | None, positions: NDArray[np.int64]
    ) -> NDArray[np.object_]:
        """Identifier of each row: as given, else the name of its picture."""
        given = frame[column].to_numpy(dtype=object) if column else [None] * len(frame)
        alike = Counter(map(stem, self.files))
        names = [
            g if isinstance(g, str) else self._name(p, alike)
            for g, p in zip(given, positions, strict=True)
        ]
        return np.array(names, dtype=object)

    def _name(self, position: int, alike: Counter[str]) -> str:
        """What a picture is called after its file, with the folder where others are called so."""
        if position < 0:
            return ""
        file = self.files[position]
        return stem(file) if alike[stem(file)] == 1 else file

    def _keep(
        self,
        positions: NDArray[np.int64],
        ids: NDArray[np.object_],
        files: NDArray[Any],
        table: str,
        strict: bool,
    ) -> NDArray[np.bool_]:
        """Say which rows count, and list or note the others."""
        found = positions >= 0
        self._report_missing(positions, ids, files, table, strict)
        again = found & pd.Series(ids).where(found).duplicated().to_numpy() & (ids != "")
        self._excluded[positions[again]] = True
        first = positions[found & ~again]
        self._excluded[first] = False
        taken = found & ~again & pd.Series(positions).where(found & ~again).duplicated().to_numpy()
        for rows, reason in (
            (again, f"This identifier is in {table} more than once; the first row was used"),
            (taken, f"Its picture is in {table} more than once; the first row was used"),
        ):
            for i in np.flatnonzero(rows):
                self._problem(ids[i], self.files[positions[i]], reason)
        return np.asarray(found & ~again & ~taken)

    def _report_missing(
        self,
        positions: NDArray[np.int64],
        ids: NDArray[np.object_],
        files: NDArray[Any],
        table: str,
        strict: bool,
    ) -> None:
        missing = positions < 0
        if not missing.any():
            return
        if not strict and missing.mean() > _MASTER_SHARE:
            self.notes.append(f"{int(missing.sum()):,} rows of {table} have no picture here.")
            return
        for i in np.flatnonzero(missing):
            file = files[i] if isinstance(files[i], str) else ""
            self._problem(ids[i], file, _REASONS[int(positions[i])].format(table=table))

    def _problem(self, object_id: str, file: str, reason: str) -> None:
        self.problems.append(Problem(object_id=object_id, file=file, reason=reason))

    def _store(
        self,
        frame: pd.DataFrame,
        roles: Columns,
        positions: NDArray[np.int64],
        good: NDArray[np.bool_],
    ) -> None:
        rows = positions[good]
        self._listed[positions[positions >= 0]] = True
        role_of = {column: role for role, column in roles.used.items()}
        for column in frame.columns:
            role = role_of.get(column)
            if role in ("object_id", "file"):
                continue
            name = role or (f"{column}_given" if column in REQUIRED_COLUMNS else str(column))
            self._fill(name, frame[column][good].set_axis(rows))

    def _fill_ids(self, ids: pd.Series, table: str) -> None:
        """Take identifiers but those that an earlier table gave to other pictures."""
        before = self._columns.get("object_id", pd.Series(dtype="str")).dropna()
        taken = ids.isin(before) & ~ids.index.isin(before.index)
        if taken.any():
            self.notes.append(
                f"{int(taken.sum()):,} pictures are named after their files: an earlier table gave "
                f"their identifiers in {table} to others."
            )
        self._fill("object_id", ids.where(~taken))

    def _fill(self, name: str, values: pd.Series) -> None:
        whole = values.reindex(range(len(self.files)))
        before = self._columns.get(name)
        self._columns[name] = whole if before is None else before.where(before.notna(), whole)

    def finish(self, fix: Callable[[pd.DataFrame], pd.DataFrame] = lambda f: f) -> pd.DataFrame:
        """Return the catalogue: every picture that was not left out, listed or not."""
        frame = pd.DataFrame(self._columns, index=range(len(self.files)))
        frame["file"] = self.files
        unlisted = int((~self._listed).sum())
        if unlisted and self._listed.any():
            self.notes.append(f"{unlisted:,} pictures are in no table; they come without a label.")
        frame["object_id"] = self._all_ids(frame)
        frame = frame[~self._excluded].reset_index(drop=True)
        frame["part"], frame["row"] = 0, 0
        frame, notes = read_positions(frame)
        self.notes.extend(notes)
        frame, notes = read_splits(frame)
        self.notes.extend(notes)
        return fix(frame)

    def _all_ids(self, frame: pd.DataFrame) -> list[str]:
        given = frame["object_id"] if "object_id" in frame else pd.Series([None] * len(frame))
        known = set(given.dropna())
        out: list[str] = []
        for name, file in zip(given, self.files, strict=True):
            own = name if isinstance(name, str) else stem(file)
            if not isinstance(name, str):
                own = own if own not in known else file
                known.add(own)
            out.append(own)
        return out
