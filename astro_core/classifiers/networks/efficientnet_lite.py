"""EfficientNet-Lite0: EfficientNet-B0 without squeeze-and-excitation, with ReLU6 for swish.

Keras has none of the Lite networks. Layers are named as Keras names those of EfficientNet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

# Blocks, side of the kernel, step, widening, maps: of each of the seven stages.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM, _TOP = 32, 1280
_LETTERS = "abcd"


def efficientnet_lite0(shape: tuple[int, int, int], name: str) -> keras.Model:
    """Return the network without its top, its weights drawn at random.

    It takes pixels from 0 to 255. See Tan & Le 2019 (ICML, arXiv:1905.11946) and the authors'
    "Higher accuracy on vision models with EfficientNet-Lite" (2020).
    """
    import keras

    image = keras.Input(shape)
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="rescaling")(image)
    x = keras.layers.Conv2D(_STEM, 3, strides=2, padding="same", use_bias=False, name="stem_conv")(
        x
    )
    x = _normal(x, "stem_bn", "stem_activation")
    for stage, (blocks, kernel, step, widening, maps) in enumerate(STAGES, start=1):
        for letter in _LETTERS[:blocks]:
            x = _block(x, f"block{stage}{letter}_", kernel, step, widening, maps)
            step = 1  # noqa: PLW2901 - only the first block of a stage halves the image
    x = keras.layers.Conv2D(_TOP, 1, use_bias=False, name="top_conv")(x)
    return keras.Model(image, _normal(x, "top_bn", "top_activation"), name=name)


def _normal(x: keras.KerasTensor, name: str, activation: str = "") -> keras.KerasTensor:
    import keras

    x = keras.layers.BatchNormalization(epsilon=1e-3, name=name)(x)
    return keras.layers.ReLU(6.0, name=activation)(x) if activation else x


def _block(
    x: keras.KerasTensor, name: str, kernel: int, step: int, widening: int, maps: int
) -> keras.KerasTensor:
    """Widen, filter each map by itself, narrow (Sandler et al. 2018, CVPR, MobileNetV2)."""
    import keras

    layers, inside = keras.layers, x
    if widening > 1:
        wide = layers.Conv2D(x.shape[-1] * widening, 1, use_bias=False, name=f"{name}expand_conv")
        inside = _normal(wide(x), f"{name}expand_bn", f"{name}expand_activation")
    inside = layers.DepthwiseConv2D(
        kernel, strides=step, padding="same", use_bias=False, name=f"{name}dwconv"
    )(inside)
    inside = _normal(inside, f"{name}bn", f"{name}activation")
    narrow = layers.Conv2D(maps, 1, use_bias=False, name=f"{name}project_conv")
    inside = _normal(narrow(inside), f"{name}project_bn")
    if step == 1 and x.shape[-1] == maps:
        return layers.Add(name=f"{name}add")([inside, x])
    return inside
