"""Ranges to begin a search with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from astro_core.classifiers.tuning.space import Dimension, Setting, parse
from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Ranges of settings, of which a recipe takes those that it has.

    Attributes
    ----------
    ranges : Mapping
        Name of a setting, without the place in a list, to what stands behind the equals sign.
    needs : str
        Name of a setting without which the preset says nothing.
    """

    name: str
    label: str
    description: str
    ranges: Mapping[str, str]
    needs: str = ""

    def dimensions(self, known: Mapping[str, Setting]) -> tuple[Dimension, ...]:
        """Return the ranges of those settings that there are; none where it does not fit."""
        names = {name.partition(".")[0] for name in known}
        if self.needs and self.needs not in names:
            return ()
        found = [
            (name, self.ranges[name.partition(".")[0]])
            for name in known
            if name.partition(".")[0] in self.ranges
        ]
        return tuple(parse(f"{name}={text}", known) for name, text in found)


PRESETS: Registry[Preset] = Registry("preset")

PRESETS.add(
    Preset(
        name="layers",
        label="Layers",
        description="Filters and kernels of each convolution, dense units and dropout: how large "
        "the network is. With two convolutions these are the six of the small network for "
        "instruments.",
        ranges={"filters": "8:64:8", "kernels": "3:7:2", "dense": "16:128:log", "dropout": "0:0.6"},
        needs="filters",
    )
)
PRESETS.add(
    Preset(
        name="general",
        label="Training",
        description="How it learns: learning rate, weight decay, label smoothing, dropout and "
        "width of a network; number and depth of the trees of a forest.",
        ranges={
            "learning_rate": "0.0001:0.01:log",
            "weight_decay": "1e-06:0.1:log",
            "label_smoothing": "0:0.2",
            "dropout": "0:0.7",
            "width": "8:48:8",
            "n_estimators": "50:500:log",
            "criterion": "entropy|gini",
            "max_features": "sqrt|log2",
            "max_depth": "4:32",
        },
    )
)


def first_preset(known: Mapping[str, Setting], recipe: str) -> str:
    """Name the preset to begin with: layers where the recipe is about them."""
    layers = PRESETS.get("layers").dimensions(known)
    return "layers" if layers and recipe.endswith("small-tuned") else "general"
