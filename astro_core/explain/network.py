"""A network opened up: every layer's output at hand, backbones within it included.

A backbone in a network is one layer to Keras, whose inner outputs belong to a graph of their own.
Here the same layers, with the same weights, are called once more on one input, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.feeding import as_input
from astro_core.domain import Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.explain.layers import CONVOLUTIONS, POOLINGS

if TYPE_CHECKING:
    import keras

_SQUASHED = ("softmax", "sigmoid")
_LEAST = 1e-30


@dataclass(frozen=True, eq=False)
class Network:
    """A network with all that is inside it.

    Attributes
    ----------
    image : tensor, shape (batch, size, size, channels)
        Its input, pixels from 0 to 255.
    taps : dict of str to tensor
        Output of each layer in the order of calling; one in a backbone is named
        "backbone/layer".
    layers : dict of str to layer
    answers : dict of str to tensor
        By the heads' names, as the network gives them.
    scores : dict of str to tensor
        The same before softmax or sigmoid, where those come last; there a sure answer still has
        a gradient. Elsewhere the logarithm of the answer.
    """

    image: keras.KerasTensor
    taps: dict[str, keras.KerasTensor]
    layers: dict[str, keras.Layer]
    answers: dict[str, keras.KerasTensor]
    scores: dict[str, keras.KerasTensor]

    @property
    def grey(self) -> bool:
        """Whether it takes one channel."""
        return int(self.image.shape[-1]) == 1

    @property
    def size(self) -> int:
        """Side of its images in px."""
        return int(self.image.shape[1])

    def feed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return images as the network takes them."""
        return as_input(np.asarray(pixels), grey=self.grey)

    def tap(self, layer: str) -> keras.KerasTensor:
        """Return the output of a layer that has maps.

        Raises
        ------
        NotFoundError
            If there is no such layer.
        BadInputError
            If its output are no maps.
        """
        if layer not in self.taps:
            raise NotFoundError(
                f"The network has no layer '{layer}'",
                expected="one of " + ", ".join(self.mapped_layers()),
            )
        tensor = self.taps[layer]
        if len(tensor.shape) != 4:
            raise BadInputError(
                f"The layer '{layer}' gives no maps", expected="a convolution or a pooling"
            )
        return tensor

    def mapped_layers(self) -> tuple[str, ...]:
        """Names of the convolutions and poolings, in the order of calling."""
        kinds = (*CONVOLUTIONS, *POOLINGS)
        return tuple(name for name, layer in self.layers.items() if type(layer).__name__ in kinds)

    def last_conv(self) -> str:
        """Name of the layer that activation maps are taken from by default.

        Raises
        ------
        BadInputError
            If the network has no convolution.
        """
        named = [name for name in self.taps if name.rpartition("/")[2] == "last_conv"]
        found = named or [
            name for name, layer in self.layers.items() if type(layer).__name__ in CONVOLUTIONS
        ]
        if not found:
            raise BadInputError("The network has no convolution whose maps could be shown")
        return found[-1]

    def rectified(self, layer: str) -> str:
        """Name of the layer behind a convolution and its normalisation that rectifies its maps.

        Activation maps are defined on maps that say "here it is" and not "here it is not". Where
        none follows directly, the layer itself.
        """
        import keras

        passed = (
            keras.layers.Activation,
            keras.layers.BatchNormalization,
            keras.layers.LayerNormalization,
            keras.layers.ReLU,
        )
        followers = [name for name, t in self.taps.items() if _is_fed(t, self.taps[layer])]
        if len(followers) != 1 or not isinstance(self.layers[followers[0]], passed):
            return layer
        return self.rectified(followers[0])


def open_network(model: keras.Model) -> Network:
    """Lay a network open. It shares its weights with `model`, which is not changed.

    Parameters
    ----------
    model : keras.Model
        With one image as input and a dictionary of answers as output.
    """
    import keras

    taps: dict[str, Any] = {}
    layers: dict[str, Any] = {}
    image = keras.Input(model.inputs[0].shape[1:], name="looked_at")
    answers = dict(_replay(model, image, "", taps, layers))
    return Network(
        image=image,
        taps=taps,
        layers=layers,
        answers=answers,
        scores={name: _score(tensor) for name, tensor in answers.items()},
    )


def _replay(
    model: keras.Model, inputs: Any, prefix: str, taps: dict[str, Any], layers: dict[str, Any]
) -> Any:
    """Call every layer of a graph on new inputs, noting what comes out; graphs within it too.

    `keras.models.clone_model` walks a graph in this way too, but gives what it made of a graph
    within another an input of its own.
    """
    import keras

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        name = f"{prefix}{layer.name}"
        if isinstance(layer, keras.Model):
            return _replay(layer, args[0], f"{name}/", taps, layers)
        layers[name] = layer
        taps[name] = layer(*args, **kwargs)
        return taps[name]

    return model._run_through_graph(inputs, operation_fn=lambda layer: layer, call_fn=call)


def _sources(tensor: keras.KerasTensor) -> Sequence[keras.KerasTensor]:
    """Tensors that the layer behind a tensor was called on."""
    layer = tensor._keras_history.operation
    sources: Sequence[keras.KerasTensor] = layer._inbound_nodes[
        tensor._keras_history.node_index
    ].input_tensors
    return sources


def _is_fed(tensor: keras.KerasTensor, source: keras.KerasTensor) -> bool:
    return any(given is source for given in _sources(tensor))


def _score(answer: keras.KerasTensor) -> keras.KerasTensor:
    """Return what the last softmax or sigmoid was applied to, else the answer's logarithm."""
    import keras

    layer, given = answer._keras_history.operation, _sources(answer)
    kind = getattr(getattr(layer, "activation", None), "__name__", "")
    if isinstance(layer, keras.layers.Dense) and kind in _SQUASHED:
        return _linear_twin(layer)(given[0])
    if isinstance(layer, keras.layers.Activation) and kind in (*_SQUASHED, "linear"):
        return given[0] if kind in _SQUASHED else _score(given[0])
    if isinstance(layer, keras.layers.Concatenate):
        joined = keras.layers.Concatenate(name=f"{layer.name}_before")  # see `_linear_twin`
        return joined([_score(part) for part in given])
    return keras.ops.log(keras.ops.maximum(answer, _LEAST))


def _linear_twin(layer: keras.layers.Dense) -> keras.layers.Dense:
    import keras

    # A name that Keras makes up may be one of the network's own.
    name = f"{layer.name}_before_{layer.activation.__name__}"
    twin = keras.layers.Dense(layer.units, use_bias=layer.use_bias, name=name)
    twin.build((None, layer.kernel.shape[0]))
    twin.set_weights(layer.get_weights())
    return twin


def score_columns(head: Head, scores: Any) -> Any:
    """Return one score for each output of a head; of two classes the first has the negative.

    Parameters
    ----------
    scores : tensor, shape (n, n_units)
    """
    import tensorflow as tf

    if head.concentrations:
        return tf.math.log(tf.maximum(_fractions(head, tf.exp(scores)), _LEAST))
    return tf.concat([-scores, scores], axis=1) if head.kind == "binary" else scores


def answer_columns(head: Head, answers: Any) -> Any:
    """Return one answer for each output of a head, as `predict` does, with a gradient.

    Parameters
    ----------
    answers : tensor, shape (n, n_units)
    """
    import tensorflow as tf

    if head.concentrations:
        return _fractions(head, answers)
    return tf.concat([1 - answers, answers], axis=1) if head.kind == "binary" else answers


def _fractions(head: Head, concentrations: Any) -> Any:
    """Do what `astro_core.classifiers.vote_tree.fractions` does, on tensors."""
    import tensorflow as tf

    parts = tf.unstack(concentrations, len(head.outputs), axis=1)
    for places in head.questions:
        total = tf.add_n([parts[place] for place in places])
        for place in places:
            parts[place] = tf.math.divide_no_nan(parts[place], total)
    for number in head.in_order() if head.reached_by else ():
        if head.reached_by[number]:
            reached = tf.add_n([parts[place] for place in head.reached_by[number]])
            for place in head.questions[number]:
                parts[place] = parts[place] * reached
    return tf.stack(parts, axis=1)


def finite(values: Any) -> NDArray[np.float32]:
    """Return numbers as an array.

    Raises
    ------
    BadInputError
        If some are none: the network's weights are broken.
    """
    numbers = np.array(values, dtype=np.float32)
    if not np.isfinite(numbers).all():
        raise BadInputError(
            "The network gives something that is no number", todo="Train the recipe again"
        )
    return numbers
