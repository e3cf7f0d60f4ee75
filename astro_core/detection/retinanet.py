"""RetinaNet as KerasHub builds it (an extra), to compare the single-shot detector with.

Lin et al. 2017 (ICCV, arXiv:1708.02002): two subnets look at all maps of a feature pyramid.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.detection.architectures import ARCHITECTURES, Architecture, detector

if TYPE_CHECKING:
    import keras

_FINEST, _COARSEST = 3, 6  # maps with a cell for every 8, 16, 32 and 64 px
_SIZE = 1.0  # of the smallest anchors of a map, in its cells
_SCALES, _RATIOS = 3, (0.5, 1.0, 2.0)
_DEEP = 2  # layers of a subnet; the paper has four for pictures of 600 px and more
_RARE = 0.01  # share of anchors that hold a galaxy, which the network starts from


def build_retinanet(size_px: int) -> keras.Model:
    """Return the detector with random first weights: RetinaNet on a residual net of ten layers.

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
    from keras_hub import models

    shape = (size_px, size_px, 3)
    trunk = models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 64, 64, 64],
        stackwise_num_blocks=[1, 1, 1, 1],
        stackwise_num_strides=[1, 2, 2, 2],
        block_type="basic_block",
        image_shape=shape,
    )
    pyramid = models.RetinaNetBackbone(
        trunk, min_level=_FINEST, max_level=_COARSEST, use_p5=True, image_shape=shape
    )
    whole = models.RetinaNetObjectDetector(
        pyramid,
        num_classes=1,
        bounding_box_format="xyxy",
        anchor_generator=_generator(),
        pre_logits_num_conv_layers=_DEEP,
        use_prediction_head_norm=True,  # it learns from scratch
    )
    _begin(whole.box_head, 0.0)
    _begin(whole.classification_head, -math.log((1 - _RARE) / _RARE))
    image = keras.Input(shape, name="image")
    told = whole(keras.layers.Rescaling(1 / 127.5, offset=-1.0)(image))
    return detector(image, told["cls_logits"], told["bbox_regression"], anchors(size_px))


def _begin(head: Any, bias: float) -> None:
    """Give a subnet the first weights of the paper.

    KerasHub 0.32 draws five times larger ones, and starts the boxes instead of the scores from how
    rare things are.
    """
    import keras

    last = head.prediction_layer
    last.kernel_initializer = keras.initializers.RandomNormal(stddev=0.01)
    last.kernel.assign(last.kernel_initializer(last.kernel.shape))
    last.bias.assign(np.full(last.bias.shape, bias))


@cache
def anchors(size_px: int) -> NDArray[np.float32]:
    """Anchors of a window, map by map: x0, y0, x1, y1 in px, shape (n, 4)."""
    image = np.zeros((size_px, size_px, 3), dtype=np.float32)
    found = np.concatenate([np.asarray(level) for level in _generator()(image).values()])
    found.flags.writeable = False
    return found


def _generator() -> Any:
    from keras_hub import layers

    return layers.AnchorGenerator(
        "xyxy",
        min_level=_FINEST,
        max_level=_COARSEST,
        num_scales=_SCALES,
        aspect_ratios=list(_RATIOS),
        anchor_size=_SIZE,
    )


ARCHITECTURES.add(
    Architecture(
        name="retinanet",
        label="RetinaNet (KerasHub) on a residual net of ten layers",
        build=build_retinanet,
        anchors=anchors,
        learning_rate=2e-4,
        reference="Lin et al. 2017, ICCV, arXiv:1708.02002; He et al. 2016, CVPR, arXiv:1512.03385",
        extra="retinanet",
        package="keras_hub",
    )
)
