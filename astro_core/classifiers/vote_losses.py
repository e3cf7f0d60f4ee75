"""What is lost when vote fractions are predicted wrongly.

The truth of a galaxy is its fractions followed by the people who were asked the question of each
answer: -1 where a fraction is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Head


def _halves(told: Any, given: Any) -> tuple[Any, Any]:
    n = given.shape[-1]
    return told[:, :n], told[:, n:]


def squared(told: Any, given: Any) -> Any:
    """Mean squared error over the answers of a galaxy, shape (n,); unknown ones add nothing.

    Parameters
    ----------
    told : tensor, shape (n, 2 n_outputs)
    given : tensor, shape (n, n_outputs)
    """
    from keras import ops

    truth, asked = _halves(told, given)
    return ops.mean(ops.where(asked >= 0, ops.square(given - truth), 0.0), axis=-1)


def absolute(head: Head, told: Any, given: Any) -> Any:
    """Mean absolute error over the known answers of a galaxy, shape (n,).

    Of a head that gives concentrations, the shares within each question are compared.
    """
    from keras import ops

    truth, asked = _halves(told, given)
    if head.concentrations:
        truth, given = _shares(head, truth), _shares(head, given)
    seen = ops.cast(asked >= 0, given.dtype)
    n = ops.maximum(ops.sum(seen, axis=-1), 1.0)
    return ops.sum(seen * ops.abs(given - truth), axis=-1) / n


def _members(head: Head) -> NDArray[np.float32]:
    """Which answer belongs to which question, shape (n_outputs, n_questions)."""
    found = np.zeros((len(head.outputs), len(head.questions)), dtype=np.float32)
    for number, places in enumerate(head.questions):
        found[list(places), number] = 1.0
    return found


def _shares(head: Head, values: Any) -> Any:
    from keras import ops

    members = _members(head)
    total = ops.matmul(ops.matmul(values, members), members.T)
    return values / ops.where(total > 0, total, 1.0)


def dirichlet_multinomial(head: Head) -> Callable[[Any, Any], Any]:
    """Minus the log-likelihood of the votes, on the mean over the questions of the tree.

    The shares that a question's answers would get from ever more people follow a Dirichlet
    distribution with the concentrations that the network gives, and the votes a multinomial one:
    a question that few were asked teaches little (Walmsley et al. 2020, MNRAS 491, 1554; in this
    form Walmsley et al. 2022, MNRAS 509, 3966).

    Parameters
    ----------
    head : Head
        Its network gives concentrations.
    """
    members = _members(head)

    def loss(told: Any, given: Any) -> Any:
        import tensorflow as tf

        truth, asked = _halves(told, given)
        votes = _shares(head, truth) * tf.maximum(asked, 0.0)
        people, sure = tf.matmul(votes, members), tf.matmul(given, members)
        log = tf.math.lgamma
        questions = log(people + 1) + log(sure) - log(people + sure)
        answers = log(votes + given) - log(votes + 1) - log(given)
        found = tf.reduce_sum(questions, axis=-1) + tf.reduce_sum(answers, axis=-1)
        return -found / members.shape[1]

    return loss
