"""Project B: the kinds of Galaxy Zoo 2, as they come and balanced."""

from dataclasses import replace

from astro_core.classifiers.networks.stack import StackParams
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

_TRAINING = TrainingParams(crop_px=174, size_px=87, epochs=30, batch_size=64)
_NETWORK = StackParams(
    filters=(32, 64, 128),
    kernels=(3, 3, 3),
    strides=(1, 1, 1),
    pools=(2, 2, 2),
    dense=(128,),
    dropout=0.5,
)

RECIPES.add(
    RecipeSpec(
        name="gz2-cnn",
        label="Network on classes as they come",
        description="Three convolutions on the central 174 px; large classes dominate.",
        target="classes",
        model="stack",
        training=_TRAINING,
        network=_NETWORK,
        project="B",
    )
)
RECIPES.add(
    RecipeSpec(
        name="gz2-cnn-balanced",
        label="Network on 400 of each class",
        description="The same network; every class is cut or filled to 400 with turned copies.",
        target="classes",
        model="stack",
        training=replace(_TRAINING, balance="resample", balance_to=400, rotation_deg=180.0),
        network=_NETWORK,
        project="B",
    )
)
