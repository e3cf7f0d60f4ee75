"""Ensembles on disk: what each member counts, and the members as bundles beside it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.bundle_info import INFO, BundleInfo, member_folder, read_info
from astro_core.classifiers.ensemble import MOST_MEMBERS, Ensemble, Member
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workspace import read_json, write_json

if TYPE_CHECKING:
    from astro_core.classifiers.bundle import Bundle

_SLACK = 1e-6


def save_ensemble(
    ensemble: Ensemble,
    folder: Path,
    info: BundleInfo,
    save: Callable[[Path, Any, BundleInfo], BundleInfo],
) -> tuple[str, ...]:
    """Write the members as bundles and what each counts; returns the files in their folders.

    Parameters
    ----------
    info : BundleInfo
        Of the ensemble; what its members have in common with it is taken from there.
    save : callable
        `save_bundle`.
    """
    names: list[str] = []
    for place, member in enumerate(ensemble.members):
        inner = member_folder(place)
        its = save(folder / inner, member.model, _info(member, info, place))
        names += [f"{inner}/{name}" for name in (INFO, *its.files)]
    told = {"shares": list(ensemble.shares), "found": dict(ensemble.found)}
    write_json(folder / info.weights, told)
    return tuple(names)


def _info(member: Member, whole: BundleInfo, place: int) -> BundleInfo:
    return replace(
        whole,
        name=f"{whole.name}, member {place + 1}",
        kind=member.kind,
        grey=member.grey,
        embedding=member.embedding,
        training=member.training,
        weights_from=member.weights_from,
        calibration={},
        metrics={},
        files={},
    )


def load_ensemble(folder: Path, info: BundleInfo, load: Callable[[Path], Bundle]) -> Ensemble:
    """Read an ensemble that `save_ensemble` wrote, trusting nothing in it.

    Parameters
    ----------
    load : callable
        `load_bundle`.

    Raises
    ------
    BadInputError
        If its members do not belong together, or a member cannot be loaded safely.
    """
    check_members(folder, info)
    told = read_json(folder / info.weights)
    members = []
    for place in range(len(told["shares"])):
        bundle = load(folder / member_folder(place))
        members.append(
            Member(
                model=bundle.model,
                kind=bundle.info.kind,
                grey=bundle.info.grey,
                embedding=bundle.info.embedding,
                training=bundle.info.training,
                weights_from=bundle.info.weights_from,
            )
        )
    return Ensemble(tuple(members), tuple(told["shares"]), info.heads[0], told["found"])


def check_members(folder: Path, info: BundleInfo) -> tuple[Path, ...]:
    """Look whether what an ensemble says of itself fits together, without loading a model.

    Returns
    -------
    tuple of Path
        Folders of the members.

    Raises
    ------
    BadInputError
        If it does not.
    """
    n = _shares(folder / info.weights)
    folders = tuple(folder / member_folder(place) for place in range(n))
    for path in folders:
        try:
            its = read_info(path)
        except NotFoundError:
            raise _unsound(f"no member '{path.name}'") from None
        if its.kind == info.kind:
            raise _unsound("an ensemble within an ensemble")
        if (its.heads, its.render) != (info.heads, info.render):
            raise _unsound(f"'{path.name}', which answers something else or sees other images")
    listed = {name.partition("/")[0] for name in info.files if "/" in name}
    if listed != {path.name for path in folders}:
        raise _unsound(f"files of {len(listed)} members and shares of {n}")
    return folders


def _shares(path: Path) -> int:
    """Number of members, after a look at what each counts."""
    try:
        told = read_json(path)
        shares = told["shares"]
        sound = isinstance(told["found"], Mapping) and all(type(s) is float for s in shares)
    except (json.JSONDecodeError, KeyError, TypeError, RecursionError, UnicodeDecodeError):
        raise _unsound("shares that cannot be read") from None
    if not sound or not 1 <= len(shares) <= MOST_MEMBERS:
        raise _unsound("shares that are none")
    if not all(math.isfinite(s) and s >= 0 for s in shares) or abs(sum(shares) - 1) > _SLACK:
        raise _unsound("shares that do not add up to one")
    return len(shares)


def _unsound(why: str) -> BadInputError:
    return BadInputError(
        "The ensemble cannot be loaded safely", expected="members that fit together", given=why
    )
