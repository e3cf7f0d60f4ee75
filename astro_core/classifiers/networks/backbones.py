"""The networks of everyday pictures that there are: VGG-16, ResNet-50, EfficientNet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.networks.backbone import (
    EVERYTHING,
    FROM,
    NOTHING,
    Backbone,
    BackboneParams,
    build_backbone,
)
from astro_core.classifiers.networks.efficientnet_lite import efficientnet_lite0
from astro_core.classifiers.networks.published import EFFICIENTNET, LITE0, RESNET50, VGG16
from astro_core.classifiers.pretrained import FILE, NONE
from astro_core.classifiers.registry import MODELS, ModelSpec
from astro_core.params import param

if TYPE_CHECKING:
    import keras

_BLOCKS = ("stem", *(f"block{n}" for n in range(1, 8)))


@dataclass(frozen=True, kw_only=True)
class Vgg16Params(BackboneParams):
    """VGG-16 in five blocks."""

    trainable_from: str = param(
        "block5", label="Learns from", help=FROM,
        choices=(NOTHING, "block5", "block4", "block3", "block2", EVERYTHING),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Resnet50Params(BackboneParams):
    """ResNet-50 in five stages."""

    trainable_from: str = param(
        EVERYTHING, label="Learns from", help=FROM,
        choices=(NOTHING, "conv5", "conv4", "conv3", "conv2", EVERYTHING),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EfficientnetParams(BackboneParams):
    """EfficientNet in seven blocks, of eight sizes."""

    variant: str = param(
        "b7", label="Variant", choices=tuple(EFFICIENTNET),
        help="From b0, 4 million weights, to b7, 64 million.",
    )  # fmt: skip
    trainable_from: str = param(
        EVERYTHING, label="Learns from", help=FROM,
        choices=(NOTHING, "block7", "block6", "block5", "block4", "block3", "block2", EVERYTHING),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Lite0Params(BackboneParams):
    """EfficientNet-Lite0 in seven blocks: small, and without the parts that small devices lack."""

    weights: str = param(
        NONE, label="First weights", choices=(FILE, NONE),
        help="Those in a file, which tools/lite0_weights.py makes of the published ones; or none: "
        "then it learns from scratch.",
    )  # fmt: skip
    trainable_from: str = param(
        EVERYTHING, label="Learns from", help=FROM,
        choices=(NOTHING, *reversed(_BLOCKS[2:]), EVERYTHING),
    )  # fmt: skip


def _of_keras(name_of: Callable[[Any], str]) -> Callable[[tuple[int, int, int], str, Any], Any]:
    """Return what makes a network of ``keras.applications``, named there by the params."""

    def make(shape: tuple[int, int, int], name: str, params: BackboneParams) -> keras.Model:
        import keras

        network = getattr(keras.applications, name_of(params))
        return network(include_top=False, weights=None, input_shape=shape, name=name)

    return make


_BACKBONES = (
    (
        Backbone(
            layer="vgg16",
            stages=("block1", "block2", "block3", "block4", "block5"),
            caffe=True,
            published=lambda _: VGG16,
            make=_of_keras(lambda _: "VGG16"),
        ),
        "VGG-16",
        Vgg16Params,
        "block5_conv3",
        "Simonyan & Zisserman 2015 (ICLR, arXiv:1409.1556)",
    ),
    (
        Backbone(
            layer="resnet50",
            stages=("conv1", "conv2", "conv3", "conv4", "conv5"),
            caffe=True,
            published=lambda _: RESNET50,
            make=_of_keras(lambda _: "ResNet50"),
        ),
        "ResNet-50",
        Resnet50Params,
        "conv5_block3_out",
        "He et al. 2016 (CVPR, arXiv:1512.03385)",
    ),
    (
        Backbone(
            layer="efficientnet",
            stages=_BLOCKS,
            caffe=False,
            published=lambda params: EFFICIENTNET[params.variant],
            make=_of_keras(lambda params: f"EfficientNet{params.variant.upper()}"),
        ),
        "EfficientNet",
        EfficientnetParams,
        "top_activation",
        "Tan & Le 2019 (ICML, arXiv:1905.11946)",
    ),
    (
        Backbone(
            layer="efficientnet-lite0",
            stages=_BLOCKS,
            caffe=False,
            published=lambda _: LITE0,
            make=lambda shape, name, _: efficientnet_lite0(shape, name),
        ),
        "EfficientNet-Lite0",
        Lite0Params,
        "top_activation",
        "Tan & Le 2019 (ICML, arXiv:1905.11946), without squeeze-and-excitation, for small devices",
    ),
)

for _backbone, _label, _params, _last, _reference in _BACKBONES:
    MODELS.add(
        ModelSpec(
            name=_backbone.layer,
            label=_label,
            params=_params,
            build=partial(build_backbone, _backbone),
            first_weights=_backbone.first_weights,
            last_conv=f"{_backbone.layer}/{_last}",
            reference=_reference,
        )
    )
