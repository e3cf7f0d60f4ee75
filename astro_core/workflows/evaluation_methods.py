"""What was done, in a paragraph that could stand in a paper."""

from __future__ import annotations

from html import escape
from typing import Any

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.registry import RECIPES
from astro_core.params import describe
from astro_core.workflows.answer_files import FOLDS, JUDGE
from astro_core.workflows.evaluation_report import Told
from astro_core.workflows.training_compare import written

_PACKAGES = ("tensorflow", "keras", "scikit-learn", "numpy", "pandas")


def methods(told: Told) -> str:
    """HTML of the paragraph, and of all settings."""
    said = (_data(told), _model(told), _training(told), _calibration(told), _scores(told))
    text = " ".join(sentence for sentence in said if sentence)
    return f"<p>{escape(text)}</p>{_settings(told)}"


def _data(told: Told) -> str:
    source = told.dataset.source
    kind = "simulated galaxies" if source.simulated else "galaxies"
    on = told.info.dataset
    apart = f" It was trained on {on}." if told.run.kind == JUDGE and on else ""
    return (
        f"The dataset {told.dataset.name} has {told.dataset.n_objects:,} {kind}; galaxies of one "
        f"group or with the same picture are on one side of every split.{apart}"
    )


def _model(told: Told) -> str:
    info = told.info
    name = str(info.training.get("recipe", ""))
    label = RECIPES.get(name).label if name in RECIPES else name or told.model
    views = f", the mean of {info.views} turned and mirrored views" if info.views > 1 else ""
    colour = "grey" if info.grey else "colour"
    crop = f" cut to {info.render.crop_px} px and" if info.render.crop_px else ""
    return (
        f"The model ({label}; {_first_weights(info.weights_from)}) sees {colour} images"
        f"{crop} drawn at {info.render.size_px} px{views}."
    )


def _first_weights(name: str) -> str:
    return "trained from scratch" if name in ("", "scratch") else f"first weights: {name}"


def _training(told: Told) -> str:
    state = told.training
    if state is None:
        return ""
    asked = state.training
    ran = f"It was trained for {state.epochs_done} epochs"
    best = f"; epoch {state.best_epoch} had the lowest validation loss" if state.best_epoch else ""
    way = f", seed {asked['seed']}" if "seed" in asked else ""
    return f"{ran}{best}{way}. Augmentation and resampling touched the training part alone."


def _calibration(told: Told) -> str:
    found = told.info.calibration.get(told.head.name, {})
    if told.head.kind == "votes":
        return ""
    if told.run.kind == FOLDS:
        return "Each fold fitted a temperature on a calibration part of its own (Guo et al. 2017)."
    if "temperature" not in found:
        return "Probabilities are not calibrated: the calibration part was too small."
    return (
        f"Probabilities are calibrated with a temperature of {found['temperature']:.2f} (Guo et "
        f"al. 2017), fitted on {found['n_temperature']:,} galaxies of the calibration part, which "
        "served neither for stopping nor for choosing; prediction sets (Sadinle et al. 2019) were "
        f"fitted on its other {found['n_sets']:,}."
    )


def _scores(told: Told) -> str:
    if told.head.kind == "votes":
        return (
            "RMSE is over all galaxies and answers at once, as in the Galaxy Zoo challenge, beside "
            "that of always predicting the mean fractions."
        )
    return (
        "Intervals hold 95 %: of scores and areas from galaxies drawn with replacement (Efron "
        "1979), of shares after Wilson (1927). An answer is undefined below a probability of 0.75."
    )


def _settings(told: Told) -> str:
    versions = {k: v for k, v in told.info.versions.items() if k in _PACKAGES or k == "python"}
    used = ", ".join(f"{name} {value}" for name, value in versions.items())
    asked: dict[str, Any] = dict(told.info.training.get("training", {}))
    asked |= dict(told.info.training.get("network", {}))
    labels = _labels(str(told.info.training.get("recipe", "")))
    listed = " · ".join(f"{labels.get(k, k)} {written(v)}" for k, v in asked.items())
    return f'<p class="soft">{escape(listed)}</p><p class="soft">{escape(used)}</p>'


def _labels(recipe: str) -> dict[str, str]:
    if recipe not in RECIPES:
        return {}
    spec = RECIPES.get(recipe)
    return {info.name: info.label for info in (*describe(spec.training), *describe(spec.network))}
