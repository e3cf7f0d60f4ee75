"""Our own: a compact residual network that sees a galaxy from all sides at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from astro_core.classifiers.networks.heads import MOMENTUM, with_heads
from astro_core.classifiers.registry import MODELS, ModelSpec
from astro_core.domain import Head
from astro_core.params import param

if TYPE_CHECKING:
    import keras


_DARKEST = 0.01  # keeps the root's slope finite on black sky


@dataclass(frozen=True, kw_only=True)
class ForkParams:
    """How large the network is."""

    width: int = param(
        20, label="Width", minimum=4, maximum=256, help="Maps of the first stage; doubles in each."
    )
    stages: int = param(
        4, label="Stages", minimum=1, maximum=6, help="Each halves the image's side."
    )
    blocks: int = param(1, label="Blocks", minimum=1, maximum=8, help="Residual blocks a stage.")
    dropout: float = param(
        0.2, label="Dropout", minimum=0.0, maximum=0.9, help="Before the last layer, in training."
    )


def build_fork(
    shape: tuple[int, int, int], heads: tuple[Head, ...], params: ForkParams
) -> keras.Model:
    """Residual stages in the form of He et al. 2016 (ECCV, "Identity mappings"), small.

    The root of the brightness comes first: faint arms lie close to the sky in a display image, and
    photon noise is even on that scale. The mean and the maximum over the whole image close the
    trunk, so that where a galaxy lies in the frame matters little.
    """
    import keras

    layers = keras.layers
    image = keras.Input(shape, name="image")
    light = keras.ops.sqrt(layers.Rescaling(1 / 255, offset=_DARKEST)(image))
    x = layers.BatchNormalization(momentum=MOMENTUM)(light)
    x = layers.Conv2D(params.width, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    for stage in range(params.stages):
        for block in range(params.blocks):
            step = 2 if stage and not block else 1
            x = _block(x, params.width * 2**stage, step, f"stage{stage + 1}_{block + 1}")
    x = layers.BatchNormalization(momentum=MOMENTUM)(x)
    x = layers.Activation("relu", name="last_conv")(x)
    pooled = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    trunk = layers.Dropout(params.dropout)(layers.Concatenate()(pooled))
    return with_heads(image, trunk, heads, by_question=True)


def _block(x: keras.KerasTensor, filters: int, step: int, name: str) -> keras.KerasTensor:
    import keras

    layers = keras.layers
    before = layers.Activation("relu")(layers.BatchNormalization(momentum=MOMENTUM)(x))
    shortcut = x
    if step > 1 or x.shape[-1] != filters:
        narrowed = layers.AveragePooling2D(step, padding="same")(before) if step > 1 else before
        shortcut = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_short")(narrowed)
    y = layers.Conv2D(filters, 3, strides=step, padding="same", use_bias=False, name=f"{name}_a")(
        before
    )
    y = layers.Activation("relu")(layers.BatchNormalization(momentum=MOMENTUM)(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_b")(y)
    return layers.Add(name=name)([shortcut, y])


MODELS.add(
    ModelSpec(
        name="fork",
        label="Compact residual network",
        params=ForkParams,
        build=build_fork,
        reference="He et al. 2016 (ECCV 9908, 630)",
    )
)
