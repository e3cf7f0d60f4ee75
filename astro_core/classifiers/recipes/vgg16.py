"""Project C: VGG-16 on ten classes, as it is with a new top, and fine-tuned."""

from dataclasses import replace

from astro_core.classifiers.networks.backbone import NOTHING
from astro_core.classifiers.networks.backbones import Vgg16Params
from astro_core.classifiers.recipes.galaxy10 import TRAINING
from astro_core.classifiers.registry import RECIPES, RecipeSpec

_REFERENCE = "Simonyan & Zisserman 2015 (ICLR, arXiv:1409.1556)"

for _name, _label, _description, _rate, _from in (
    (
        "frozen",
        "VGG-16, only its top learns",
        "What a network for everyday pictures sees, and two dense layers that learn galaxies.",
        3e-4,
        NOTHING,
    ),
    (
        "finetuned",
        "VGG-16, fine-tuned",
        "A network for everyday pictures that learns galaxies from its fifth block on.",
        1e-4,
        "block5",
    ),
):
    RECIPES.add(
        RecipeSpec(
            name=f"galaxy10-vgg16-{_name}",
            label=_label,
            description=_description,
            target="classes",
            model="vgg16",
            training=replace(TRAINING, learning_rate=_rate),
            network=Vgg16Params(trainable_from=_from, pooling="flatten", top=(64,)),
            project="C",
            reference=_REFERENCE,
        )
    )
