"""Project D: the 37 vote fractions of the Galaxy Zoo challenge."""

from dataclasses import replace

from astro_core.classifiers.networks.stack import StackParams
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

_TRAINING = TrainingParams(
    size_px=100,
    epochs=20,
    batch_size=100,
    optimiser="adamax",
    learning_rate=1e-3,
    rotation_deg=40.0,
    shift=0.15,
    shear_deg=11.5,
    zoom=0.2,
    flip=True,
)
CROPPED = replace(_TRAINING, crop_px=250, size_px=70)
_NETWORK = StackParams(
    filters=(32, 64, 128, 128),
    kernels=(3, 3, 3, 3),
    strides=(1, 1, 1, 1),
    pools=(2, 2, 2, 2),
    dense=(512,),
    dropout=0.5,
    padding="valid",
)

for _name, _label, _training, _network in (
    ("votes-cnn", "Votes from the whole image", _TRAINING, _NETWORK),
    ("votes-cnn-cropped", "Votes from the centre", CROPPED, _NETWORK),
    (
        "votes-cnn-variant",
        "Votes, two small dense layers",
        CROPPED,
        replace(_NETWORK, filters=(32, 96, 128, 128), dense=(64, 64)),
    ),
):
    RECIPES.add(
        RecipeSpec(
            name=_name,
            label=_label,
            description="Four convolutions and a sigmoid for each answer, squared error.",
            target="votes",
            model="stack",
            training=_training,
            network=_network,
            project="D",
        )
    )
