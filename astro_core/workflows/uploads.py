"""Files that arrive through the browser: limited, given harmless names, kept in scratch."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from astro_core.datasets.layouts.picture import SUFFIXES as PICTURES
from astro_core.detection.annotations import ANNOTATIONS
from astro_core.errors import BadInputError
from astro_core.workspace import Workspace

FITS = (".fits", ".fit", ".fts", ".fz")
PACKED = (".gz", ".bz2", ".xz")
ARCHIVES = (".zip", ".tar", ".tgz")
BOXES = tuple(spec.suffix for spec in ANNOTATIONS)
TABLES = (".csv", ".ecsv", ".vot", ".xml", ".parquet", ".h5", ".hdf5")
_UNSAFE = re.compile(r"[^\w.+-]+")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class UploadLimits:
    """How much may be uploaded at once, and what."""

    max_files: int
    max_bytes: int
    suffixes: tuple[str, ...]

    def in_words(self) -> str:
        """Say the limits to the person who uploads."""
        return f"At most {self.max_files:,} files and {self.max_bytes / 1e6:,.0f} MB together."


@dataclass(frozen=True, kw_only=True)
class PictureLimits(UploadLimits):
    """How much is read of what was uploaded to be looked at.

    Attributes
    ----------
    max_unpacked : int
        Bytes that an archive may unpack to.
    max_values : int
        Pixels times bands or colours, of one picture and of all together.
    max_seconds, max_memory : float
        Time and bytes of memory that reading may take.
    """

    max_unpacked: int
    max_values: int
    max_seconds: float
    max_memory: int


STRETCH_LIMITS = UploadLimits(max_files=24, max_bytes=400_000_000, suffixes=(*FITS, *PACKED))
IMPORT_LIMITS = UploadLimits(
    max_files=5_000,
    max_bytes=2_000_000_000,
    suffixes=(*FITS, *PACKED, *ARCHIVES, *TABLES, *sorted(PICTURES)),
)
CLASSIFY_LIMITS = PictureLimits(
    max_files=200,
    max_bytes=500_000_000,
    suffixes=(*FITS, *PACKED, *ARCHIVES, *BOXES, *sorted(PICTURES)),
    max_unpacked=1_000_000_000,
    max_values=300_000_000,
    max_seconds=60.0,
    max_memory=3_000_000_000,
)
LABEL_LIMITS = UploadLimits(
    max_files=1,
    max_bytes=500_000_000,
    suffixes=(".csv", ".ecsv", ".vot", ".votable", ".xml", ".fits", ".fit", ".parquet", ".json"),
)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Files that were received.

    Attributes
    ----------
    folder : Path
        Holds them and nothing else, for a day.
    renamed : tuple of (str, str)
        Names that could not be kept, and what they became.
    """

    folder: Path
    names: tuple[str, ...]
    n_bytes: int
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> Path:
        """What to import: the only file, or the folder of several."""
        return self.folder / self.names[0] if len(self.names) == 1 else self.folder


def clean_name(name: str) -> str:
    """Return a file name that is harmless everywhere: no folders, no dots in front, no spaces.

    Letters of any script stay. The suffix stays, too.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = _UNSAFE.sub("_", last).lstrip("._-")
    if len(clean.encode()) > 120:
        stem, dot, suffix = clean.partition(".")
        suffix = suffix[-40:]
        clean = stem.encode()[: 110 - len(suffix)].decode(errors="ignore") + dot + suffix
    return clean or "file"


def receive(
    workspace: Workspace, files: Iterable[tuple[str, BinaryIO]], limits: UploadLimits
) -> Upload:
    """Write uploaded files to a folder of their own in scratch.

    Parameters
    ----------
    files : iterable of (str, binary stream)
        Names as the browser gave them, which are not trusted.

    Raises
    ------
    BadInputError
        If there is none, there are too many or too large ones, or one is of a kind that nothing
        here reads. Nothing is left behind then.
    """
    folder = workspace.scratch_folder("upload")
    names: list[str] = []
    renamed: list[tuple[str, str]] = []
    total = 0
    try:
        for given, stream in files:
            _check_kind(given, limits)
            name = _free(clean_name(given), names)
            total += _write(folder / name, stream, limits, total)
            names.append(name)
            if name != given:
                renamed.append((given, name))
            if len(names) > limits.max_files:
                raise _too_much(limits)
        if not names:
            raise BadInputError("No file was uploaded", todo="Choose one or more files")
    except BadInputError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Upload(folder=folder, names=tuple(names), n_bytes=total, renamed=tuple(renamed))


def _check_kind(name: str, limits: UploadLimits) -> None:
    if not name.lower().endswith(limits.suffixes):
        raise BadInputError(
            f"'{clean_name(name)}' is of a kind that cannot be read here",
            expected="a name that ends in " + ", ".join(limits.suffixes),
        )


def _free(name: str, taken: list[str]) -> str:
    stem, dot, suffix = name.partition(".")
    number = 1
    known = {t.lower() for t in taken}
    while name.lower() in known:
        number += 1
        name = f"{stem}_{number}{dot}{suffix}"
    return name


def _too_much(limits: UploadLimits) -> BadInputError:
    return BadInputError(
        "That is more than can be uploaded at once",
        expected=limits.in_words().rstrip(".").lower(),
        todo="Put the folder on this machine and give its path, or import in parts",
    )


def _write(path: Path, stream: BinaryIO, limits: UploadLimits, before: int) -> int:
    written = 0
    with path.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if before + written > limits.max_bytes:
                raise _too_much(limits)
            out.write(chunk)
    return written


def discard(folder: Path) -> None:
    """Remove an upload that is no longer looked at."""
    shutil.rmtree(folder, ignore_errors=True)
