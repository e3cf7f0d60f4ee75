"""Which boxes in files of annotations belong to which of the pictures that came with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from astro_core.detection.annotations import Annotated
from astro_core.domain import MarkedBox, Problem
from astro_core.domain.box_event import MOST_BOXES
from astro_core.errors import BadInputError
from astro_core.workflows.annotations import read_each
from astro_core.workflows.picture_sources import Source
from astro_core.workflows.uploads import clean_name


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What a file says of one picture.

    Attributes
    ----------
    file : str
        Name of the file of annotations.
    """

    file: str
    annotated: Annotated

    def boxes_on(self, height: int, width: int) -> tuple[MarkedBox, ...]:
        """Return the boxes in a picture of that size, as a person's.

        Raises
        ------
        BadInputError
            If they were drawn in a picture of another size, a box has no area inside the picture,
            or there are too many.
        """
        drawn, name = self.annotated, clean_name(self.annotated.file)
        if (drawn.width_px, drawn.height_px) != (width, height):
            raise BadInputError(
                f"The boxes of '{name}' in '{self.file}' are of a picture of another size",
                expected=f"{width:,} x {height:,} px",
                given=f"{drawn.width_px:,} x {drawn.height_px:,}",
            )
        if len(drawn.boxes) > MOST_BOXES:
            raise BadInputError(
                f"'{self.file}' has too many boxes for '{name}'",
                expected=f"at most {MOST_BOXES:,}",
                given=f"{len(drawn.boxes):,}",
            )
        return tuple(MarkedBox.around(row).within(width, height) for row in drawn.boxes.corners)


def match_boxes(
    files: Iterable[Path], sources: Sequence[Source]
) -> tuple[Mapping[int, Brought], list[Problem]]:
    """Read files of annotations and find the pictures that they are about.

    A picture is known by its file name or, where none has that, by the name without its suffix.

    Returns
    -------
    Mapping of int to Brought
        By the place of the picture in `sources`.
    list of Problem
        Files that cannot be read, or are about no picture here.
    """
    place_of = _looked_up(sources)

    def size_of(stem: str) -> tuple[int, int] | None:
        place = place_of(stem)
        return None if place is None else sources[place].shape()[::-1]

    found: dict[int, Brought] = {}
    problems = []
    for read in read_each(files, size_of):
        if isinstance(read, Problem):
            problems.append(read)
            continue
        path, about = read
        lost = []
        for annotated in about:
            place = place_of(annotated.file)
            if place is None and len(about) == 1:  # the picture was renamed, and the file with it
                place = place_of(path.stem)
            if place is None or place in found:
                lost.append(annotated.file)
            else:
                found[place] = Brought(file=path.name, annotated=annotated)
        if lost:
            problems.append(Problem(object_id="", file=path.name, reason=_left(lost)))
    return found, problems


def _looked_up(sources: Sequence[Source]) -> Callable[[str], int | None]:
    """Return what tells the place of the only picture of a name."""
    names = [clean_name(source.name) for source in sources]  # as what is uploaded is called
    by_name, by_stem = _places(names), _places([PurePath(name).stem for name in names])

    def place_of(given: str) -> int | None:
        name = clean_name(given)
        found = (by_name.get(name), by_stem.get(name), by_stem.get(PurePath(name).stem))
        return next((place for place in found if place is not None), None)

    return place_of


def _places(names: Sequence[str]) -> Mapping[str, int]:
    """The place of each name that occurs once."""
    counts = Counter(names)
    return {name: place for place, name in enumerate(names) if counts[name] == 1}


def _left(lost: Sequence[str]) -> str:
    more = f" and of {len(lost) - 1:,} others" if len(lost) > 1 else ""
    return (
        f"The boxes of '{clean_name(lost[0])}'{more} were left aside: no picture here has that "
        "name, several have it, or another file has its boxes."
    )
