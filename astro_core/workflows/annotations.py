"""Boxes in and out, in the forms of other programs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from glob import escape
from pathlib import Path, PurePath

from astro_core.datasets.layouts.picture import is_picture, picture_head
from astro_core.detection.annotations import ANNOTATIONS, Annotated, AnnotationSpec
from astro_core.detection.annotations.base import SizeOf
from astro_core.domain import Problem
from astro_core.errors import BadInputError, NotFoundError

_MOST_BYTES = 64 * 2**20  # of one file of annotations: in memory it is twenty times as large


def file_suffix(form: str) -> str:
    """Return what the file of `annotation_file` ends in; a form with many is packed as ZIP."""
    spec = ANNOTATIONS.get(form)
    return spec.suffix if spec.together else ".zip"


def annotation_file(pictures: Sequence[Annotated], form: str) -> bytes:
    """Write boxes as one file to hand out.

    Parameters
    ----------
    form : str
        Name in the registry of annotations.

    Raises
    ------
    NotFoundError
        If there is no such form.
    """
    spec = ANNOTATIONS.get(form)
    files = spec.write(pictures)
    if spec.together:
        return next(iter(files.values()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read_annotations(path: Path) -> tuple[Annotated, ...]:
    """Read boxes from a file, or from all files of a folder that are of one form.

    Raises
    ------
    NotFoundError
        If there is nothing of the kind.
    BadInputError
        If a file is too large or not what its suffix says.
    """
    spec = _form(path)
    paths = sorted(path.glob(f"*{spec.suffix}")) if path.is_dir() else [path]
    folder = path if path.is_dir() else path.parent

    def size_of(stem: str) -> tuple[int, int] | None:
        beside = (each for each in folder.glob(f"{escape(stem)}.*") if is_picture(each.name))
        head = next(filter(None, map(picture_head, beside)), None)
        return (head.width, head.height) if head else None

    return spec.read({each.name: _content(each) for each in paths}, size_of)


def may_be_annotations(name: str) -> bool:
    """Whether a file name looks like one of a file of boxes."""
    return PurePath(name).suffix.lower() in {spec.suffix for spec in ANNOTATIONS}


def read_each(
    paths: Iterable[Path], size_of: SizeOf
) -> Iterator[tuple[Path, tuple[Annotated, ...]] | Problem]:
    """Read files of boxes, of any form, each by itself: where one is broken the others go on.

    Parameters
    ----------
    size_of : callable
        ``size_of(stem)`` is the width and height of the picture of that name, None without one.
    """
    by_folder = sorted(paths)
    for spec in ANNOTATIONS:
        own = [path for path in by_folder if path.suffix.lower() == spec.suffix]
        common = {path.parent: path for path in own if path.name == spec.shared}
        for path in own:
            if path.name == spec.shared:
                continue
            files = filter(None, (common.get(path.parent), path))
            try:
                yield path, spec.read({each.name: _content(each) for each in files}, size_of)
            except BadInputError as error:
                yield Problem(object_id="", file=path.name, reason=str(error))
            except MemoryError:
                reason = "Reading it wants more memory than is allowed"
                yield Problem(object_id="", file=path.name, reason=reason)


def _content(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise BadInputError(f"'{path.name}' is too large", expected=f"{_MOST_BYTES:,} bytes")
    return path.read_bytes()


def _form(path: Path) -> AnnotationSpec:
    """What the suffix of a file says, or of the files in a folder."""
    files = path.iterdir() if path.is_dir() else filter(Path.is_file, [path])
    suffixes = {each.suffix for each in files}
    found = [spec for spec in ANNOTATIONS if spec.suffix in suffixes]
    if len(found) != 1:
        raise NotFoundError(
            f"There are no boxes of one known form at '{path}'",
            expected="files that end in " + ", ".join(spec.suffix for spec in ANNOTATIONS),
        )
    return found[0]
