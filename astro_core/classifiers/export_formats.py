"""Formats in which a network runs without Keras: on telescopes, boards and in other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers import export_litert, export_onnx
from astro_core.registry import Registry


class Answering(Protocol):
    """Anything that answers a batch as a network does."""

    def predict_on_batch(self, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the units of every head; images hold pixels from 0 to 255."""
        ...


@dataclass(frozen=True, kw_only=True)
class ExportSpec:
    """One format.

    Attributes
    ----------
    suffix : str
        How a file of it ends: ".tflite".
    write : callable
        ``write(network, path, images)``; images are float32 (n, size, size, channels), those
        that the range of every number is found on, where the format needs them.
    open : callable
        ``open(path)`` gives the file as something that answers, on one thread.
    needs_images : bool
        Whether it cannot be written without galaxies.
    use : str
        Python that answers one image, for the card.
    """

    name: str
    label: str
    suffix: str
    description: str
    write: Callable[[Any, Path, NDArray[np.float32]], None]
    open: Callable[[Path], Answering]
    needs_images: bool = False
    use: str = ""


EXPORTS: Registry[ExportSpec] = Registry("export format")
EXPORTS.add(
    ExportSpec(
        name="litert",
        label="LiteRT",
        suffix=".tflite",
        description="32-bit numbers, for phones and small computers.",
        write=export_litert.write_float,
        open=export_litert.open_litert,
        use=export_litert.USE,
    )
)
EXPORTS.add(
    ExportSpec(
        name="litert-int8",
        label="LiteRT, 8 bit",
        suffix=".tflite",
        description="Whole numbers of 8 bit throughout, about a quarter of the size; for "
        "instruments and boards without floating point.",
        write=export_litert.write_int8,
        open=export_litert.open_litert,
        needs_images=True,
        use=export_litert.USE_INT8,
    )
)
EXPORTS.add(
    ExportSpec(
        name="onnx",
        label="ONNX",
        suffix=".onnx",
        description="32-bit numbers, for ONNX Runtime and most other programs.",
        write=export_onnx.write_onnx,
        open=export_onnx.open_onnx,
        use=export_onnx.USE,
    )
)
