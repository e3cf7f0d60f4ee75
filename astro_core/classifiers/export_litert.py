"""Networks as LiteRT files (TensorFlow Lite), in 32-bit or in 8-bit numbers.

The 8-bit form quantises weights and activations (Jacob et al. 2018, arXiv:1712.05877) in ranges
that are found on training galaxies; what goes in and comes out is uint8 as well.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError

USE = """\
from ai_edge_litert.interpreter import Interpreter

answer = Interpreter("{file}").get_signature_runner()
answer({input}=pixels)  # float32 (1, {size}, {size}, {channels}), 0 to 255"""

USE_INT8 = """\
from ai_edge_litert.interpreter import Interpreter

answer = Interpreter("{file}").get_signature_runner()
units = answer({input}=pixels)  # uint8 (1, {size}, {size}, {channels})
for name, detail in answer.get_output_details().items():
    scale, zero = detail["quantization"]
    units[name] = (units[name].astype("float32") - zero) * scale"""


def write_float(network: Any, path: Path, images: NDArray[np.float32]) -> None:  # noqa: ARG001
    """Write a network in 32-bit numbers; `images` are not needed."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        path.write_bytes(_converter(network, folder).convert())


def write_half(network: Any, path: Path) -> None:
    """Write a network with its weights in 16-bit numbers, half the size; it computes in 32 bit."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        converter = _converter(network, folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        path.write_bytes(converter.convert())


def write_int8(network: Any, path: Path, images: NDArray[np.float32]) -> None:
    """Write a network in 8-bit numbers.

    Parameters
    ----------
    images : array of float32, shape (n, size, size, channels)
        The range of every number in the network is found on these.
    """
    import tensorflow as tf

    def one_by_one() -> Iterator[list[NDArray[np.float32]]]:
        for start in range(len(images)):
            yield [images[start : start + 1]]

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        converter = _converter(network, folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = one_by_one
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.uint8
        converter.inference_output_type = tf.uint8
        path.write_bytes(converter.convert())


def _converter(network: Any, folder: str) -> Any:
    """Go by way of a saved model: the direct way prints every tensor."""
    import tensorflow as tf

    network.export(folder, verbose=False)
    return tf.lite.TFLiteConverter.from_saved_model(folder)


class _Runner:
    """A LiteRT file that answers in the network's own units."""

    def __init__(self, path: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=str(path), num_threads=1)
        self._answer = self._interpreter.get_signature_runner()
        (self._input, self._detail), *_ = self._answer.get_input_details().items()
        self._turn = threading.Lock()  # an interpreter answers one at a time; visitors share it

    def predict_on_batch(self, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the units of every head."""
        with self._turn:
            told = self._answer(**{self._input: _quantised(images, self._detail)})
        details = self._answer.get_output_details()
        return {name: _real(values, details[name]) for name, values in told.items()}


def _quantised(values: NDArray[np.float32], detail: dict[str, Any]) -> NDArray[Any]:
    scale, zero = detail["quantization"]
    if not scale:
        return values
    limits = np.iinfo(detail["dtype"])
    rounded = np.round(values / scale) + zero
    return np.clip(rounded, limits.min, limits.max).astype(detail["dtype"])


def _real(values: NDArray[Any], detail: dict[str, Any]) -> NDArray[np.float32]:
    scale, zero = detail["quantization"]
    if not scale:
        return values.astype(np.float32)
    return ((values.astype(np.float32) - zero) * scale).astype(np.float32)


def open_litert(path: Path) -> _Runner:
    """Open a LiteRT file on one thread.

    Raises
    ------
    BadInputError
        If it is none. Not every damaged file is noticed: open only what was made here.
    """
    try:
        return _Runner(path)
    except ValueError as error:
        raise BadInputError(f"'{path.name}' cannot be opened", given=str(error)) from None
