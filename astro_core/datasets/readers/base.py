"""What a reader is: it recognises a kind of folder or file and lists the objects in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from astro_core.domain import ImagePart, Problem, Progress, Taxonomy
from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Match:
    """How well a reader fits what is there.

    Attributes
    ----------
    score : float
        0 to 1; the highest wins. Above 0.9 the files can hardly be anything else.
    reason : str
        What was seen, in words for the person who imports: "labels.csv names 3,615 images".
    """

    score: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class ScanOptions:
    """What a person may say beyond the path.

    Attributes
    ----------
    labels : Path or None
        A table of labels or votes that lies elsewhere.
    keep_incomplete : bool
        Keep objects that lack a band, with a plane of NaN in its place.
    address : str
        Address of a web page, for readers that fetch; the path is then an empty folder.
    scratch : Path or None
        Folder for files that a reader fetches or unpacks. What a part's root names below it
        becomes the dataset's own; it lasts as long as the scan's result is in use.
    max_images, max_bytes : int
        Limits on what is fetched from the web.
    """

    labels: Path | None = None
    keep_incomplete: bool = False
    address: str = ""
    scratch: Path | None = None
    max_images: int = 500
    max_bytes: int = 500_000_000


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What a reader found: candidates, whose pixels nobody has looked at yet.

    Attributes
    ----------
    parts : tuple of ImagePart
        Roots are absolute here.
    catalogue : DataFrame
        Columns object_id (str, unique), part, file, row, and whatever is known: label (str or
        None), split, group, ra_deg, dec_deg, votes under the taxonomy's columns, anything else
        under the name it came with.
    taxonomy : Taxonomy or None
        A decision tree, or classes in an order that means something; None makes it from the
        labels.
    problems : tuple of Problem
        One for each object or file that had to be left out, with one clear reason.
    notes : tuple of str
        What was assumed or left aside, a sentence each.
    pixel_scale_arcsec : float or None
        Arcsec per pixel where it is known and the same for all.
    """

    parts: tuple[ImagePart, ...]
    catalogue: pd.DataFrame
    taxonomy: Taxonomy | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    pixel_scale_arcsec: float | None = None


@dataclass(frozen=True, kw_only=True)
class ReaderSpec:
    """One kind of folder or file that can be imported.

    Attributes
    ----------
    sniff : callable
        ``sniff(path) -> Match | None``: a cheap look, under 0.2 s on a folder of 60,000 files,
        that never raises for a path that exists.
    scan : callable
        ``scan(path, options, progress) -> Scan``. Reads tables and names, not pixels. Raises
        BadInputError where nothing can be made of the path; single bad objects are problems.
    """

    name: str
    label: str
    description: str
    sniff: Callable[[Path], Match | None]
    scan: Callable[[Path, ScanOptions, Progress], Scan]


READERS: Registry[ReaderSpec] = Registry("reader")
