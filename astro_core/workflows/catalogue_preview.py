"""The first galaxies of a survey as a model sees them, and how long all of them would take."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.workflows.catalogue_shard import answers_of, images_of
from astro_core.workflows.catalogue_source import SurveyRequest, open_survey, recipe_of
from astro_core.workflows.classify_model import open_classifier
from astro_core.workspace import Workspace

N_SHOWN = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Preview:
    """A few galaxies of a survey.

    Attributes
    ----------
    n_objects : int
        Galaxies in the whole survey.
    images : array of uint8, shape (n, size, size, 3)
    reasons : tuple of str, length n
        Why a stamp cannot be used; empty for the others.
    answers : DataFrame or None
        What the model says of those that can be used; None where it cannot answer at once.
    seconds_each : float
        Reading and answering, for one galaxy on one core; NaN where that was not tried.
    note : str
        What a person should know of how they are shown.
    """

    n_objects: int
    object_ids: tuple[str, ...]
    images: NDArray[np.uint8]
    reasons: tuple[str, ...]
    answers: pd.DataFrame | None
    seconds_each: float
    note: str

    @property
    def expected_s(self) -> float:
        """Seconds that all galaxies take on the cores of this machine."""
        return self.n_objects * self.seconds_each / (os.cpu_count() or 1)


def look(workspace: Workspace, request: SurveyRequest) -> Preview:
    """Read the first stamps of a survey and ask the model about them.

    Raises
    ------
    NotFoundError, BadInputError
        As `catalogue_source.open_survey` and `recipe_of`.
    """
    model = open_classifier(workspace, request.model)
    survey = open_survey(workspace, request)
    recipe, note = recipe_of(survey, model.info)
    rows = survey.first(N_SHOWN)
    images_of(survey.dataset, recipe, rows.head(1))  # what is read for the first time takes longer
    began = time.perf_counter()
    images, reasons = images_of(survey.dataset, recipe, rows)
    good = np.array([not reason for reason in reasons], dtype=bool)
    if not good.any():
        raise BadInputError(f"None of the first {len(rows)} stamps can be shown: {reasons[0]}")
    answers, seconds = None, float("nan")
    if model.quick is not None:
        answers = answers_of(workspace, model, request.main_head(model.info).name, images[good])
        answers.insert(0, "object_id", rows["object_id"][good].to_numpy())
        seconds = (time.perf_counter() - began) / len(rows)
    return Preview(
        n_objects=survey.n_objects, object_ids=tuple(rows["object_id"]), images=images,
        reasons=tuple(reasons), answers=answers, seconds_each=seconds, note=note,
    )  # fmt: skip
