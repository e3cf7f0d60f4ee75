"""Pictures below a folder: walking, a quick look, and finding the one that a table means."""

from __future__ import annotations

import itertools
import os
import posixpath
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts.picture import COLOUR, GREY, is_picture, picture_mode
from astro_core.domain import ImagePart, Problem

MISSING, OUTSIDE, AMBIGUOUS, EMPTY = -1, -2, -3, -4
_SAMPLE = 48
_DEPTH = 8
_PEEK_ENTRIES = 400


def _skipped(name: str) -> bool:
    return name.startswith((".", "__MACOSX"))


def entries(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Entries of a folder but hidden ones; none when it cannot be listed."""
    try:
        with os.scandir(folder) as found:
            yield from (entry for entry in found if not _skipped(entry.name))
    except OSError:
        return


def subfolders(folder: Path, limit: int = 2000) -> list[Path]:
    """Real folders directly below, by name; links are not followed."""
    below = (Path(e.path) for e in entries(folder) if e.is_dir(follow_symlinks=False))
    return sorted(itertools.islice(below, limit))


def has_pictures(folder: Path, depth: int = 3) -> bool:
    """Whether a quick look finds a picture in the folder or below."""
    below = []
    for entry in itertools.islice(entries(folder), _PEEK_ENTRIES):
        if is_picture(entry.name):
            return True
        if depth > 1 and entry.is_dir(follow_symlinks=False):
            below.append(Path(entry.path))
    return any(has_pictures(folder, depth - 1) for folder in below[:20])


def find_pictures(root: Path) -> tuple[list[str], list[Problem]]:
    """List the pictures below `root`, sorted, as paths relative to it.

    Links to folders are not followed; links to files count when they stay inside. What leads
    outside or has a name that is not text is a problem.
    """
    found: list[str] = []
    problems: list[Problem] = []
    inside = f"{root.resolve()}{os.sep}"

    def walk(folder: str, prefix: str, depth: int) -> None:
        for entry in entries(folder):
            file = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth < _DEPTH:
                    walk(entry.path, f"{file}/", depth + 1)
            elif is_picture(entry.name):
                if reason := refusal(entry, inside):
                    problems.append(Problem(object_id="", file=printable(file), reason=reason))
                else:
                    found.append(file)

    walk(str(root), "", 0)
    return sorted(found), sorted(problems, key=lambda p: p.file)


def refusal(entry: os.DirEntry[str], inside: str) -> str:
    """Return why a file cannot be used: a name that is no text, a link that leads outside.

    Parameters
    ----------
    inside : str
        The resolved folder that links must not leave, with a separator at its end.

    Returns
    -------
    str
        "" when nothing speaks against it.
    """
    if printable(entry.name) != entry.name:
        return "The file's name is not valid text; rename it"
    if not entry.is_symlink():
        return ""
    target = os.path.realpath(entry.path)
    if not target.startswith(inside):
        return "A link that leads outside the folder; it was not followed"
    return "" if Path(target).is_file() else "A link to a file that is not there"


def printable(name: str) -> str:
    """File name as text that can be stored, with bytes that are not text replaced."""
    return name.encode("utf-8", "replace").decode()


def picture_part(root: Path, files: Sequence[str]) -> ImagePart:
    """Make the part of these pictures: grey if all of an even sample are, else colour."""
    step = max(1, len(files) // _SAMPLE)
    modes = {picture_mode(root / file) for file in files[::step]} - {""}
    bands = GREY if modes == {"grey"} else COLOUR
    return ImagePart(layout="picture", root=str(root.resolve()), bands=bands)


def stem(file: str) -> str:
    """File name without folder and suffix."""
    return posixpath.splitext(posixpath.basename(file))[0]


def unique_ids(files: Sequence[str]) -> list[str]:
    """Name objects after their files, with folder or suffix only where that is needed."""
    for name in (stem, lambda file: posixpath.splitext(file)[0]):
        names = [name(file) for file in files]
        if len(set(names)) == len(names):
            return names
    return list(files)


def _fold(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class PictureIndex:
    """Finds pictures by path, by name or by name without suffix.

    Parameters
    ----------
    root : Path
        Their folder.
    files : sequence of str
        Paths relative to it.
    """

    def __init__(self, root: Path, files: Sequence[str]) -> None:
        self.root = str(root.resolve())
        self.by_path = {_fold(file): i for i, file in enumerate(files)}
        self.by_name = _unambiguous(_fold(posixpath.basename(file)) for file in files)
        self.by_stem = _unambiguous(_fold(stem(file)) for file in files)

    def stems(self, names: Iterable[str | None]) -> NDArray[np.int64]:
        """Positions of the pictures called so without suffix; negative where there is none."""
        get = self.by_stem.get
        return np.array(
            [get(_fold(n), MISSING) if isinstance(n, str) else EMPTY for n in names], dtype=np.int64
        )

    def paths(self, names: Iterable[str | None]) -> NDArray[np.int64]:
        """Positions of the pictures that a table's file column means.

        A path counts as it is; else its last part, when only one picture is called so. A path
        that leaves the folder means none.
        """
        return np.array(
            [self._path(n) if isinstance(n, str) else EMPTY for n in names], dtype=np.int64
        )

    def _path(self, name: str) -> int:
        path = _fold(name.replace("\\", "/"))
        found = self.by_path.get(path)
        if found is not None:
            return found
        if path.startswith(f"{self.root}/"):
            path = path[len(self.root) + 1 :]
        path = posixpath.normpath(path)
        if path.startswith(("/", "../")) or path == ".." or path[1:3] == ":/":
            return OUTSIDE
        found = self.by_path.get(path)
        if found is not None:
            return found
        last = posixpath.basename(path)
        if last in self.by_name:
            return self.by_name[last]
        return self.by_stem.get(last, MISSING) if not is_picture(last) else MISSING


def _unambiguous(names: Iterable[str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for i, name in enumerate(names):
        out[name] = AMBIGUOUS if name in out else i
    return out
