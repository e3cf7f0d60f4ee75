"""Pascal VOC: an XML file for each picture, as labelImg writes it.

Everingham et al. 2010, IJCV 88, 303. Its pixels count from 1, and the last one belongs to the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from astro_core.detection.annotations.base import (
    ANNOTATIONS,
    GALAXY,
    Annotated,
    AnnotationSpec,
    Files,
    SizeOf,
    file_stems,
    make_boxes,
    refusal,
)

_ENDS = ("xmin", "ymin", "xmax", "ymax")
_FIRST = (1, 1, 0, 0)  # from our corners to VOC's, which begin at 1


def write(pictures: Sequence[Annotated]) -> dict[str, bytes]:
    """Return one XML file for each picture."""
    stems = file_stems(pictures)
    return {f"{stem}.xml": _xml(picture) for stem, picture in zip(stems, pictures, strict=True)}


def _xml(picture: Annotated) -> bytes:
    root = Element("annotation")
    SubElement(root, "filename").text = picture.file
    size = SubElement(root, "size")
    for name, value in (("width", picture.width_px), ("height", picture.height_px), ("depth", 3)):
        SubElement(size, name).text = str(value)
    for corners, label in zip(picture.boxes.corners, picture.labels, strict=True):
        box = SubElement(root, "object")
        SubElement(box, "name").text = label
        ends = SubElement(box, "bndbox")
        for name, value, first in zip(_ENDS, corners, _FIRST, strict=True):
            SubElement(ends, name).text = f"{round(value + first, 2):g}"
    indent(root)
    text: bytes = tostring(root, encoding="utf-8")
    return text


def read(files: Files, size_of: SizeOf) -> tuple[Annotated, ...]:  # noqa: ARG001 - it says its size
    """Read one picture from each file."""
    return tuple(_read(name, content) for name, content in files.items())


def _read(name: str, content: bytes) -> Annotated:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(content)
        if root.tag != "annotation":
            raise ValueError(f"it begins with <{root.tag}>, not <annotation>")
        width, height = (int(float(_text(root, f"size/{side}"))) for side in ("width", "height"))
        objects = root.findall("object")
        corners = [
            [
                float(_text(box, f"bndbox/{end}")) - first
                for end, first in zip(_ENDS, _FIRST, strict=True)
            ]
            for box in objects
        ]
        file = root.findtext("filename") or f"{name.removesuffix('.xml')}.jpg"
    except (ParseError, DefusedXmlException, LookupError, ValueError, OverflowError) as error:
        raise refusal(name, error) from None
    labels = [box.findtext("name") or GALAXY for box in objects]
    boxes = make_boxes(name, corners, labels)
    return Annotated(file=file, width_px=width, height_px=height, boxes=boxes)


def _text(element: Any, path: str) -> str:
    text = element.findtext(path)
    if text is None:
        raise ValueError(f"there is no <{path.rsplit('/', maxsplit=1)[-1]}>")
    return str(text)


ANNOTATIONS.add(
    AnnotationSpec(
        name="voc",
        label="Pascal VOC",
        description="An XML file for each picture, as labelImg writes it. Keeps no scores.",
        suffix=".xml",
        mime="text/xml",
        together=False,
        write=write,
        read=read,
    )
)
