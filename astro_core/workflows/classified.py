"""What a model says of the galaxies in one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import USUAL_FINDER, Head

if TYPE_CHECKING:
    from astro_core.workflows.pictures import Picture

UNLIKE = 1.0  # strangeness from which on a galaxy is unlike what the model has seen
MOST_ODD = 2  # looks that another rendering changes; noise and text have more of them odd


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a picture.

    Attributes
    ----------
    model : str
        Name of a model, or the id of the run that trained it.
    head : str
        Which answers name the galaxy; empty takes the model's first.
    finder : str
        What finds the galaxies; empty takes the whole picture as one.
    most : int
        Of so many galaxies in a picture, the surest are named, and the others left out.
    """

    model: str
    head: str = ""
    finder: str = USUAL_FINDER
    most: int = 100


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A galaxy that the model was trained on."""

    object_id: str
    dataset: str
    label: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """One galaxy in a picture.

    Attributes
    ----------
    object_id : str
        The picture's name, with a number where there are several galaxies.
    box : tuple of float
        x0, y0, x1, y1 in pixels of the picture as shown; x to the right, y down, half-open.
    score : float
        How sure the finder is, in [0, 1]; 1 where there was none.
    crop : array of uint8, shape (size, size, 3)
        What the model saw.
    answers : Mapping of str to array of float32, shape (n_outputs,)
        By head: vote fractions, or probabilities, calibrated where the model is.
    label : str
        The most probable class; empty where votes were asked for.
    undefined : bool
        Whether the top calibrated probability is below 0.75.
    prediction_set : tuple of str
        Classes that hold the true one with the coverage that the model promises; empty where it
        promises none.
    strangeness : float or None
        Distance to the galaxies that the model learned from: above 1 is farther than all but one
        in a hundred of such galaxies. None where the model does not say.
    odd_looks : tuple of str
        Which of sky, noise, brightness and colour lie outside what the training images show.
    similar : tuple of Similar
        Galaxies that the model learned from, the most similar first.
    ra_deg, dec_deg : float or None
        Middle of the box on the sky (ICRS), where the picture says where that is.
    """

    object_id: str
    box: tuple[float, float, float, float]
    score: float
    crop: NDArray[np.uint8]
    answers: Mapping[str, NDArray[np.float32]]
    label: str
    undefined: bool
    prediction_set: tuple[str, ...]
    strangeness: float | None = None
    odd_looks: tuple[str, ...] = ()
    similar: tuple[Similar, ...] = ()
    ra_deg: float | None = None
    dec_deg: float | None = None

    @property
    def unlike(self) -> bool:
        """Whether it is unlike anything that the model learned from, by its vector or its looks."""
        far = self.strangeness is not None and self.strangeness > UNLIKE
        return far or len(self.odd_looks) > MOST_ODD

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the answer may not be trusted, in sentences."""
        told = []
        if self.unlike:
            told.append("This is unlike anything the model learned from. Do not trust its answer.")
        if self.odd_looks:
            odd = ", ".join(self.odd_looks)
            told.append(
                f"This image is rendered unlike those that the model learned from ({odd}). "
                "Stretch it as they were, or take the answer with care."
            )
        return tuple(told)


@dataclass(frozen=True, kw_only=True, eq=False)
class Classified:
    """A picture and the galaxies in it.

    Attributes
    ----------
    found : tuple of Found
        The surest first.
    model, finder : str
        As they were asked for.
    head : Head
        The answers that name the galaxies.
    heads : tuple of Head
        All that the model answers.
    notes : tuple of str
        What a person should know about how it was done, in sentences.
    """

    picture: Picture
    found: tuple[Found, ...]
    model: str
    finder: str
    head: Head
    heads: tuple[Head, ...]
    notes: tuple[str, ...] = ()
