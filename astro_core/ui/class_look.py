"""How the classes of a dataset look on a page, and which galaxy has which."""

from __future__ import annotations

from collections.abc import Sequence

from astro_core.domain import Dataset
from astro_core.figures.theme import class_colours, class_letters
from astro_core.ui import cached


class ClassLook:
    """For what a page tells of itself, as `cluster_act.Shown` wants it."""

    dataset: Dataset

    @property
    def colours(self) -> dict[str, str]:
        """Colour of each class."""
        return class_colours(self.dataset.taxonomy)

    @property
    def letters(self) -> dict[str, str]:
        """Letter of each class."""
        return class_letters(self.dataset.taxonomy)

    def labels_of(self, object_ids: Sequence[str]) -> list[str | None]:
        """Class of each of these objects, as people said; None where nobody did."""
        view = cached.view(self.dataset)
        codes, names = view.codes("label")
        rows = view.rows_of(object_ids)
        return [names[codes[r]] if r >= 0 and codes[r] >= 0 else None for r in rows]
