"""What features are asked for, checked: which objects, how rendered, under which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.features import EXTRACTORS, ExtractorSpec
from astro_core.params import digest, from_mapping, to_mapping
from astro_core.workflows import embedding  # noqa: F401 - registers itself


@dataclass(frozen=True, kw_only=True)
class FeaturePlan:
    """Everything that decides what features come out.

    Attributes
    ----------
    params : object
        The extractor's settings, checked.
    sample : int or None
        How many objects are drawn; None for all.
    recipe : RenderRecipe or None
        How stamps are rendered; None for an extractor of science pixels.
    notes : tuple of str
        What a person would not expect of these settings.
    """

    dataset: Dataset
    spec: ExtractorSpec
    params: Any
    sample: int | None
    seed: int
    recipe: RenderRecipe | None
    notes: tuple[str, ...]

    @property
    def key(self) -> str:
        """By which the features are stored."""
        how = {
            "version": self.spec.version,
            "extractor": self.spec.name,
            "params": to_mapping(self.params),
            "recipe": self.recipe.key if self.recipe else "",
            "sample": None if self.sample is None else [self.sample, self.seed],
        }
        return f"{self.dataset.fingerprint}-{digest(how)}"

    def rows(self) -> NDArray[np.intp]:
        """Rows of the catalogue that are meant, in its order."""
        n = self.dataset.n_objects
        if self.sample is None:
            return np.arange(n)
        drawn = np.random.default_rng(self.seed).choice(n, self.sample, replace=False)
        return np.sort(drawn).astype(np.intp)


def plan_features(
    dataset: Dataset,
    extractor: str,
    params: Mapping[str, Any],
    *,
    sample: int | None = None,
    seed: int = 0,
) -> FeaturePlan:
    """Check what is asked for and say what would be computed.

    Raises
    ------
    NotFoundError
        If there is no such extractor, or a setting names something that is not there.
    BadInputError
        If it cannot be used on this dataset, or a setting is wrong.
    """
    spec = EXTRACTORS.get(extractor)
    reason = spec.unavailable(dataset)
    if reason:
        raise BadInputError(f"{spec.label} cannot be computed for '{dataset.name}': {reason}")
    if sample is not None and sample < 1:
        raise BadInputError("A sample needs at least one galaxy", given=str(sample))
    settings = from_mapping(spec.params, params)
    if spec.settle is not None:
        settings = spec.settle(dataset, settings)
    recipe, notes = None, ()
    if spec.recipe is not None:
        recipe, notes = spec.recipe(dataset.recipe, settings, _sides(dataset))
    return FeaturePlan(
        dataset=dataset,
        spec=spec,
        params=settings,
        sample=sample if sample is not None and sample < dataset.n_objects else None,
        seed=seed,
        recipe=recipe,
        notes=notes,
    )


def _sides(dataset: Dataset) -> NDArray[np.int64]:
    frame = read_catalogue(dataset, ["width_px", "height_px"])
    sides: NDArray[np.int64] = frame.min(axis=1).dropna().to_numpy(dtype=np.int64)
    return sides
