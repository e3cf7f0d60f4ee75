"""Networks as ONNX files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

USE = """\
import onnxruntime

session = onnxruntime.InferenceSession("{file}")
session.run(None, {{"{input}": pixels}})  # float32 (1, {size}, {size}, {channels}), 0 to 255"""


def write_onnx(network: Any, path: Path, images: NDArray[np.float32]) -> None:  # noqa: ARG001
    """Write a network in 32-bit numbers; `images` are not needed."""
    network(np.zeros((1, *network.input_shape[1:]), dtype=np.float32))  # the exporter asks for it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the converter, about names of NumPy
        network.export(path, format="onnx", verbose=False)


class _Runner:
    """An ONNX file that answers."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self._outputs = [output.name for output in self._session.get_outputs()]

    def predict_on_batch(self, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the units of every head."""
        told = self._session.run(None, {self._input: images})
        return dict(zip(self._outputs, told, strict=True))


def open_onnx(path: Path) -> _Runner:
    """Open an ONNX file on one thread."""
    return _Runner(path)
