"""Project A: what kind of object is this? A small network against a random forest."""

from astro_core.classifiers.forest import ForestParams
from astro_core.classifiers.networks.stack import StackParams
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

RECIPES.add(
    RecipeSpec(
        name="astrodetector-cnn",
        label="Small network on grey images",
        description="Three convolutions on grey images of 100 px, classes limited to 300.",
        target="classes",
        model="stack",
        training=TrainingParams(
            size_px=100,
            grey=True,
            epochs=80,
            batch_size=32,
            balance="limit",
            balance_to=300,
        ),
        network=StackParams(
            filters=(16, 32, 32),
            kernels=(5, 3, 3),
            strides=(2, 1, 1),
            pools=(2, 1, 1),
            padding="valid",
            dense=(128,),
            dropout=0.5,
        ),
        project="A",
    )
)
RECIPES.add(
    RecipeSpec(
        name="astrodetector-forest",
        label="Random forest on grey images",
        description="Trees on the grey values of 100 px images, classes limited to 300.",
        target="classes",
        model="forest",
        training=TrainingParams(size_px=100, grey=True, balance="limit", balance_to=300),
        network=ForestParams(),
        project="A",
        reference="Breiman 2001 (Machine Learning 45, 5)",
    )
)
