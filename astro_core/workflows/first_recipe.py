"""The recipe that a new dataset starts with."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from astro_core.datasets.layouts import read_pixels
from astro_core.domain import Dataset, Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import default_recipe, propose_recipe

_SAMPLES = 9


def sample_pixels(dataset: Dataset, catalogue: pd.DataFrame, count: int = _SAMPLES) -> list[Pixels]:
    """Read a few objects spread evenly over the catalogue."""
    step = max(1, len(catalogue) // count)
    rows = catalogue.iloc[::step].head(count).to_dict("records")
    return [read_pixels(dataset, {str(k): v for k, v in row.items()}) for row in rows]


def recipe_for(samples: Sequence[Pixels], bands: tuple[str, ...] | None = None) -> RenderRecipe:
    """Show pictures as they are; measure black point and stretch of anything else.

    A sample in which nothing can be measured leaves the bands' plain default.

    Parameters
    ----------
    bands : tuple of str, optional
        Bands to choose from, by default all of the first sample's.
    """
    recipe = default_recipe(bands or samples[0].bands, samples[0].display)
    if samples[0].display:
        return recipe
    try:
        return propose_recipe(samples, recipe)
    except BadInputError:
        return recipe


def first_recipe(dataset: Dataset, catalogue: pd.DataFrame) -> RenderRecipe:
    """Return the recipe that a dataset starts with, measured on a few of its objects."""
    return recipe_for(sample_pixels(dataset, catalogue), dataset.bands)
