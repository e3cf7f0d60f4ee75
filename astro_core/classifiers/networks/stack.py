"""Plain stacks of convolutions, as the five projects built them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.networks.heads import MOMENTUM, with_heads
from astro_core.classifiers.registry import MODELS, ModelSpec
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.params import param

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, kw_only=True)
class StackParams:
    """What a plain stack of convolutions consists of."""

    filters: tuple[int, ...] = param(
        (32, 64), label="Filters", minimum=1, maximum=2048, help="Of each convolution."
    )
    kernels: tuple[int, ...] = param(
        (3, 3), label="Kernels", minimum=1, maximum=31, unit="px", help="Side of each kernel."
    )
    strides: tuple[int, ...] = param(
        (1, 1), label="Strides", minimum=1, maximum=8, unit="px", help="Step of each convolution."
    )
    pools: tuple[int, ...] = param(
        (2, 2), label="Pooling", minimum=1, maximum=8, unit="px",
        help="Side of the maximum taken after each convolution; 1 takes none.",
    )  # fmt: skip
    padding: str = param(
        "same", label="Padding", choices=("same", "valid"), help="What happens at the edges."
    )
    dense: tuple[int, ...] = param(
        (128,), label="Dense", minimum=1, maximum=8192, help="Units of each layer after them."
    )
    dropout: float = param(
        0.0, label="Dropout", minimum=0.0, maximum=0.95,
        help="Share of inputs of the dense layers dropped in training.",
    )  # fmt: skip
    conv_dropout: float = param(
        0.0, label="Dropout after pooling", minimum=0.0, maximum=0.95,
        help="Share of the maps' values dropped in training.",
    )  # fmt: skip
    batch_norm: bool = param(
        False, label="Batch normalisation", help="After every convolution, before its ReLU."
    )
    l1: float = param(
        0.0, label="L1", minimum=0.0, maximum=1.0, help="Penalty on the size of the weights."
    )
    l2: float = param(
        0.0, label="L2", minimum=0.0, maximum=1.0, help="Penalty on the weights' squares."
    )


def _check(params: StackParams) -> None:
    lengths = {len(params.filters), len(params.kernels), len(params.strides), len(params.pools)}
    if len(lengths) != 1:
        raise BadInputError(
            "Filters, kernels, strides and pooling need one number for each convolution",
            expected=f"{len(params.filters)} of each",
            given=f"{len(params.kernels)} kernels, {len(params.strides)} strides, "
            f"{len(params.pools)} poolings",
        )


def build_stack_network(
    shape: tuple[int, int, int], heads: tuple[Head, ...], params: StackParams
) -> keras.Model:
    """Convolutions with ReLU and pooling, then dense layers.

    Raises
    ------
    BadInputError
        If the lists do not match, or the image is too small for so much pooling.
    """
    import keras

    _check(params)
    image = keras.Input(shape, name="image")
    x = keras.layers.Rescaling(1 / 255)(image)
    try:
        for place in range(len(params.filters)):
            x = _convolution(x, place, params)
        x = keras.layers.Flatten()(x)
    except ValueError as error:
        raise BadInputError(
            f"Images of {shape[0]} px are too small for this network: {error}",
            todo="Choose a larger image size or less pooling",
        ) from None
    for units in params.dense:
        x = _dropped(x, params.dropout)
        x = keras.layers.Dense(units, activation="relu", **_penalty(params))(x)
    return with_heads(image, _dropped(x, params.dropout), heads)


def _penalty(params: StackParams) -> dict[str, Any]:
    import keras

    if not params.l1 and not params.l2:
        return {}
    return {"kernel_regularizer": keras.regularizers.L1L2(params.l1, params.l2)}


def _dropped(x: keras.KerasTensor, share: float) -> keras.KerasTensor:
    import keras

    return keras.layers.Dropout(share)(x) if share else x


def _convolution(x: keras.KerasTensor, place: int, params: StackParams) -> keras.KerasTensor:
    import keras

    last = place == len(params.filters) - 1
    convolution = keras.layers.Conv2D(
        params.filters[place],
        params.kernels[place],
        strides=params.strides[place],
        padding=params.padding,
        use_bias=not params.batch_norm,
        name="last_conv" if last else f"conv_{place + 1}",
        **_penalty(params),
    )
    x = convolution(x)
    if params.batch_norm:
        x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
    x = keras.layers.Activation("relu", name=f"relu_{place + 1}")(x)
    if params.pools[place] > 1:
        x = keras.layers.MaxPooling2D(params.pools[place], name=f"pool_{place + 1}")(x)
    return _dropped(x, params.conv_dropout)


MODELS.add(
    ModelSpec(
        name="stack", label="Stack of convolutions", params=StackParams, build=build_stack_network
    )
)
