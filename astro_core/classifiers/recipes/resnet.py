"""Project D: ResNet-50 on the 37 vote fractions."""

from astro_core.classifiers.networks.backbones import Resnet50Params
from astro_core.classifiers.recipes.votes import CROPPED
from astro_core.classifiers.registry import RECIPES, RecipeSpec

RECIPES.add(
    RecipeSpec(
        name="votes-resnet50",
        label="Votes from ResNet-50",
        description="A network for everyday pictures, 512 units on it, a sigmoid for each answer.",
        target="votes",
        model="resnet50",
        training=CROPPED,
        network=Resnet50Params(top=(512,), dropout=0.5),
        project="D",
        reference="He et al. 2016 (CVPR, arXiv:1512.03385)",
    )
)
