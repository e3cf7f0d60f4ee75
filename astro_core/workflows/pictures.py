"""What somebody drops becomes pictures: photographs, FITS files and archives of them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts.picture import picture_head
from astro_core.datasets.readers.fits_sky import sky_centre
from astro_core.domain import MarkedBox, Pixels, Problem, Progress, RenderRecipe, no_progress
from astro_core.errors import BadInputError
from astro_core.imaging import render_full
from astro_core.workflows.brought_boxes import Brought, match_boxes
from astro_core.workflows.first_recipe import recipe_for
from astro_core.workflows.picture_sources import Source, find_sources
from astro_core.workflows.uploads import CLASSIFY_LIMITS, PictureLimits

UNPACKED = "unpacked-"  # folders with what archives held
_MEASURED_PX = 1024


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image that somebody brought, ready to be looked at.

    Attributes
    ----------
    name : str
        Name of its file; of bands in separate files what their names share.
    pixels : Pixels
        As stored: measured bands, or the colours of a picture.
    image : array of uint8, shape (height, width, 3)
        As shown, first row at the top.
    recipe : RenderRecipe
        How `pixels` became `image`. With ``origin="lower"`` row ``i`` of the image is row
        ``height - 1 - i`` of the pixels.
    how : str
        The same in words.
    digest : str
        SHA-256 of the file; of several files, of their digests.
    ra_deg, dec_deg : float or None
        Right ascension and declination of the centre (ICRS).
    files : tuple of str
        The files that it was read from.
    boxes : tuple of MarkedBox or None
        Where its galaxies are, as a file of annotations that came with it says; None without one.
    """

    name: str
    pixels: Pixels
    image: NDArray[np.uint8]
    recipe: RenderRecipe
    how: str
    digest: str
    ra_deg: float | None = None
    dec_deg: float | None = None
    files: tuple[str, ...] = ()
    boxes: tuple[MarkedBox, ...] | None = None

    @property
    def wcs(self) -> Mapping[str, Any]:
        """FITS header cards of the celestial WCS of `pixels`; empty when there is none."""
        return self.pixels.wcs

    @property
    def pixel_scale_arcsec(self) -> float | None:
        """Arcsec per pixel where it is known."""
        return self.pixels.pixel_scale_arcsec


def read_pictures(
    path: Path, *, progress: Progress = no_progress
) -> tuple[tuple[Picture, ...], tuple[Problem, ...]]:
    """Read all that `each_picture` finds, at once.

    Raises
    ------
    BadInputError
        If there is nothing that could be a picture.
    """
    return sort_out(each_picture(path, progress=progress))


def sort_out(
    read: Iterable[Picture | Problem],
) -> tuple[tuple[Picture, ...], tuple[Problem, ...]]:
    """Take pictures and problems apart.

    Raises
    ------
    BadInputError
        If there is neither.
    """
    pictures: list[Picture] = []
    problems: list[Problem] = []
    for one in read:
        if isinstance(one, Picture):
            pictures.append(one)
        else:
            problems.append(one)
    if not pictures and not problems:
        raise BadInputError(
            "There is no picture here",
            expected="JPEG, PNG, TIFF or FITS files, or a ZIP or TAR archive of them",
        )
    return tuple(pictures), tuple(problems)


def each_picture(
    path: Path,
    *,
    only: Sequence[str] = (),
    limits: PictureLimits = CLASSIFY_LIMITS,
    scratch: Path | None = None,
    progress: Progress = no_progress,
) -> Iterator[Picture | Problem]:
    """Read every picture in a folder, an archive or a file, one at a time.

    FITS files that differ in the name of the band alone make one picture, and so do the planes or
    extensions of a FITS file. Files of annotations say where the galaxies are in the pictures that
    come with them. What cannot be read is a problem; the others go on.

    Parameters
    ----------
    path : Path
        Nothing is written there.
    only : sequence of str
        Files of the folder that are meant; all by default.
    scratch : Path or None
        Where archives are unpacked for as long as it takes; by default the system's own place.
    """
    with tempfile.TemporaryDirectory(prefix=UNPACKED, dir=scratch) as unpacked:
        sources, files, problems = find_sources(path, Path(unpacked), limits, progress, only)
        brought, lost = match_boxes(files, sources)
        yield from (*problems, *lost)
        for number, source in enumerate(sources):
            progress(number, len(sources), f"Reading {source.name}")
            try:
                source.check_size(limits.max_values)
                picture = _read(source)
                yield from _marked(picture, brought.get(number))
            except BadInputError as error:
                yield Problem(object_id="", file=source.name, reason=str(error))
            except MemoryError:
                reason = "Reading it wants more memory than is allowed. Bring a smaller picture."
                yield Problem(object_id="", file=source.name, reason=reason)


def _marked(picture: Picture, brought: Brought | None) -> Iterator[Picture | Problem]:
    """Give a picture the boxes that came with it; it goes without those that cannot be its own."""
    if brought is None:
        yield picture
        return
    try:
        yield replace(picture, boxes=brought.boxes_on(*picture.image.shape[:2]))
    except BadInputError as error:
        yield picture
        yield Problem(object_id="", file=brought.file, reason=str(error))


def _read(source: Source) -> Picture:
    pixels = source.read()
    image, recipe = show(pixels)
    height, width = pixels.values.shape[1:]
    place = sky_centre(pixels.wcs, width, height)
    known = all(np.isfinite(place))
    return Picture(
        name=source.name,
        pixels=pixels,
        image=image,
        recipe=recipe,
        how=_in_words(source),
        digest=_digest(source.paths),
        ra_deg=place[0] if known else None,
        dec_deg=place[1] if known else None,
        files=source.files,
    )


def show(pixels: Pixels) -> tuple[NDArray[np.uint8], RenderRecipe]:
    """Render the whole of an image, under the recipe that suits it by itself.

    Returns
    -------
    array of uint8, shape (height, width, 3)
    RenderRecipe
    """
    recipe = recipe_for([_thinned(pixels)])
    return render_full(pixels, recipe, whole=True), recipe


def _thinned(pixels: Pixels) -> Pixels:
    """Take every k-th pixel of a large image: enough to measure sky and brightness on."""
    step = max(1, min(pixels.values.shape[1:]) // _MEASURED_PX)
    return replace(pixels, values=pixels.values[:, ::step, ::step])


def _in_words(source: Source) -> str:
    if source.part.layout != "picture":
        bands = ", ".join(source.part.bands)
        return f"FITS, {bands}, shown by the automatic Lupton stretch"
    head = picture_head(source.paths[0])
    if head is None or head.deep:
        return "Picture of more than 8 bits, scaled by its own range"
    return f"{head.kind}, {'grey' if head.grey else 'colour'} of 8 bits, as stored"


def _digest(paths: Sequence[Path]) -> str:
    found = []
    for path in paths:
        with path.open("rb") as stream:
            found.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()
