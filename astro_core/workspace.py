"""Where a user's own things live on disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core.errors import BadInputError

ENVIRONMENT_VARIABLE = "TUNINGFORK_WORKSPACE"
DEFAULT = Path(__file__).resolve().parent.parent / "data" / "workspace"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,79}")


@dataclass(frozen=True)
class Workspace:
    """A folder with everything a user makes: datasets, pixel stacks, recipes, runs."""

    root: Path

    @property
    def datasets(self) -> Path:
        """One folder per dataset."""
        return self.root / "datasets"

    @property
    def stacks(self) -> Path:
        """Pixel stacks, one folder per dataset fingerprint and recipe; can be made again."""
        return self.root / "stacks"

    @property
    def features(self) -> Path:
        """Computed features, one folder per dataset fingerprint, extractor and settings."""
        return self.root / "features"

    @property
    def clusterings(self) -> Path:
        """Groupings of features, one folder each."""
        return self.root / "clusterings"

    @property
    def maps(self) -> Path:
        """Features laid out in the plane, one folder each."""
        return self.root / "maps"

    @property
    def selections(self) -> Path:
        """Named selections of objects, one JSON file each, in a folder per dataset."""
        return self.root / "selections"

    @property
    def labels(self) -> Path:
        """What people said: one SQLite database, where no server is named for it."""
        return self.root / "labels"

    @property
    def models(self) -> Path:
        """Own and imported models, one bundle each."""
        return self.root / "models"

    @property
    def explanations(self) -> Path:
        """Looks into models, one folder each; can be made again."""
        return self.root / "explanations"

    @property
    def recipes(self) -> Path:
        """Saved render recipes, one JSON file each."""
        return self.root / "recipes"

    @property
    def runs(self) -> Path:
        """One folder per run."""
        return self.root / "runs"

    @property
    def engine(self) -> Path:
        """Lock, scheduler file and log of the engine process."""
        return self.root / "engine"

    @property
    def downloads(self) -> Path:
        """Files fetched from public surveys; can be fetched again."""
        return self.root / "downloads"

    @property
    def scratch(self) -> Path:
        """Half-made results; swept when the engine starts."""
        return self.root / "scratch"

    def ensure(self) -> Workspace:
        """Make the folders that are not there yet, and return self."""
        for folder in (self.datasets, self.stacks, self.recipes, self.runs, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    def scratch_folder(self, prefix: str) -> Path:
        """Make a new folder for something half-made, on the same disk as the final place."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=self.scratch))


def current() -> Workspace:
    """Return the workspace that ``TUNINGFORK_WORKSPACE`` names, or the default one."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    return Workspace(Path(named).expanduser().resolve() if named else DEFAULT).ensure()


def check_name(name: str, what: str = "dataset") -> str:
    """Return `name` if it can safely be the name of a folder or file.

    Raises
    ------
    BadInputError
        If it is empty, too long, or holds anything but letters, digits, space, dot, dash and
        underscore.
    """
    clean = name.strip()
    if not _NAME.fullmatch(clean) or clean.endswith("."):
        raise BadInputError(
            f"A {what} cannot be named '{name}'",
            expected="1 to 80 letters, digits, spaces, dots, dashes or underscores, "
            "starting with a letter or digit",
        )
    return clean


def publish(made: Path, final: Path) -> None:
    """Move a finished folder or file into place, replacing what was there.

    A reader sees the old one or the new one, never half of either; between two folders there
    is an instant without any.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.is_dir():
        old = made.with_name(f"{made.name}-old-{uuid.uuid4().hex[:8]}")
        final.rename(old)
        try:
            made.rename(final)
        except OSError:
            old.rename(final)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return
    made.replace(final)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a file to write that takes the place of `path` at the end, or is gone if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        yield half
        half.replace(path)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


@contextmanager
def file_for(path: Path) -> Iterator[Path]:
    """Do as `whole_file` at a place that a person named.

    Raises
    ------
    BadInputError
        If it cannot be written there.
    """
    try:
        with whole_file(path) as half:
            yield half
    except OSError as error:
        raise BadInputError(
            f"'{path}' cannot be written",
            given=error.strerror or str(error),
            todo="Name another place",
        ) from None


def write_json(path: Path, value: Any) -> None:
    """Write JSON so that a crash leaves the old file or the new one."""
    with whole_file(path) as half, half.open("w", encoding="utf-8") as stream:
        json.dump(value, stream, indent=1, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def size_bytes(path: Path) -> int:
    """Disk space that a folder or file takes, in bytes; 0 when it is not there."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += Path(folder, name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
