"""A named survey or sample, and what reading one galaxy of it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain.recipe import RenderRecipe
from astro_core.domain.taxonomy import Taxonomy

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong with one object or file, found while reading."""

    object_id: str
    file: str
    reason: str

    def in_words(self) -> str:
        """Return the reason, after the file's name where it does not name the file itself."""
        return self.reason if self.file in self.reason else f"{self.file}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class ImagePart:
    """Images that came in together and are read in one way.

    Attributes
    ----------
    layout : str
        Name in the registry of image layouts.
    root : str
        Absolute folder, or one relative to the dataset's own folder. No file outside is read.
    bands : tuple of str
        Bands that the layout gives, shortest wavelength first.
    options : Mapping
        What the layout needs beyond that, as plain JSON values.
    """

    layout: str
    root: str
    bands: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a dataset came from."""

    reader: str
    location: str
    imported_at: str
    simulated: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A named survey or sample; its catalogue and images are read lazily by `datasets`.

    The catalogue has one row per object with at least object_id, part, file, row, label,
    split, group, ra_deg, dec_deg, content and duplicate_of; see ``datasets.catalogue``.

    Attributes
    ----------
    folder : Path
        The dataset's own folder in the workspace.
    bands : tuple of str
        Bands that every part has.
    fingerprint : str
        Hash of objects, labels, splits and image contents: changes when any of them does.
    n_bad : int
        Objects that were left out at import, each named in the problems table.
    pixel_scale_arcsec : float or None
        Arcsec per pixel of the stored images where it is known and the same for all.
    """

    name: str
    folder: Path
    parts: tuple[ImagePart, ...]
    bands: tuple[str, ...]
    taxonomy: Taxonomy
    source: Source
    fingerprint: str
    n_objects: int
    n_bad: int
    class_counts: Mapping[str, int]
    pixel_scale_arcsec: float | None = None
    recipe: RenderRecipe = field(default_factory=RenderRecipe)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; the folder is not among them."""
        value = asdict(self)
        del value["folder"]
        value["taxonomy"] = self.taxonomy.to_json()
        value["recipe"] = self.recipe.to_json()
        value["class_counts"] = dict(self.class_counts)
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any], folder: Path) -> Dataset:
        """Read what `to_json` wrote."""
        values = dict(value)
        values["parts"] = tuple(
            ImagePart(**{**p, "bands": tuple(p["bands"])}) for p in values["parts"]
        )
        values["bands"] = tuple(values["bands"])
        values["taxonomy"] = Taxonomy.from_json(values["taxonomy"])
        values["source"] = Source(**{**values["source"], "notes": tuple(values["source"]["notes"])})
        values["recipe"] = RenderRecipe.from_json(values["recipe"])
        return cls(folder=folder, **values)


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """The pixels of one object.

    Attributes
    ----------
    values : array, shape (n_bands, height, width)
        Read-only; uint8 when `display`, else float32 in `unit` with NaN where there is no data.
    display : bool
        True for pictures, whose bands are display colours already.
    wcs : Mapping
        FITS header cards of the celestial WCS; empty when there is none.
    """

    object_id: str
    bands: tuple[str, ...]
    values: NDArray[Any]
    display: bool
    unit: str = ""
    pixel_scale_arcsec: float | None = None
    wcs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = np.asarray(self.values).view()
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def band(self, name: str) -> NDArray[Any]:
        """One band, shape (height, width)."""
        plane: NDArray[Any] = self.values[self.bands.index(name)]
        return plane
