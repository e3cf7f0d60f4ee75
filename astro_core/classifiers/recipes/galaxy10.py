"""Project C: ten classes, and which parts of a network help: the rows of its ablation table."""

from dataclasses import replace

from astro_core.classifiers.networks.stack import StackParams
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

TRAINING = TrainingParams(
    size_px=69,
    epochs=60,
    batch_size=64,
    balance="partial",
    rotation_deg=40.0,
    shift=0.15,
    shear_deg=11.5,
    zoom=0.2,
    flip=True,
    stop_after=10,
    slow_after=4,
)
_SIMPLE = StackParams(
    filters=(32, 64), kernels=(3, 3), strides=(1, 1), pools=(2, 2), dense=(64,), padding="valid"
)
_BIGGER = StackParams(
    filters=(32, 64, 128, 128),
    kernels=(3, 3, 3, 3),
    strides=(1, 1, 1, 1),
    pools=(2, 2, 2, 2),
    dense=(512,),
    padding="valid",
)
_DROPOUT = {"dropout": 0.5}
_PENALTY = {"l1": 1e-5, "l2": 1e-4}
_NORM = {"batch_norm": True}

for _name, _label, _network in (
    ("simple", "Simple network", _SIMPLE),
    ("bigger", "Bigger network", _BIGGER),
    ("dropout", "Bigger, with dropout", replace(_BIGGER, **_DROPOUT)),
    ("dropout-bn", "Dropout, batch normalisation", replace(_BIGGER, **_DROPOUT, **_NORM)),
    ("dropout-l1l2", "Dropout, L1 and L2", replace(_BIGGER, **_DROPOUT, **_PENALTY)),
    ("bn-l1l2", "Batch normalisation, L1 and L2", replace(_BIGGER, **_NORM, **_PENALTY)),
    (
        "dropout-bn-l1l2",
        "Dropout, batch normalisation, L1 and L2",
        replace(_BIGGER, **_DROPOUT, **_NORM, **_PENALTY),
    ),
    (
        "small-tuned",
        "Small network for instruments",
        replace(_SIMPLE, filters=(16, 32), kernels=(5, 3), pools=(4, 4), dropout=0.3),
    ),
):
    RECIPES.add(
        RecipeSpec(
            name=f"galaxy10-{_name}",
            label=_label,
            description="On 69 px, with small classes filled part of the way and weights.",
            target="classes",
            model="stack",
            training=TRAINING,
            network=_network,
            project="C",
        )
    )
