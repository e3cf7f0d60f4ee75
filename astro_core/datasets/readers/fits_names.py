"""FITS files below a folder, and which of them are bands of one object."""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from astro_core.datasets.bands import band_key
from astro_core.datasets.layouts.fits_io import fits_stem
from astro_core.datasets.readers.pictures import entries, printable, refusal
from astro_core.domain import Problem

_DEPTH = 12
_WORDS = re.compile(r"([_\-. ])")
_GAP = re.compile(r"[_\-. ]?\{band\}")


@dataclass(frozen=True, kw_only=True)
class BandSet:
    """Files that differ in the name of the band alone.

    Attributes
    ----------
    template : str
        Path with "{band}" in place of the band's name.
    files : dict
        Band key to the band's name as written and the path.
    """

    template: str
    files: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def tokens(self) -> dict[str, str]:
        """Band key to the band's name as written in the file name."""
        return {key: token for key, (token, _) in self.files.items()}


def walk(
    root: Path, limit: int | None = None, problems: list[Problem] | None = None
) -> Iterator[str]:
    """Files below `root` as relative paths, breadth first; at most `limit` entries are seen.

    Links that lead outside and names that are no text are left out and added to `problems`.
    """
    inside = f"{root.resolve()}{os.sep}"
    folders = [("", 0)]
    seen = 0
    for prefix, depth in folders:
        for entry in entries(root / prefix):
            seen += 1
            if limit is not None and seen > limit:
                return
            if entry.is_dir(follow_symlinks=False):
                if depth < _DEPTH:
                    folders.append((f"{prefix}{entry.name}/", depth + 1))
            elif not (reason := refusal(entry, inside)):
                yield prefix + entry.name
            elif problems is not None and fits_stem(entry.name) is not None:
                file = printable(prefix + entry.name)
                problems.append(Problem(object_id="", file=file, reason=reason))


def find_fits(root: Path) -> tuple[list[str], list[Problem]]:
    """List the FITS files below `root`, sorted; odd names and links outside are problems."""
    problems: list[Problem] = []
    files = walk(root, problems=problems)
    found = [file for file in files if fits_stem(posixpath.basename(file)) is not None]
    reason = "The file's name holds a curly bracket; rename it"
    odd = [f for f in found if "{" in f]
    problems.extend(Problem(object_id="", file=f, reason=reason) for f in odd)
    return sorted(set(found) - set(odd)), sorted(problems, key=lambda p: p.file)


def _readings(file: str) -> list[tuple[str, str]]:
    """Ways to read a path as template and band, the likeliest first."""
    folder, _, name = file.rpartition("/")
    stem = fits_stem(name)
    assert stem is not None
    suffix = name[len(stem) :]
    words = _WORDS.split(stem)
    prefix = f"{folder}/" if folder else ""
    found = []
    for i in range(len(words) - 1, -1, -2):
        if band_key(words[i]) is not None:
            made = "".join([*words[:i], "{band}", *words[i + 1 :]])
            found.append((f"{prefix}{made}{suffix}", words[i]))
    folders = folder.split("/") if folder else []
    for i in range(len(folders) - 1, -1, -1):
        if band_key(folders[i]) is not None:
            made = "/".join([*folders[:i], "{band}", *folders[i + 1 :], name])
            found.append((made, folders[i]))
    return found


def trailing_band(file: str) -> str | None:
    """Band that the file's name ends in, as written: "x_R.fits.gz" gives "R"."""
    stem = fits_stem(posixpath.basename(file))
    last = _WORDS.split(stem)[-1] if stem else ""
    return last if band_key(last) is not None else None


def group_bands(files: Iterable[str]) -> tuple[list[BandSet], list[str], list[Problem]]:
    """Group files into sets of bands.

    A band may be named anywhere in the path; where several words could be one, that which
    makes the largest set is taken, and the last in the name between equals. A file that is
    alone counts as a set only when its name ends in a band.

    Returns
    -------
    list of BandSet
    list of str
        Files that name no band.
    list of Problem
        Files that name a band which their object has already.
    """
    readings = {file: _readings(file) for file in files}
    sizes = Counter(
        template
        for template, _ in {
            (t, band_key(token)) for options in readings.values() for t, token in options
        }
    )
    sets: dict[str, BandSet] = {}
    others: list[str] = []
    problems: list[Problem] = []
    for file, options in readings.items():
        best = max(options, key=lambda option: sizes[option[0]], default=None)
        if best is None or (sizes[best[0]] < 2 and trailing_band(file) is None):
            others.append(file)
            continue
        template, token = best
        group = sets.setdefault(template, BandSet(template=template))
        key = band_key(token)
        assert key is not None
        if key in group.files:
            reason = f"Band {key} of this object is in '{group.files[key][1]}' already"
            problems.append(Problem(object_id=object_name(template), file=file, reason=reason))
        else:
            group.files[key] = (token, file)
    return list(sets.values()), others, problems


def object_name(template: str) -> str:
    """Name of the object of a template: "a/x_{band}.fits" gives "x", "x/{band}.fits" gives "x"."""
    folder, _, name = template.rpartition("/")
    stem = fits_stem(name) or name
    if "{band}" in name:
        stem = _GAP.sub("", stem, count=1).strip("_-. ")
    return stem or posixpath.basename(folder) or "object"


def unique_names(templates: list[str]) -> list[str]:
    """Names of objects, with their folders before them where two would be alike."""
    names = [object_name(t) for t in templates]
    twice = {name for name, n in Counter(names).items() if n > 1}
    out = []
    for template, name in zip(templates, names, strict=True):
        folder = _GAP.sub("", template.rpartition("/")[0]).strip("/")
        out.append(f"{folder}/{name}" if name in twice and folder else name)
    return out


def class_folders(templates: list[str]) -> list[str | None]:
    """Class of each object from its first folder, where the folders look like classes.

    They do when there are two or more with two or more objects each, none has a digit in its
    name (fields and tiles have), none is a band, and each object lies in one.
    """
    tops = [t.split("/")[0] if "/" in t else "" for t in templates]
    names = Counter(tops)
    plain = all(n and "{band}" not in n and not any(c.isdigit() for c in n) for n in names)
    if len(names) < 2 or min(names.values()) < 2 or not plain:
        return [None] * len(templates)
    return list(tops)
