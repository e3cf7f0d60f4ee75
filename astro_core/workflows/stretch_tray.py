"""Which galaxies the Stretch page shows, and their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from astro_core.datasets.catalogue import catalogue_schema, read_catalogue
from astro_core.datasets.layouts import LAYOUTS, read_pixels
from astro_core.datasets.readers import READERS, Scan, ScanOptions
from astro_core.domain import Dataset, ImagePart, Pixels, Problem, no_progress
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import digest
from astro_core.workflows.stretch import Tray, in_threads

MAX_TRAY = 24
KINDS = ("varied", "random", "ids")
FITS_READERS = ("fits-bands", "fits-cube")
_COLUMNS = ("object_id", "part", "file", "row", "label", "duplicate_of", "missing_bands")
_MAX_CODE = 4000


@dataclass(frozen=True, kw_only=True)
class TrayChoice:
    """How the galaxies of a tray are chosen.

    Attributes
    ----------
    kind : {"varied", "random", "ids"}
        One or two of every class; any; or exactly those named.
    size : int
        How many, at most; 1 to 24.
    seed : int
        Same seed, same galaxies.
    object_ids : tuple of str
        For "ids".
    """

    kind: str = "varied"
    size: int = 12
    seed: int = 0
    object_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not 1 <= self.size <= MAX_TRAY:
            raise BadInputError(
                "The choice of galaxies cannot be used",
                expected=f"{', '.join(KINDS)}; 1 to {MAX_TRAY} galaxies",
                given=f"{self.kind}, {self.size}",
            )

    def to_text(self) -> str:
        """Return a short text for the address: "varied-12-0", or "ids-" and the names."""
        if self.kind == "ids":
            return "ids-" + ",".join(self.object_ids[:MAX_TRAY])
        return f"{self.kind}-{self.size}-{self.seed}"

    @classmethod
    def from_text(cls, text: str) -> TrayChoice:
        """Read what `to_text` wrote.

        Raises
        ------
        BadInputError
            If it is something else.
        """
        kind, _, rest = text[:_MAX_CODE].partition("-")
        if kind == "ids":
            return cls(kind=kind, object_ids=parse_ids(rest))
        size, _, seed = rest.partition("-")
        if not (size.isdigit() and seed.isdigit() and len(seed) < 10):
            raise BadInputError(
                "The choice of galaxies cannot be read", expected="such as varied-12-0", given=text
            )
        return cls(kind=kind, size=int(size), seed=int(seed))


def parse_ids(text: str) -> tuple[str, ...]:
    """Read object ids separated by commas or line ends, each once, at most 24."""
    names = [name.strip() for name in text.replace("\n", ",").split(",")]
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_TRAY]


def choose(dataset: Dataset, choice: TrayChoice) -> pd.DataFrame:
    """Return the catalogue rows of a tray.

    Raises
    ------
    NotFoundError
        If an id is named that the dataset does not have.
    """
    known = set(catalogue_schema(dataset).names)
    catalogue = read_catalogue(dataset, [c for c in _COLUMNS if c in known])
    if choice.kind == "ids":
        return _by_id(catalogue, choice.object_ids)
    first = catalogue[catalogue["duplicate_of"].isna()]
    rng = np.random.default_rng(choice.seed)
    if choice.kind == "random" or first["label"].isna().all():
        chosen = rng.permutation(len(first))[: choice.size]
        return first.iloc[np.sort(chosen)]
    return _of_every_class(first, dataset.taxonomy.class_names, choice.size, rng)


def _by_id(catalogue: pd.DataFrame, object_ids: Sequence[str]) -> pd.DataFrame:
    rows = catalogue.set_index("object_id", drop=False)
    missing = [i for i in object_ids if i not in rows.index]
    if missing:
        raise NotFoundError(
            f"There is no object '{missing[0]}' in this survey",
            expected="ids as Browse shows them",
            todo="Check the spelling, or pick the galaxies in Browse",
        )
    found: pd.DataFrame = rows.loc[list(object_ids)]
    return found


def _of_every_class(
    catalogue: pd.DataFrame, class_names: Sequence[str], size: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Take one of each class, then a second of each, until there are enough."""
    drawn = catalogue["label"].isin(class_names)
    labelled = catalogue[drawn].iloc[rng.permutation(int(drawn.sum()))]
    turn = labelled.groupby("label", observed=True).cumcount()
    place = labelled["label"].map({name: i for i, name in enumerate(class_names)}).astype(int)
    order = np.lexsort((place.to_numpy(), turn.to_numpy()))[:size]
    chosen = labelled.iloc[order]
    return chosen.iloc[np.argsort(place.iloc[order].to_numpy(), kind="stable")]


def read_tray(dataset: Dataset, rows: pd.DataFrame) -> Tray:
    """Read the pixels of a tray, in threads; what cannot be read is among its problems."""
    records = rows.to_dict("records")
    read = in_threads(lambda row: _read_or_problem(dataset, row), records)
    good = [(p, r) for p, r in zip(read, records, strict=True) if isinstance(p, Pixels)]
    labels = tuple("" if pd.isna(r["label"]) else str(r["label"]) for _, r in good)
    return Tray(
        key=digest([dataset.fingerprint, [str(r["object_id"]) for r in records]]),
        pixels=tuple(p for p, _ in good),
        bands=dataset.bands,
        labels=labels,
        problems=tuple(p for p in read if isinstance(p, Problem)),
    )


def _read_or_problem(dataset: Dataset, row: dict[str, Any]) -> Pixels | Problem:
    try:
        return read_pixels(dataset, row)
    except BadInputError as error:
        return Problem(object_id=str(row["object_id"]), file=str(row["file"]), reason=str(error))


def read_fits_folder(folder: Path) -> Tray:
    """Read the FITS files of a folder, such as an upload, as a tray of their own.

    One cube with all bands, several cubes, or one file per band; whatever of them is damaged is
    among the tray's problems.

    Raises
    ------
    BadInputError
        If there is no galaxy to show; the message says what is wrong with the first file.
    """
    scan = _scan_fits(folder)
    records = scan.catalogue.head(MAX_TRAY).to_dict("records")
    read = in_threads(lambda row: _read_loose(scan.parts, row), records)
    pixels = tuple(p for p in read if isinstance(p, Pixels))
    problems = (*scan.problems, *(p for p in read if isinstance(p, Problem)))
    if not pixels:
        reason = problems[0].reason if problems else "There is no image in these files"
        raise BadInputError(reason)
    bands = [b for b in pixels[0].bands if all(b in p.bands for p in pixels)]
    return Tray(
        key=digest([str(folder), [p.object_id for p in pixels]]),
        pixels=pixels,
        bands=tuple(bands),
        labels=("",) * len(pixels),
        problems=problems,
    )


def _scan_fits(folder: Path) -> Scan:
    matches = [(spec, spec.sniff(folder)) for spec in map(READERS.get, FITS_READERS)]
    fitting = [(match.score, spec) for spec, match in matches if match is not None]
    if not fitting:
        raise BadInputError(
            "These files are not FITS images that belong together",
            expected="one FITS cube with the bands as planes, or one FITS file per band "
            "named <name>_<BAND>.fits",
            given=", ".join(sorted(p.name for p in folder.iterdir())[:6]),
        )
    best = max(fitting, key=lambda item: item[0])[1]
    return best.scan(folder, ScanOptions(keep_incomplete=True), no_progress)


def _read_loose(parts: Sequence[ImagePart], row: dict[str, Any]) -> Pixels | Problem:
    part = parts[int(row["part"])]
    try:
        return LAYOUTS.get(part.layout).read(Path(part.root), part, row)
    except BadInputError as error:
        return Problem(object_id=str(row["object_id"]), file=str(row["file"]), reason=str(error))
