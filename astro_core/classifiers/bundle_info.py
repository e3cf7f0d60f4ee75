"""What a model bundle says of itself, without its weights."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import digest
from astro_core.workspace import read_json, write_json

FORMAT = 1
INFO = "bundle.json"
CARD = "card.md"
QUICK = "quick.tflite"  # the same network, to answer without TensorFlow
REFERENCE = "reference.npz"  # the galaxies that it learned from, in small
WEIGHTS = {"keras": "model.keras", "forest": "forest.skops", "ensemble": "ensemble.json"}
BESIDE = (QUICK, REFERENCE)  # what a network's bundle may hold besides
TOGETHER = " + "  # between the names of datasets that taught one network
SEPARATOR = "/"  # between dataset and object where several datasets taught one network
_DIGEST = "digest"
_VIEWS = (1, 2, 4, 8)
_OF_MEMBER = re.compile(r"member-(?:0|[1-9][0-9]?)/([a-z.]+)")


@dataclass(frozen=True, kw_only=True)
class BundleInfo:
    """What a model is and where it comes from, without its weights.

    Attributes
    ----------
    kind : "keras", "forest" or "ensemble"
    heads : tuple of Head
    render : RenderRecipe
        How an image has to be shown to the model.
    side_arcsec : float or None
        How much sky such an image is across, where it learned from images of one scale.
    grey : bool
        Whether it takes the mean of the colours.
    views : int
        Turned and mirrored views whose answers it averages.
    embedding : str
        Layer whose output stands for a galaxy; empty where there is none.
    training : Mapping
        Recipe and settings that made it, as plain JSON values.
    calibration : Mapping
        By head: temperature and conformal threshold, and on how many galaxies they were found.
    metrics : Mapping
        Scores by part, each with n.
    dataset : str
        Name of what it learned from; see `learned_from` where several taught it together.
    weights_from : str
        "scratch", or what its first weights were.
    notes : str
        What its card says besides, as Markdown.
    files : Mapping
        SHA-256 of every other file of the bundle.
    """

    name: str
    kind: str
    heads: tuple[Head, ...]
    render: RenderRecipe
    side_arcsec: float | None = None
    grey: bool = False
    views: int = 1
    embedding: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = ""
    fingerprint: str = ""
    weights_from: str = "scratch"
    created_at: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def head(self, name: str) -> Head:
        """Return the head of that name.

        Raises
        ------
        NotFoundError
            If the model has none.
        """
        for head in self.heads:
            if head.name == name:
                return head
        raise NotFoundError(
            f"The model '{self.name}' has no head '{name}'",
            expected="one of " + ", ".join(head.name for head in self.heads),
        )

    @property
    def learned_from(self) -> tuple[str, ...]:
        """Names of the datasets that it learned from."""
        return tuple(self.dataset.split(TOGETHER))

    @property
    def weights(self) -> str:
        """Name of the file with the weights; of an ensemble, with what its members count."""
        return WEIGHTS[self.kind]

    def may_hold(self, name: str) -> bool:
        """Whether a file of that name can be one of the bundle's, beside its description."""
        if self.kind == "ensemble" and of_member(name):
            return True
        return name in (self.weights, CARD) or (self.kind == "keras" and name in BESIDE)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"format": FORMAT, "render": self.render.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> BundleInfo:
        """Read what `to_json` wrote.

        Raises
        ------
        BadInputError
            If it is of another format, or not a bundle's description at all.
        """
        values = dict(value)
        if values.pop("format", None) != FORMAT:
            raise BadInputError(
                "This model was written in a format that this version cannot read",
                expected=f"format {FORMAT}",
                given=str(value.get("format")),
            )
        try:
            values["heads"] = tuple(_head(h) for h in values["heads"])
            values["render"] = RenderRecipe.from_json(values["render"])
            values["calibration"] = _by_head(values.get("calibration", {}), values["heads"])
            info = cls(**values)
            _check(info)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _broken(str(error)) from None
        return info


def member_folder(place: int) -> str:
    """Name of the folder of an ensemble's member."""
    return f"member-{place}"


def of_member(name: str) -> str:
    """Return the name that a file has in its member's folder; empty for any other name."""
    found = _OF_MEMBER.fullmatch(name)
    own = found[1] if found else ""
    return own if own in (INFO, CARD, WEIGHTS["keras"], WEIGHTS["forest"]) else ""


def _broken(why: str = "") -> BadInputError:
    return BadInputError(
        "The description of this model is broken",
        given=why,
        todo="Import the model again from where it came",
    )


def _head(value: Mapping[str, Any]) -> Head:
    return Head(
        name=str(value["name"]),
        kind=value["kind"],
        outputs=tuple(map(str, value["outputs"])),
        mirror=tuple(value["mirror"]),
        questions=tuple(tuple(q) for q in value["questions"]),
        reached_by=tuple(tuple(q) for q in value.get("reached_by", ())),
        concentrations=value.get("concentrations", False) is True,
    )


def _by_head(found: Mapping[str, Any], heads: tuple[Head, ...]) -> dict[str, Any]:
    """Calibration by head; models from before there were several heads have it without one."""
    if found and not any(isinstance(value, dict) for value in found.values()):
        return {heads[0].name: dict(found)}
    return dict(found)


def _check(info: BundleInfo) -> None:
    mappings = (info.training, info.calibration, info.metrics, info.versions, info.files)
    texts = (
        info.name,
        info.embedding,
        info.dataset,
        info.weights_from,
        info.created_at,
        info.notes,
    )
    if not all(isinstance(m, dict) for m in mappings):
        raise _broken()
    if not all(
        isinstance(t, str) for t in (*texts, info.created_at, *info.files, *info.files.values())
    ):
        raise _broken()
    if info.kind not in WEIGHTS or info.views not in _VIEWS or not isinstance(info.grey, bool):
        raise _broken(f"kind {info.kind}, {info.views} views")
    if info.side_arcsec is not None and not 0 < float(info.side_arcsec) < math.inf:
        raise _broken(f"images {info.side_arcsec} arcsec across")
    if not info.heads or not all(_sound(head) for head in info.heads):
        raise _broken("answers that are none")
    if info.kind != "keras" and (len(info.heads) > 1 or info.heads[0].kind == "votes"):
        raise _broken(f"a model of kind {info.kind} that does more than tell classes apart")
    if not set(info.calibration) <= {head.name for head in info.heads}:
        raise _broken("a calibration of answers that it does not give")
    for found in info.calibration.values():
        temperature = found.get("temperature", 1.0)
        if not isinstance(temperature, (int, float)) or not 0 < temperature < 1e6:
            raise _broken(f"a temperature of {temperature}")


def _sound(head: Head) -> bool:
    n = len(head.outputs)
    numbers = {"binary": n == 2, "classes": n >= 2, "votes": n >= 1}
    asked = [place for question in head.questions for place in question]
    leads = [place for places in head.reached_by for place in places]
    return (
        numbers.get(head.kind, False)
        and len(set(head.outputs)) == n
        and all(isinstance(place, int) and 0 <= place < n for place in asked + leads)
        and _sound_tree(head, asked)
    )


def _sound_tree(head: Head, asked: list[int]) -> bool:
    """Whether every answer belongs to one question, where the tree is computed with."""
    if not head.reached_by and not head.concentrations:
        return True
    whole = sorted(asked) == list(range(len(head.outputs)))
    return whole and len(head.reached_by) in (0, len(head.questions)) and bool(head.in_order())


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_info(folder: Path, info: BundleInfo) -> None:
    """Write what a bundle says of itself, with a digest by which a change is noticed."""
    value = info.to_json()
    write_json(folder / INFO, value | {_DIGEST: digest(value, length=64)})


def read_info(folder: Path) -> BundleInfo:
    """Read what a bundle says of itself.

    Raises
    ------
    NotFoundError
        If there is no bundle.
    BadInputError
        If its description is broken or was changed.
    """
    try:
        value = read_json(folder / INFO)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"There is no model in '{folder.name}'") from None
    except (ValueError, RecursionError):
        raise _broken() from None
    if not isinstance(value, dict):
        raise _broken()
    told = value.pop(_DIGEST, "")
    info = BundleInfo.from_json(value)
    if told != digest(value, length=64):
        raise _broken("another one than was saved")
    return info
