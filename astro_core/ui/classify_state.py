"""What Classify shows: pictures of this visit, and in the address what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from astro_core.detection import FINDERS
from astro_core.domain import USUAL_FINDER, MarkedBox, Person
from astro_core.errors import TuningForkError
from astro_core.params import digest
from astro_core.ui import who
from astro_core.ui.address import parameter
from astro_core.workflows.box_labels import corrected_boxes
from astro_core.workflows.classified import Asked
from astro_core.workflows.kept_galaxies import UPLOADS
from astro_core.workflows.kept_pictures import BOXED
from astro_core.workflows.models import Model, list_models
from astro_core.workflows.pictures import Picture
from astro_core.workspace import Workspace

FIRST_MODEL = "sdss-morphology"
WHOLE = "whole"  # in the address: nothing is searched for, the picture is one galaxy
INTO, BOXED_INTO = "classify:into", "classify:boxed-into"
_FOLDERS = "classify:folders"
_PICTURE, _GALAXY = "classify:picture", "classify:galaxy"
BROUGHT = "classify:brought"  # what came of boxes that came with pictures: a sentence, or nothing
_TOLD = "classify:board"  # what came of the last act on boxes, and whether it failed


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page.

    Attributes
    ----------
    models : tuple of Model
        Those whose description can be read.
    model : Model or None
        The one that is asked; None without any.
    asked : Asked or None
        What is asked of each picture.
    pictures : tuple of Picture
        All that were brought in this visit, each once.
    place : int
        The picture that is looked at.
    corrected : Mapping of str to tuple of MarkedBox
        Boxes that people changed, by the digest of their picture.
    person : Person or None
        Who is at the browser; None until that is known.
    into : str
        Name of the dataset that galaxies are kept in.
    boxed : str
        Name of the dataset of whole pictures whose boxes people drew.
    problems : tuple of str
        What in the address could not be used, and what could not be read.
    """

    workspace: Workspace
    models: tuple[Model, ...]
    model: Model | None
    asked: Asked | None
    pictures: tuple[Picture, ...]
    place: int
    corrected: Mapping[str, tuple[MarkedBox, ...]]
    person: Person | None
    into: str
    boxed: str
    problems: tuple[str, ...]

    @property
    def picture(self) -> Picture:
        """The picture that is looked at."""
        return self.pictures[self.place]

    @property
    def key(self) -> str:
        """Begins the keys of widgets about this picture and what is asked of it."""
        assert self.asked is not None
        token = [self.picture.digest, self.asked.model, self.asked.head, self.asked.finder]
        return f"classify:{digest(token, length=8)}"

    @property
    def may_answer(self) -> bool:
        """Whether this person may draw boxes and say what galaxies are."""
        return self.person is not None and self.person.may("reviewer")


def read(workspace: Workspace, pictures: Sequence[Picture], problems: Sequence[str] = ()) -> Shown:
    """Read the address and the session."""
    told = list(problems)
    models = tuple(model for model in list_models(workspace) if model.info is not None)
    model = _model(models, told)
    kept = st.session_state.get(_PICTURE, "")
    places = [place for place, picture in enumerate(pictures) if picture.digest == kept]
    return Shown(
        workspace=workspace,
        models=models,
        model=model,
        asked=_asked(model),
        pictures=tuple(pictures),
        place=places[0] if places else 0,
        corrected=corrected_boxes(workspace, [p.digest for p in pictures]) if pictures else {},
        person=who.person(),
        into=st.session_state.get(INTO, UPLOADS),
        boxed=boxed_into(),
        problems=tuple(told),
    )


def boxed_into() -> str:
    """Name of the dataset that whole pictures are kept in."""
    name: str = st.session_state.get(BOXED_INTO, BOXED)
    return name


def _model(models: Sequence[Model], problems: list[str]) -> Model | None:
    asked = st.query_params.get("model", "")
    by_name = {model.name: model for model in models}
    if asked and asked not in by_name:
        problems.append(f"There is no model '{asked}'; another one answers.")
    first = by_name.get(FIRST_MODEL) or next(iter(models), None)
    return by_name.get(asked) or first


def _asked(model: Model | None) -> Asked | None:
    if model is None or model.info is None:
        return None
    heads = [head.name for head in model.info.heads]
    chosen = finder()
    return Asked(
        model=model.name,
        head=parameter("head", heads, heads[0]),
        finder="" if chosen == WHOLE else chosen,
    )


def finder() -> str:
    """What finds the galaxies: a name in the registry of finders, or `WHOLE`."""
    return parameter("finder", [*FINDERS.names(), WHOLE], USUAL_FINDER)


# --- what the session remembers: ids, numbers and text ---


def folders() -> tuple[str, ...]:
    """Folders of what was brought in this visit."""
    return tuple(st.session_state.get(_FOLDERS, ()))


def add_folder(folder: Path) -> None:
    """Show what is in a folder of scratch, too, from its first picture on."""
    st.session_state[_FOLDERS] = [*folders(), str(folder)]
    st.session_state.pop(_PICTURE, None)


def forget_folder(folder: str) -> None:
    """Show what is in a folder no more."""
    st.session_state[_FOLDERS] = [one for one in folders() if one != folder]


def forget_pictures() -> tuple[str, ...]:
    """Show none of the pictures any more; returns the folders that they were in."""
    gone = folders()
    for name in (_FOLDERS, _PICTURE, _GALAXY, BROUGHT):
        st.session_state.pop(name, None)
    return gone


def look_at(picture: Picture) -> None:
    """Show another picture."""
    st.session_state[_PICTURE] = picture.digest


def galaxy_of(picture: Picture, n_galaxies: int) -> int:
    """Place of the galaxy that was chosen in a picture; the first where none was."""
    chosen: dict[str, int] = st.session_state.get(_GALAXY, {})
    return min(chosen.get(picture.digest, 0), max(n_galaxies - 1, 0))


def choose_galaxy(picture: Picture, place: int) -> None:
    """Choose a galaxy of a picture."""
    st.session_state[_GALAXY] = {**st.session_state.get(_GALAXY, {}), picture.digest: place}


def try_boxes(act: Callable[[], str]) -> None:
    """Do something with boxes; what it says, or why it failed, is said below the picture."""
    try:
        st.session_state[_TOLD] = (act(), False)
    except (TuningForkError, OSError) as error:
        st.session_state[_TOLD] = (str(error), True)


def told_of_boxes() -> tuple[str, bool]:
    """What came of the last act on boxes, once, and whether it failed."""
    told: tuple[str, bool] = st.session_state.pop(_TOLD, ("", False))
    return told
