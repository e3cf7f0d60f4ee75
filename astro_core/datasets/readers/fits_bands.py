"""FITS stamps with one file per band."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from astro_core.datasets.bands import band_names
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.fits_cube import find_cubes, list_fits
from astro_core.datasets.readers.fits_names import BandSet, group_bands, unique_names
from astro_core.datasets.readers.fits_sample import look
from astro_core.datasets.readers.fits_scan import Found, finish_scan
from astro_core.datasets.readers.fits_sky import read_head
from astro_core.domain import ImagePart, Problem, Progress
from astro_core.errors import BadInputError

_COMMON_SHARE = 0.5
_EXPECTED = "names such as NGC1300_R.fits and NGC1300_G.fits"


def _sniff(path: Path) -> Match | None:
    seen = look(path)
    if seen is None or not path.is_dir():
        return None
    names = ", ".join(band_names(seen.tokens).values())
    if seen.in_sets:
        return Match(score=seen.weight * 0.95, reason=f"FITS files in bands {names}{seen.also}")
    if seen.one_band:
        return Match(score=seen.weight * 0.85, reason=f"FITS files in one band, {names}")
    return None


def _take_out_cubes(root: Path, sets: list[BandSet]) -> tuple[list[BandSet], list[str]]:
    """Split off files that are alone and hold several planes: cubes whose name ends like a band."""
    kept, cubes = [], []
    for group in sets:
        (_, file), *more = group.files.values()
        if not more and _is_cube(root / file, file):
            cubes.append(file)
        else:
            kept.append(group)
    return kept, cubes


def _is_cube(path: Path, file: str) -> bool:
    try:
        return read_head(path, file).shape[0] > 1
    except BadInputError:
        return False


def _choose_bands(sets: Sequence[BandSet], notes: list[str]) -> dict[str, str]:
    """Bands that at least half of the objects have, by key, and what each is called."""
    counts = Counter(key for group in sets for key in group.files)
    common = {key for key, n in counts.items() if n >= _COMMON_SHARE * len(sets)}
    names = band_names(token for group in sets for token in group.tokens.values())
    rare = [f"{names[k]} ({n:,})" for k, n in counts.items() if k not in common]
    if rare and common:
        notes.append(
            f"Bands that few of the {len(sets):,} objects have were left out: {', '.join(rare)}."
        )
    return {key: name for key, name in names.items() if key in (common or counts)}


def _part_of(root: Path, names: dict[str, str], tokens: Sequence[str]) -> ImagePart:
    bands = tuple(names.values())
    return ImagePart(
        layout="fits_bands",
        root=str(root.resolve()),
        bands=bands,
        options={"tokens": dict(zip(bands, tokens, strict=True))},
    )


def _find_sets(
    root: Path,
    sets: Sequence[BandSet],
    names: dict[str, str],
    options: ScanOptions,
    progress: Progress,
) -> Found:
    """List the objects of band sets; those that lack a band are problems unless they are kept."""
    found = Found()
    usual = {
        key: Counter(g.tokens[key] for g in sets if key in g.files).most_common(1)[0][0]
        for key in names
    }
    parts: dict[tuple[str, ...], int] = {}
    ids = unique_names([g.template for g in sets])
    for i, (object_id, group) in enumerate(zip(ids, sets, strict=True)):
        progress(i, len(sets), "Reading headers")
        tokens = tuple(group.tokens.get(key, usual[key]) for key in names)
        lacking = [name for key, name in names.items() if key not in group.files]
        if lacking and (not options.keep_incomplete or len(lacking) == len(names)):
            reason = _missing(lacking, names)
            found.problems.append(Problem(object_id=object_id, file=group.template, reason=reason))
            continue
        row: dict[str, Any] = {"object_id": object_id, "file": group.template, "row": 0}
        if options.keep_incomplete:
            row["missing_bands"] = ",".join(lacking)
        row["part"] = parts.setdefault(tokens, len(parts))
        own = [group.files[key][1] for key in names if key in group.files]
        found.add(root, row, own)
    found.parts = [_part_of(root, names, tokens) for tokens in parts]
    return found


def find_objects(root: Path, files: Sequence[str], progress: Progress) -> Found:
    """List the objects of FITS files that came together by chance.

    Unlike in a survey, each has the bands that it has: none is expected of another.

    Parameters
    ----------
    files : sequence of str
        Paths below `root`.
    """
    sets, others, twice = group_bands(files)
    sets, cubes = _take_out_cubes(root, sets)
    found = find_cubes(root, sorted([*others, *cubes]), progress)
    for group in sets:
        names = band_names(group.tokens.values())
        found.join(_find_sets(root, [group], names, ScanOptions(), progress))
    found.problems.extend(twice)
    return found


def _missing(lacking: Sequence[str], names: dict[str, str]) -> str:
    one = len(lacking) == 1
    bands = f"Band {lacking[0]} is" if one else f"Bands {', '.join(lacking)} are"
    return f"{bands} missing. Expected {', '.join(names.values())}."


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    root, files, problems = list_fits(path, progress)
    sets, others, twice = group_bands(files)
    sets, cubes = _take_out_cubes(root, sets)
    if not sets:
        raise BadInputError(f"No file in '{path.name}' names a band", expected=_EXPECTED)
    notes: list[str] = []
    names = _choose_bands(sets, notes)
    found = _find_sets(root, sets, names, options, progress)
    if others or cubes:
        found.join(find_cubes(root, sorted([*others, *cubes]), progress, names))
    found.problems.extend([*problems, *twice])
    found.notes.extend(notes)
    return finish_scan(root, found, options)


READERS.add(
    ReaderSpec(
        name="fits-bands",
        label="FITS stamps per band",
        description="One FITS file per object and band, the band in its name: NGC1300_R.fits, "
        "frame-g-12.fits.bz2, F660/NGC1300.fits. FITS cubes beside them come in as well.",
        sniff=_sniff,
        scan=_scan,
    )
)
