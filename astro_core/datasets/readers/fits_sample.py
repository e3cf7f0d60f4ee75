"""A quick look at a folder: are there FITS files, and do they come in bands."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from astro_core.datasets.bands import band_key
from astro_core.datasets.layouts.fits_io import fits_stem
from astro_core.datasets.layouts.picture import is_picture
from astro_core.datasets.readers.fits_names import group_bands, trailing_band, walk

_ENTRIES = 3000
_SAME_SHARE = 0.8


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a quick look saw.

    Attributes
    ----------
    files : tuple of str
        FITS files among the first entries.
    in_sets : int
        Those that are one of several bands of an object.
    tokens : tuple of str
        Bands of the sets as written, or the one that all names end in.
    one_band : bool
        Whether nearly all names end in one and the same band.
    weight : float
        1 where FITS is most of what can be imported, less beside more pictures.
    """

    files: tuple[str, ...]
    in_sets: int
    tokens: tuple[str, ...]
    one_band: bool
    weight: float

    @property
    def also(self) -> str:
        """What else there is, in words."""
        rest = len(self.files) - self.in_sets
        return f", and {rest:,} other FITS files" if rest else ""


def look(path: Path) -> Sample | None:
    """Look at the first few thousand entries below a folder, or at one file; None without FITS."""
    return _look(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _look(path: Path, _changed: int) -> Sample | None:
    names = list(walk(path, _ENTRIES)) if path.is_dir() else [path.name]
    files = tuple(f for f in names if fits_stem(posixpath.basename(f)) is not None and "{" not in f)
    if not files:
        return None
    sets, _, _ = group_bands(files)
    several = [group for group in sets if len(group.files) > 1]
    ends = Counter(band_key(end) for f in files if (end := trailing_band(f)) is not None)
    one_band = bool(ends) and ends.most_common(1)[0][1] >= _SAME_SHARE * len(files)
    chosen = several or (sets if one_band else [])
    pictures = sum(is_picture(name) for name in names)
    return Sample(
        files=files,
        in_sets=sum(len(group.files) for group in several),
        tokens=tuple({token: None for group in chosen for token in group.tokens.values()}),
        one_band=one_band,
        weight=1.0 if pictures <= len(files) else 0.5,
    )
