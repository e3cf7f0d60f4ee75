"""Forests on disk: taken from a file only if they are sound.

scikit-learn follows the numbers in a tree without looking whether they lead anywhere, so a file
that was tampered with could read foreign memory. Every number is checked before the first answer.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.classifiers.forest import Forest
from astro_core.domain import Head
from astro_core.errors import BadInputError

_TREE = "sklearn.tree._tree.Tree"
_TYPES = frozenset(
    {
        "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.tree._classes.DecisionTreeClassifier",
        _TREE,
        "numpy.ndarray",
        "numpy.int64",
        "builtins.dict",
        "builtins.list",
        "builtins.tuple",
        "builtins.str",
    }
)
_MOST_BYTES = 8_000_000_000


def save_forest(forest: Forest, path: Path) -> None:
    """Write a forest as a skops file."""
    from skops import io

    io.dump(forest.grown, path, compression=zipfile.ZIP_DEFLATED)


def load_forest(path: Path, head: Head, n_features: int) -> Forest:
    """Read a forest that `save_forest` wrote, trusting nothing in it.

    Parameters
    ----------
    n_features : int
        Pixels times channels of the images that it will see.

    Raises
    ------
    BadInputError
        If it holds anything but a forest, or a tree that leads nowhere.
    """
    from skops import io

    try:
        _check_types(path)
        grown = io.load(path, trusted=[_TREE])
        _check_forest(grown, len(head.outputs), n_features)
    except BadInputError:
        raise
    except Exception as error:  # noqa: BLE001 - a broken file breaks anywhere in skops
        raise _unsafe(f"{type(error).__name__}: {error}") from None
    return Forest(grown, head)


def _unsafe(why: str) -> BadInputError:
    return BadInputError(
        "The forest cannot be loaded safely", expected="a sound random forest", given=why
    )


def _check_types(path: Path) -> None:
    """Refuse a file that is no skops file or names any type but those of a forest."""
    if not zipfile.is_zipfile(path):
        raise _unsafe("a file of another format")
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
            raise _unsafe("a file that would fill the memory")
        schema = json.loads(archive.read("schema.json"))
    strange = sorted(set(_types(schema)) - _TYPES)
    if strange:
        raise _unsafe(f"something of type {strange[0]}")


def _types(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "__class__" in node or "__module__" in node:
            yield f"{node.get('__module__')}.{node.get('__class__')}"
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _types(inner)


def _check_forest(grown: Any, n_classes: int, n_features: int) -> None:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier
    from sklearn.tree._tree import Tree

    if type(grown) is not RandomForestClassifier or not grown.estimators_:
        raise _unsafe("no forest")
    if not np.array_equal(grown.classes_, np.arange(n_classes)):
        raise _unsafe(f"{np.size(grown.classes_)} classes instead of {n_classes}")
    for place, one in enumerate(grown.estimators_):
        sound = type(one) is DecisionTreeClassifier and type(one.tree_) is Tree
        reason = _wrong(one.tree_, n_classes, n_features) if sound else "is no tree"
        if reason:
            raise _unsafe(f"tree {place}, which {reason}")


def _wrong(tree: Any, n_classes: int, n_features: int) -> str:
    """Say what is wrong with a tree; its arrays are safe to look at once the counts agree."""
    if tree.n_features != n_features:
        return f"looks at {tree.n_features} pixels instead of {n_features}"
    if tree.n_outputs != 1 or tree.max_n_classes != n_classes:
        return f"does not tell {n_classes} classes apart"
    n = tree.node_count
    if n < 1 or n != tree.capacity:
        return "has another number of nodes than it says"
    left, right = tree.children_left, tree.children_right
    inner = left != -1
    children = np.sort(np.concatenate([left[inner], right[inner]]))
    own = np.flatnonzero(inner)
    if not np.array_equal(children, np.arange(1, n)) or (right[~inner] != -1).any():
        return "has a node that is nobody's child or that of two"
    if (left[own] <= own).any() or (right[own] <= own).any():
        return "leads back to where it came from"
    if not ((tree.feature[inner] >= 0) & (tree.feature[inner] < n_features)).all():
        return "asks for a pixel that is not there"
    values = tree.value[:, 0, :]
    if not (np.isfinite(tree.threshold).all() and np.isfinite(values).all()):
        return "holds a number that is none"
    if (values < 0).any() or not np.allclose(values[~inner].sum(axis=1), 1.0, atol=1e-6):
        return "gives shares that are none"
    return ""
