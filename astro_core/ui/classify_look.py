"""How the answers of a model look: words, colours and letters of its classes."""

from __future__ import annotations

from astro_core.domain import Head, Taxonomy, plain_taxonomy
from astro_core.figures.theme import NOBODY, class_colours, class_letters
from astro_core.ui.words import readable
from astro_core.workflows.answer_words import answer_words
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.pictures import Picture


def classes_of(head: Head) -> Taxonomy:
    """The classes of a head, each with its key; none of votes."""
    return plain_taxonomy(head.name, () if head.kind == "votes" else head.outputs)


def colours(head: Head) -> dict[str, str]:
    """Colour of each class."""
    return class_colours(classes_of(head))


def letters(head: Head) -> dict[str, str]:
    """Letter of each class."""
    return class_letters(classes_of(head))


def words(head: Head, output: str) -> str:
    """An answer for a person."""
    return answer_words(output) if head.kind == "votes" else readable(output)


def colour_of(head: Head, class_name: str) -> str:
    """Colour of a class; grey where there is none."""
    return colours(head).get(class_name, NOBODY)


def verdict(classified: Classified, found: Found) -> str:
    """Say what a galaxy is, in one sentence."""
    if classified.head.kind == "votes":
        return "What people would say"
    top = float(found.answers[classified.head.name].max())
    name = readable(found.label)
    return f"Undefined: {name} {top:.2f}" if found.undefined else f"{name.capitalize()}, {top:.2f}"


def facts(picture: Picture) -> str:
    """Say where a picture comes from and how it is shown, in one line."""
    height, width = picture.image.shape[:2]
    parts = [picture.name, picture.how, f"{width:,} x {height:,} px"]
    if picture.pixel_scale_arcsec:
        parts.append(f"{picture.pixel_scale_arcsec:.3g}″ per px")
    if picture.ra_deg is not None and picture.dec_deg is not None:
        parts.append(f"RA {picture.ra_deg:.5f}°, Dec {picture.dec_deg:+.5f}°")
    return " · ".join(parts)
