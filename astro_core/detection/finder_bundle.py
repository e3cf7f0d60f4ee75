"""A trained finder with all that using it takes, in one folder.

``finder.json`` says what it is and holds a checksum of the other files, ``finder.tflite`` is the
network, and ``card.md`` tells a person.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle_info import CARD, checksum
from astro_core.detection.architectures import ARCHITECTURES
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workspace import publish, read_json, write_json

INFO, NETWORK = "finder.json", "finder.tflite"
FORMAT = 1
_SIMULATED = "It has seen simulated galaxies only; scores of real pictures are not known."
_DRAWN = "Where people drew boxes, it learned where they end from them."
_CARD = """\
# {name}

- Model: {network}, first weights drawn at random, seed {seed}.
- Answers: a box for each galaxy, with a score. A box ends where the light of the galaxy by itself
  sinks below the noise of the sky.
{learned}

## Scores

{scores}

## Limits

{seen}
Galaxies of less than about five pixels are missed. Nebulae, star clusters and bright stars may pass
for galaxies. A score is no calibrated probability.
"""


@dataclass(frozen=True, kw_only=True)
class FinderInfo:
    """What a trained finder is and where it comes from.

    Attributes
    ----------
    size_px : int
        Side of the windows that it looks at.
    training : Mapping
        Settings that made it, as plain JSON values.
    datasets : tuple of Mapping
        What it learned from: name, fingerprint, n_pictures and n_boxes of each, and whether the
        boxes were drawn by people.
    metrics : Mapping
        By task: scores of pictures kept aside; the spread of `x` over parts of them is `x_sd`.
    files : Mapping
        SHA-256 of every other file.
    """

    name: str
    size_px: int
    training: Mapping[str, Any]
    datasets: tuple[Mapping[str, Any], ...] = ()
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    created_at: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finder:
    """A finder that is ready to answer, without TensorFlow."""

    info: FinderInfo
    runner: Any

    def answer(self, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return scores and boxes of windows, as the network of an `Architecture` does."""
        told: dict[str, NDArray[np.float32]] = self.runner.predict_on_batch(images)
        return told


def save_finder(folder: Path, network: Any, info: FinderInfo) -> FinderInfo:
    """Write a trained network as a bundle, whole or not at all; replaces what is there.

    Returns
    -------
    FinderInfo
        With the checksums.
    """
    from astro_core.classifiers.export_litert import write_half

    made = folder.with_name(f"{folder.name}-half")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    write_half(network, made / NETWORK)
    whole = _describe(made, replace(info, files={NETWORK: checksum(made / NETWORK)}))
    publish(made, folder)
    return whole


def tell_scores(folder: Path, metrics: Mapping[str, Mapping[str, float]]) -> FinderInfo:
    """Write how a saved finder was judged since into its description and its card.

    Raises
    ------
    NotFoundError
        If there is none.
    BadInputError
        If it is broken or of another format.
    """
    return _describe(folder, replace(read_finder(folder), metrics=metrics))


def _describe(folder: Path, info: FinderInfo) -> FinderInfo:
    (folder / CARD).write_text(card(info), encoding="utf-8")
    whole = replace(info, files={**info.files, CARD: checksum(folder / CARD)})
    write_json(folder / INFO, asdict(whole) | {"format": FORMAT})
    return whole


def is_finder(folder: Path) -> bool:
    """Whether a folder holds a trained finder."""
    return (folder / INFO).is_file()


def read_finder(folder: Path) -> FinderInfo:
    """Read what a bundle says of itself.

    Raises
    ------
    NotFoundError
        If there is none.
    BadInputError
        If it is broken or of another format.
    """
    try:
        value = read_json(folder / INFO)
        if value.pop("format") != FORMAT:
            raise ValueError("another format")
        return FinderInfo(**value | {"datasets": tuple(value["datasets"])})
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"There is no finder in '{folder.name}'") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadInputError(
            f"The description of the finder '{folder.name}' is broken", given=str(error)
        ) from None


def open_finder(folder: Path) -> Finder:
    """Open a finder; TensorFlow is not loaded.

    Raises
    ------
    NotFoundError
        If there is none.
    BadInputError
        If a file is missing or was changed since it was saved.
    """
    from astro_core.classifiers.export_litert import open_litert

    info = read_finder(folder)
    path = folder / NETWORK
    if not path.is_file() or info.files.get(NETWORK) != checksum(path):
        raise BadInputError(
            f"'{NETWORK}' of the finder '{info.name}' is not what was saved",
            todo="Install Tuning Fork again, or train the finder again",
        )
    return Finder(info, open_litert(path))


def card(info: FinderInfo) -> str:
    """Return what a finder does, what it learned from and how it was judged, as Markdown."""
    by_people = [d.get("drawn", False) for d in info.datasets]
    learned = [
        f"- Learned from: dataset '{d['name']}' ({d['fingerprint']}), {d['n_pictures']:,} pictures "
        f"with {d['n_boxes']:,} galaxies" + (" in boxes that people drew." if drawn else ".")
        for d, drawn in zip(info.datasets, by_people, strict=True)
    ]
    scores = [f"- {task}: {_scores(found)}." for task, found in info.metrics.items()]
    made = f"- Made: {info.created_at}. Windows of {info.size_px} px, at every scale of a picture."
    return _CARD.format(
        name=info.name,
        network=ARCHITECTURES.get(info.training.get("architecture", "ssd")).label,
        seed=info.training["seed"],
        learned="\n".join([*learned, made]),
        seen=_DRAWN if any(by_people) else _SIMULATED,
        scores="\n".join(scores) or "It was not judged.",
    )


def _scores(found: Mapping[str, float]) -> str:
    spread = "_sd"
    return ", ".join(
        f"{name} {value:.4g}" + (f" ± {found[name + spread]:.2g}" if name + spread in found else "")
        for name, value in found.items()
        if not name.endswith(spread)
    )
