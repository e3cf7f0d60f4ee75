"""The last layers of a network: one set of outputs for each question that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from astro_core.domain import Head

if TYPE_CHECKING:
    import keras

# Of batch normalisation: an epoch of some thousand galaxies is a few dozen steps, in which the
# customary 0.99 does not leave its first values, and validation would be of those.
MOMENTUM = 0.9
MOST_SURE = 100.0  # added to the least concentration, 1
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
        to a question that is asked, instead of each having a sigmoid; where the head says what
        leads to a question, the shares are multiplied down the tree.
    """
    import keras

    vector = keras.layers.Activation("linear", name="embedding")(trunk)
    outputs = {}
    for head in heads:
        if head.concentrations:
            outputs[head.name] = _concentrations(vector, head)
        elif head.kind == "votes" and by_question:
            outputs[head.name] = _by_question(vector, head)
        else:
            layer = keras.layers.Dense(
                head.n_units,
                activation=_ACTIVATION[head.kind],
                name=f"head_{head.name}",
            )
            outputs[head.name] = layer(vector)
    return keras.Model(image, outputs)


def _concentrations(vector: keras.KerasTensor, head: Head) -> keras.KerasTensor:
    """Numbers from 1 to 101, as Walmsley et al. 2022 (MNRAS 509, 3966) bound them."""
    import keras

    dense = keras.layers.Dense(head.n_units, activation="sigmoid", name=f"head_{head.name}_raw")
    return keras.layers.Rescaling(MOST_SURE, offset=1.0, name=f"head_{head.name}")(dense(vector))


def _by_question(vector: keras.KerasTensor, head: Head) -> keras.KerasTensor:
    import keras

    if [place for places in head.questions for place in places] != list(range(head.n_units)):
        raise ValueError("questions list their answers in the order of the outputs")
    parts: dict[int, keras.KerasTensor] = {}
    for number in head.in_order():
        name = f"head_{head.name}_{number}"
        dense = keras.layers.Dense(len(head.questions[number]), activation="softmax", name=name)
        shares = dense(vector)
        if head.reached_by and head.reached_by[number]:
            shares = keras.layers.Multiply()([shares, _reached(number, parts, head)])
        parts[number] = shares
    ordered = [parts[number] for number in sorted(parts)]
    joined = ordered[0] if len(ordered) == 1 else keras.layers.Concatenate()(ordered)
    return keras.layers.Activation("linear", name=f"head_{head.name}")(joined)


def _reached(number: int, parts: dict[int, keras.KerasTensor], head: Head) -> keras.KerasTensor:
    """Share of everybody who comes to a question: the sum over the answers that lead there.

    A dense layer with fixed weights 0 and 1 picks them, so that the network holds plain layers.
    """
    import keras

    leads = set(head.reached_by[number])
    before = [q for q in parts if leads & set(head.questions[q])]
    picked = [float(place in leads) for q in before for place in head.questions[q]]
    joined = parts[before[0]]
    if len(before) > 1:
        joined = keras.layers.Concatenate()([parts[q] for q in before])
    name = f"reached_{head.name}_{number}"
    adding = keras.layers.Dense(
        1, use_bias=False, kernel_initializer="zeros", trainable=False, name=name
    )
    reached = adding(joined)
    adding.kernel.assign(np.array(picked, dtype=np.float32)[:, None])
    return reached
