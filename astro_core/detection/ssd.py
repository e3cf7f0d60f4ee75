"""The network that finds galaxies: MobileNetV2 and a single-shot detector's heads on it.

Sandler et al. 2018 (CVPR, arXiv:1801.04381) for the trunk, Liu et al. 2016 (ECCV,
arXiv:1512.02325) for the heads; coarse maps are added to the finer ones on the way, as in Lin
et al. 2017 (CVPR, arXiv:1612.03144), so that a small galaxy is told from a knot of a large one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from astro_core.detection.architectures import ARCHITECTURES, Architecture, detector
from astro_core.detection.ssd_anchors import PER_CELL, anchors

if TYPE_CHECKING:
    import keras

WIDTH = 0.35  # of MobileNetV2, the narrowest there is
_MAPS = (
    "block_3_expand_relu",
    "block_6_expand_relu",
    "block_13_expand_relu",
    "block_16_project_BN",
)
_CHANNELS = 48
_RARE = 0.01  # share of anchors that hold a galaxy, which the network starts from
_MOMENTUM = 0.97  # of the averages that stand in for a batch; Keras's 0.999 needs a long training


def build_ssd(size_px: int) -> keras.Model:
    """Return the detector with random first weights.

    Parameters
    ----------
    size_px : int
        Side of the windows it looks at, a multiple of 32.

    Returns
    -------
    keras.Model
        See `architectures.detector`.
    """
    import keras

    image = keras.Input((size_px, size_px, 3), name="image")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(image)
    trunk = _trunk(size_px)(scaled)
    scores, moves = zip(*(_head(x, i) for i, x in enumerate(_top_down(trunk))), strict=True)
    score, moved = (keras.layers.Concatenate(axis=1)(each) for each in (scores, moves))
    return detector(image, score, moved, anchors(size_px))


def _trunk(size_px: int) -> keras.Model:
    import keras

    whole = keras.applications.MobileNetV2(
        (size_px, size_px, 3), alpha=WIDTH, include_top=False, weights=None
    )
    for layer in whole.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = _MOMENTUM
    return keras.Model(whole.input, [whole.get_layer(name).output for name in _MAPS], name="trunk")


def _top_down(maps: Any) -> list[Any]:
    """Bring maps to one width, and add each coarse one to the next finer; finest first."""
    import keras

    merged: list[Any] = []
    for i in reversed(range(len(maps))):
        x = keras.layers.Conv2D(_CHANNELS, 1, name=f"lateral_{i}")(maps[i])
        if merged:
            x = keras.layers.Add()([x, keras.layers.UpSampling2D(2)(merged[0])])
        merged.insert(0, _block(x, f"merged_{i}"))
    return merged


def _block(x: Any, name: str) -> Any:
    import keras

    x = keras.layers.SeparableConv2D(_CHANNELS, 3, padding="same", use_bias=False, name=name)(x)
    x = keras.layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_norm")(x)
    return keras.layers.ReLU(6.0, name=f"{name}_relu")(x)


def _head(x: Any, level: int) -> tuple[Any, Any]:
    import keras

    x = _block(x, f"head_{level}")
    start = keras.initializers.Constant(-math.log((1 - _RARE) / _RARE))
    score = keras.layers.Conv2D(PER_CELL, 1, bias_initializer=start, name=f"score_{level}")(x)
    move = keras.layers.Conv2D(4 * PER_CELL, 1, name=f"move_{level}")(x)
    return keras.layers.Reshape((-1, 1))(score), keras.layers.Reshape((-1, 4))(move)


SSD = ARCHITECTURES.add(
    Architecture(
        name="ssd",
        label=f"MobileNetV2 (width {WIDTH}) with the heads of a single-shot detector",
        build=build_ssd,
        anchors=anchors,
        learning_rate=2e-3,
        reference="Liu et al. 2016, ECCV, arXiv:1512.02325 (SSD); Sandler et al. 2018, CVPR, "
        "arXiv:1801.04381 (MobileNetV2)",
    )
)
