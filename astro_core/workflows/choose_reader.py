"""What lies at a path or address, and which reader fits it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from astro_core.datasets.archives import is_archive, unpack
from astro_core.datasets.readers import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.side_tables import describe_table
from astro_core.datasets.tables import column_names, table_suffix
from astro_core.domain import Problem, Progress
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import param

_FOR_TABLE = {"challenge": "galaxy-challenge", "gz2": "galaxy-zoo-2"}
_PICTURE_READERS = ("folders", "images-csv", "galaxy-challenge", "galaxy-zoo-2")
_WEB = "web-page"


@dataclass(frozen=True, kw_only=True)
class PlaceParams:
    """What to look at, and how to read it."""

    path: str = param(
        "", label="Path", help="Folder, archive, HDF5 or FITS file, or address of a web page."
    )
    reader: str = param("", label="Reader", help="How to read it; empty takes what fits best.")
    labels: str = param(
        "", label="Table of labels", help="A table of labels or votes that lies elsewhere."
    )
    keep_incomplete: bool = param(
        False,
        label="Keep incomplete objects",
        help="Keep objects that lack a band, with nothing in its place.",
    )


@dataclass(frozen=True, kw_only=True)
class BringInParams(PlaceParams):
    """How what is there becomes part of the workspace."""

    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same split.")
    copy_images: bool = param(
        False,
        label="Copy images",
        help="Copy the images into the workspace; otherwise they are read where they are.",
    )


@dataclass(frozen=True, kw_only=True)
class Place:
    """Something that can be read, fetched or unpacked by now.

    Attributes
    ----------
    path : Path
        Folder or file that the readers see.
    location : str
        What the person named, for the record.
    problems : tuple of Problem
        What an archive held that was not unpacked.
    """

    path: Path
    location: str
    options: ScanOptions
    problems: tuple[Problem, ...] = ()


def is_address(text: str) -> bool:
    """Whether `text` is a web address."""
    return urlsplit(text.strip()).scheme.lower() in ("http", "https")


def find_place(
    named: str, labels: str, own: Path, progress: Progress, *, keep_incomplete: bool = False
) -> Place:
    """Find what a person named; unpack it into `own` when it is an archive.

    A table named in place of a folder means the folder that it lies in.

    Raises
    ------
    NotFoundError
        If there is nothing.
    """
    table = _existing(labels) if labels.strip() else None
    if is_address(named):
        own.mkdir(parents=True, exist_ok=True)
        options = ScanOptions(labels=table, address=named.strip(), scratch=own)
        return Place(path=own, location=named.strip(), options=options)
    path = _existing(named)
    location = str(path)
    problems: list[Problem] = []
    if path.is_file() and is_archive(path):
        own.mkdir(parents=True, exist_ok=True)
        path = unpack(path, own, progress, problems=problems)
    elif path.is_file() and table is None and table_suffix(path) and column_names(path):
        path, table = path.parent, path
    options = ScanOptions(labels=table, keep_incomplete=keep_incomplete, scratch=own)
    return Place(path=path, location=location, options=options, problems=tuple(problems))


def _existing(named: str) -> Path:
    if not named.strip():
        raise BadInputError("No path was given", expected="a folder, a file or a web address")
    path = Path(named.strip()).expanduser().resolve()
    if not path.exists():
        raise NotFoundError(f"There is nothing at '{named.strip()}'", todo="Check the path")
    return path


def matches(place: Place) -> list[tuple[ReaderSpec, Match]]:
    """Readers that fit, the best first."""
    if place.options.address:
        reason = Match(score=1.0, reason="A web address: the pictures that the page links")
        return [(READERS.get(_WEB), reason)]
    found = [(spec, spec.sniff(place.path)) for spec in READERS]
    fitting = [(spec, match) for spec, match in found if match is not None]
    return sorted(fitting, key=lambda pair: -pair[1].score)


def choose(place: Place, reader: str, fitting: list[tuple[ReaderSpec, Match]]) -> ReaderSpec:
    """Return the reader that was asked for, or the one that fits best.

    A table of labels that was named decides among the readers of pictures.

    Raises
    ------
    BadInputError
        If none fits.
    """
    if reader:
        return READERS.get(reader)
    if not fitting:
        raise BadInputError(
            f"Nothing that can be imported was found in '{place.location}'",
            expected="one of: " + "; ".join(spec.label for spec in READERS),
        )
    best = fitting[0][0]
    if place.options.labels is not None and best.name in _PICTURE_READERS:
        return READERS.get(_FOR_TABLE.get(describe_table(place.options.labels).kind, "images-csv"))
    return best


def scan_place(place: Place, spec: ReaderSpec, progress: Progress) -> Scan:
    """List the objects at a place.

    Raises
    ------
    BadInputError
        If there is none, or two have the same identifier.
    """
    scan = spec.scan(place.path, place.options, progress)
    if scan.catalogue.empty:
        reasons = [p.reason for p in scan.problems]
        raise BadInputError(
            f"No object was found in '{place.location}'", given=reasons[0] if reasons else ""
        )
    object_ids = scan.catalogue["object_id"]
    if not object_ids.is_unique:
        raise BadInputError(
            f"Several objects in '{place.location}' have the same identifier",
            given=f"'{object_ids[object_ids.duplicated()].iloc[0]}'",
            todo="Give each object its own",
        )
    return replace(scan, problems=(*place.problems, *scan.problems))
