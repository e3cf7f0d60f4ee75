"""A trained model with all that using it takes, in one folder.

``bundle.json`` says what it is and holds a checksum of every other file; ``model.keras`` or
``forest.skops`` are the weights. Neither is ever unpickled: Keras files load in safe mode, and
skops files with the few types that a forest consists of.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.predicting import embed, predict
from astro_core.domain import Head, Progress, RenderRecipe, no_progress
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workspace import publish, read_json, write_json

FORMAT = 1
INFO = "bundle.json"
KERAS = "model.keras"
FOREST = "forest.skops"
CARD = "card.md"
_MODELS = {"keras": KERAS, "forest": FOREST}


@dataclass(frozen=True, kw_only=True)
class BundleInfo:
    """What a model is and where it comes from, without its weights.

    Attributes
    ----------
    kind : "keras" or "forest"
    heads : tuple of Head
    render : RenderRecipe
        How an image has to be shown to the model.
    grey : bool
        Whether it takes the mean of the colours.
    views : int
        Turned and mirrored views whose answers it averages.
    embedding : str
        Layer whose output stands for a galaxy; empty where there is none.
    training : Mapping
        Recipe and settings that made it, as plain JSON values.
    calibration : Mapping
        Per head: temperature and conformal threshold, and on how many galaxies they were found.
    metrics : Mapping
        Scores by part, each with n.
    weights_from : str
        "scratch", or what its first weights were.
    """

    name: str
    kind: str
    heads: tuple[Head, ...]
    render: RenderRecipe
    grey: bool = False
    views: int = 1
    embedding: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = ""
    fingerprint: str = ""
    weights_from: str = "scratch"
    created_at: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def head(self, name: str) -> Head:
        """Return the head of that name.

        Raises
        ------
        NotFoundError
            If the model has none.
        """
        for head in self.heads:
            if head.name == name:
                return head
        raise NotFoundError(
            f"The model '{self.name}' has no head '{name}'",
            expected="one of " + ", ".join(head.name for head in self.heads),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"format": FORMAT, "render": self.render.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> BundleInfo:
        """Read what `to_json` wrote.

        Raises
        ------
        BadInputError
            If it is of another format, or not a bundle's description at all.
        """
        values = dict(value)
        if values.pop("format", None) != FORMAT:
            raise BadInputError(
                "This model was written in a format that this version cannot read",
                expected=f"format {FORMAT}",
                given=str(value.get("format")),
            )
        try:
            values["heads"] = tuple(_head(h) for h in values["heads"])
            values["render"] = RenderRecipe.from_json(values["render"])
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise BadInputError(f"The description of this model is broken: {error}") from None


def _head(value: Mapping[str, Any]) -> Head:
    return Head(
        name=str(value["name"]),
        kind=value["kind"],
        outputs=tuple(value["outputs"]),
        mirror=tuple(value["mirror"]),
        questions=tuple(tuple(q) for q in value["questions"]),
    )


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_bundle(folder: Path, model: Any, info: BundleInfo) -> BundleInfo:
    """Write a model as a bundle, whole or not at all.

    Parameters
    ----------
    folder : Path
        Replaced if it is there.
    model : keras.Model or RandomForestClassifier

    Returns
    -------
    BundleInfo
        With the checksums.
    """
    made = folder.with_name(f"{folder.name}-half")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    path = made / _MODELS[info.kind]
    if info.kind == "keras":
        model.save(path)
    else:
        from astro_core.classifiers.forest import save_forest

        save_forest(model, path)
    whole = replace(info, files={path.name: checksum(path)})
    write_json(made / INFO, whole.to_json())
    publish(made, folder)
    return whole


def read_info(folder: Path) -> BundleInfo:
    """Read what a bundle says of itself.

    Raises
    ------
    NotFoundError
        If there is no bundle.
    BadInputError
        If its description is broken.
    """
    try:
        value = read_json(folder / INFO)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"There is no model in '{folder.name}'") from None
    except ValueError:
        raise BadInputError("The description of this model is broken") from None
    if not isinstance(value, dict):
        raise BadInputError("The description of this model is broken")
    return BundleInfo.from_json(value)


@dataclass(frozen=True)
class Bundle:
    """A model that is ready to answer."""

    info: BundleInfo
    model: Any

    def predict(
        self,
        pixels: NDArray[np.uint8],
        *,
        views: int | None = None,
        progress: Progress = no_progress,
    ) -> dict[str, NDArray[np.float32]]:
        """Return the answers of every head; images as the bundle's render recipe makes them.

        Parameters
        ----------
        pixels : array of uint8, shape (n, size, size, 3)
        views : int, optional
            Instead of the bundle's own.

        Raises
        ------
        BadInputError
            If the images have another size.
        """
        self._check(pixels)
        n_views = self.info.views if views is None else views
        if self.info.kind == "forest":
            from astro_core.classifiers.forest import predict_forest

            return {self.info.heads[0].name: predict_forest(self.model, pixels, self.info.heads[0])}
        return predict(
            self.model,
            pixels,
            self.info.heads,
            grey=self.info.grey,
            views=n_views,
            progress=progress,
        )

    def embed(
        self, pixels: NDArray[np.uint8], progress: Progress = no_progress
    ) -> NDArray[np.float32]:
        """Return the vector that stands for each galaxy, shape (n, width).

        Raises
        ------
        BadInputError
            If the images have another size, or the model has no such vector.
        """
        self._check(pixels)
        if not self.info.embedding:
            raise BadInputError(
                f"The model '{self.info.name}' gives no vectors", todo="Choose a network"
            )
        return embed(
            self.model, self.info.embedding, pixels, grey=self.info.grey, progress=progress
        )

    def _check(self, pixels: NDArray[np.uint8]) -> None:
        size = self.info.render.size_px
        if pixels.shape[1:] != (size, size, 3):
            raise BadInputError(
                "These images are not as the model takes them",
                expected=f"{size} x {size} px in three colours",
                given=f"an array of shape {pixels.shape}",
            )


def load_bundle(folder: Path) -> Bundle:
    """Load a model.

    Raises
    ------
    NotFoundError
        If there is no bundle.
    BadInputError
        If a file was changed since it was saved, or cannot be loaded safely.
    """
    info = read_info(folder)
    name = _MODELS.get(info.kind, "")
    path = folder / name
    if not name or not path.is_file():
        raise BadInputError(f"The model '{info.name}' lacks its weights")
    if info.files.get(name) != checksum(path):
        raise BadInputError(
            f"'{name}' of the model '{info.name}' is not what was saved",
            todo="Import the model again from where it came",
        )
    return Bundle(info, _load(path, info))


def _load(path: Path, info: BundleInfo) -> Any:
    if info.kind == "forest":
        from astro_core.classifiers.forest import load_forest

        return load_forest(path, info.heads[0])
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise BadInputError(
            f"The model '{info.name}' cannot be loaded safely: {str(error).splitlines()[0]}"
        ) from None
