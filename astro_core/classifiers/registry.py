"""Models that can be built, and recipes: a model with the settings that a project used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.pretrained import FirstWeights
from astro_core.classifiers.settings import TrainingParams
from astro_core.domain import Head
from astro_core.registry import Registry

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A model that someone can train. It has either `build` or `fit`.

    Attributes
    ----------
    params : type
        Dataclass of the model's own settings.
    build : callable or None
        ``build(shape, heads, params)`` with shape (height, width, channels) gives a model whose
        input is raw pixels from 0 to 255 (its preprocessing is inside) and whose outputs are a
        dictionary by the heads' names.
    fit : callable or None
        ``fit(training, validation, training_params, params, progress, on_step, folder=)`` gives a
        model that is no network, with ``predict_on_batch`` like one, and its history; what it
        keeps to be taken up again is in the folder.
    kind : "keras", "forest" or "ensemble"
        How its bundle is written.
    obeys : tuple of str
        Names of the training settings that change anything; empty for all of them.
    first_weights : callable or None
        From the params to where its first weights come from, one for each network in it; None
        where all are drawn at random.
    last_conv : str
        Name of the last convolutional layer, which activation maps are taken from; one inside a
        network that is a layer itself is "layer/inner".
    embedding : str
        Name of the layer whose output stands for a galaxy.
    reference : str
        Paper or source.
    """

    name: str
    label: str
    params: type
    build: Callable[[tuple[int, int, int], tuple[Head, ...], Any], keras.Model] | None = None
    fit: Callable[..., Any] | None = None
    kind: str = "keras"
    obeys: tuple[str, ...] = ()
    first_weights: Callable[[Any], tuple[FirstWeights, ...]] | None = None
    last_conv: str = "last_conv"
    embedding: str = "embedding"
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class RecipeSpec:
    """A named, runnable configuration.

    Attributes
    ----------
    label, description : str
        What it is, in a few words and in a sentence.
    target : "classes", "binary", "votes" or "both"
        What it learns; "both" takes of classes and votes what a dataset has.
    model : str
        Name of a model.
    training : TrainingParams
        The recipe's own values.
    network : dataclass
        Settings of the model.
    project : str
        Where it comes from: A to E of the five projects, or "ours".
    reference : str
        Paper or source.
    """

    name: str
    label: str
    description: str
    target: str
    model: str
    training: TrainingParams
    network: Any
    project: str
    reference: str = ""


MODELS: Registry[ModelSpec] = Registry("model")
RECIPES: Registry[RecipeSpec] = Registry("recipe")
