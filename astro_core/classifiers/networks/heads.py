"""The last layers of a network: one set of outputs for each question that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astro_core.domain import Head

if TYPE_CHECKING:
    import keras

_ACTIVATION = {"classes": "softmax", "binary": "sigmoid", "votes": "sigmoid"}


def with_heads(
    image: keras.KerasTensor,
    trunk: keras.KerasTensor,
    heads: tuple[Head, ...],
    *,
    by_question: bool = False,
) -> keras.Model:
    """Close a network: a dense layer for each head on the trunk's vector.

    Parameters
    ----------
    image : tensor, shape (batch, height, width, channels)
        The model's input.
    trunk : tensor, shape (batch, n)
        The vector that stands for a galaxy.
    by_question : bool
        Whether vote answers of one question share a softmax, as every person gives one answer
        to a question that is asked, instead of each having a sigmoid.
    """
    import keras

    vector = keras.layers.Activation("linear", name="embedding")(trunk)
    outputs = {}
    for head in heads:
        if head.kind == "votes" and by_question:
            outputs[head.name] = _by_question(vector, head)
        else:
            layer = keras.layers.Dense(
                head.n_units,
                activation=_ACTIVATION[head.kind],
                name=f"head_{head.name}",
            )
            outputs[head.name] = layer(vector)
    return keras.Model(image, outputs)


def _by_question(vector: keras.KerasTensor, head: Head) -> keras.KerasTensor:
    import keras

    parts, order = [], []
    for number, places in enumerate(head.questions):
        name = f"head_{head.name}_{number}"
        layer = keras.layers.Dense(len(places), activation="softmax", name=name)
        parts.append(layer(vector))
        order += places
    if order != list(range(len(head.outputs))):
        raise ValueError("questions list their answers in the order of the outputs")
    joined = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    return keras.layers.Activation("linear", name=f"head_{head.name}")(joined)
