"""Networks on disk: taken from a file only if it holds plain layers and numbers.

Keras's safe mode refuses Python code in a file. Some of its own layers still load further files or
foreign models, so only the layers that networks of galaxies are made of are let through.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.domain import Head
from astro_core.errors import BadInputError

MEMBERS = frozenset({"metadata.json", "config.json", "model.weights.h5"})
_MOST_BYTES = 4_000_000_000
_LAYERS = frozenset(
    {
        "Activation", "Add", "Average", "AveragePooling2D", "BatchNormalization", "Concatenate",
        "Conv2D", "Dense", "DepthwiseConv2D", "Dropout", "Flatten", "GlobalAveragePooling2D",
        "GlobalMaxPooling2D", "InputLayer", "LayerNormalization", "MaxPooling2D", "Multiply",
        "Normalization", "ReLU", "Rescaling", "Reshape", "SeparableConv2D", "ZeroPadding2D",
    }
)  # fmt: skip
_ALLOWED = {
    "keras.layers": _LAYERS,
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.src.ops.numpy": frozenset({"Sqrt"}),
    "keras": frozenset({"DTypePolicy"}),
    "keras.initializers": frozenset(
        {"Constant", "GlorotUniform", "HeNormal", "Ones", "VarianceScaling", "Zeros"}
    ),
    "keras.regularizers": frozenset({"L1", "L1L2", "L2"}),
}
_TENSOR = "__keras_tensor__"
_HALF_BIT, _UPPER_BITS = np.uint32(1 << 15), np.uint32(0xFFFF0000)  # of a 32-bit number


def save_network(model: Any, path: Path) -> None:
    """Write a network without its optimiser, which only training needs, and compressed."""
    import keras

    whole = path.with_name(f"whole-{path.name}")
    keras.Model(model.input, model.output, name=model.name).save(whole)
    with (
        zipfile.ZipFile(whole) as made,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for member in made.infolist():
            kept.writestr(member, made.read(member), zipfile.ZIP_DEFLATED)
    whole.unlink()


def halve(model: Any) -> None:
    """Round every weight to what 16 bits hold (bfloat16): the rest compresses away on disk."""
    for weight in model.weights:
        bits = np.asarray(weight, dtype=np.float32).view(np.uint32)
        weight.assign(((bits + _HALF_BIT) & _UPPER_BITS).view(np.float32))


def load_network(
    path: Path, heads: tuple[Head, ...], shape: tuple[int, int, int], embedding: str
) -> Any:
    """Read a network, trusting nothing in the file.

    Parameters
    ----------
    heads : tuple of Head
        What it is to answer.
    shape : tuple of int
        Height, width and channels of the images that it is to take.
    embedding : str
        Name of a layer that it is to have; empty for none.

    Raises
    ------
    BadInputError
        If it holds anything but layers and numbers, is damaged, or answers something else.
    """
    import keras

    try:
        check_network_file(path)
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
        _check_model(model, heads, shape)
        if embedding:
            model.get_layer(embedding)
    except BadInputError:
        raise
    except Exception as error:  # noqa: BLE001 - a broken file breaks anywhere in Keras
        words = (str(error).splitlines() or [""])[0][:200]
        raise _unsafe(f"{type(error).__name__}: {words}") from None
    return model


def _unsafe(why: str) -> BadInputError:
    return BadInputError(
        "The network cannot be loaded safely", expected="layers and numbers only", given=why
    )


def check_network_file(path: Path) -> None:
    """Refuse a file with anything but plain layers, without loading Keras.

    Raises
    ------
    BadInputError
    """
    try:
        _check_config(path)
    except (KeyError, ValueError, RecursionError, NotImplementedError, zipfile.BadZipFile) as error:
        raise _unsafe(f"{type(error).__name__}: {error}") from None


def _check_config(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        raise _unsafe("a file of another format")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if sorted(names) != sorted(MEMBERS):
            raise _unsafe("a file with the parts " + ", ".join(sorted(names)[:5]))
        if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
            raise _unsafe("a file that would fill the memory")
        config = json.loads(archive.read("config.json"))
    for module, name, registered in _classes(config):
        known = name in _ALLOWED.get(module, ()) and registered in (None, name)
        if not known and (module, name) != ("", _TENSOR):
            raise _unsafe(f"something of type {module}.{name}".replace(" .", " "))


def _classes(node: Any) -> Iterator[tuple[str, str, Any]]:
    """Every class that a network's description names: module, name, registered name."""
    if isinstance(node, dict):
        if "class_name" in node:
            yield (
                str(node.get("module") or ""),
                str(node["class_name"]),
                node.get("registered_name"),
            )
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _classes(inner)


def _check_model(model: Any, heads: tuple[Head, ...], shape: tuple[int, int, int]) -> None:
    if tuple(model.input_shape) != (None, *shape):
        raise _unsafe(f"a network that takes images of shape {model.input_shape}")
    answers = {name: tuple(tensor.shape) for name, tensor in dict(model.output).items()}
    if answers != {head.name: (None, head.n_units) for head in heads}:
        raise _unsafe("a network with the answers " + ", ".join(answers))
