"""Settings declared once: default, bounds, unit and help travel with the field.

The widget, the command-line option, the manifest and the cache key all come from here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from astro_core.errors import BadInputError

ParamsT = TypeVar("ParamsT")
_KEY = "tuning_fork_param"


@dataclass(frozen=True, kw_only=True)
class ParamInfo:
    """What is known of one setting."""

    name: str = ""
    label: str
    help: str
    default: Any = None
    kind: type = str
    optional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()
    unit: str = ""


def param(
    default: Any,
    *,
    label: str,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    choices: tuple[Any, ...] = (),
    unit: str = "",
) -> Any:
    """Declare a field of a params dataclass together with what a person needs to set it."""
    info = ParamInfo(
        label=label,
        help=help,
        default=default,
        minimum=minimum,
        maximum=maximum,
        step=step,
        choices=choices,
        unit=unit,
    )
    return field(default=default, metadata={_KEY: info})


def _kind_of(annotation: Any) -> tuple[type, bool]:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        inner = [a for a in typing.get_args(annotation) if a is not type(None)]
        return _kind_of(inner[0])[0], True
    origin = typing.get_origin(annotation) or annotation
    return (origin if isinstance(origin, type) else str), False


def describe(params: Any) -> tuple[ParamInfo, ...]:
    """List the declared settings of a params dataclass or instance, in field order."""
    cls = params if isinstance(params, type) else type(params)
    declared = [item for item in fields(cls) if _KEY in item.metadata]
    hints = typing.get_type_hints(cls) if declared else {}
    out = []
    for item in declared:
        kind, optional = _kind_of(hints[item.name])
        info = item.metadata[_KEY]
        out.append(dataclasses.replace(info, name=item.name, kind=kind, optional=optional))
    return tuple(out)


def _check(info: ParamInfo, value: Any) -> None:
    unit = f" {info.unit}" if info.unit else ""
    if value is None:
        if not info.optional:
            raise BadInputError(f"{info.label} ({info.name}) needs a value")
        return
    if info.choices and value not in info.choices:
        raise BadInputError(
            f"{info.label} ({info.name}) has an unknown value",
            expected="one of " + ", ".join(map(str, info.choices)),
            given=repr(value),
        )
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            continue
        low, high = info.minimum, info.maximum
        if (
            not math.isfinite(number)
            or (low is not None and number < low)
            or (high is not None and number > high)
        ):
            bounds = f"{'any' if low is None else low} to {'any' if high is None else high}{unit}"
            raise BadInputError(
                f"{info.label} ({info.name}) is out of bounds", expected=bounds, given=str(number)
            )


def validate(params: ParamsT) -> ParamsT:
    """Return `params` if every value is within its declared bounds.

    Raises
    ------
    BadInputError
        Naming the first setting that is not, with what was expected.
    """
    for info in describe(params):
        _check(info, getattr(params, info.name))
    return params


def _coerce(info: ParamInfo, value: Any) -> Any:
    if value is None or (isinstance(value, str) and info.optional and value.lower() == "none"):
        return None
    try:
        if info.kind is bool and isinstance(value, str):
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[
                value.lower()
            ]
        if info.kind is int and isinstance(value, float) and value != int(value):
            raise ValueError
        if info.kind is tuple:
            return tuple(value) if not isinstance(value, str) else tuple(json.loads(f"[{value}]"))
        return info.kind(value)
    except (ValueError, TypeError, KeyError):
        raise BadInputError(
            f"{info.label} ({info.name}) cannot be read",
            expected=f"a value of type {info.kind.__name__}",
            given=repr(value),
        ) from None


def from_mapping(cls: type[ParamsT], values: Mapping[str, Any]) -> ParamsT:
    """Build `cls` from names and values, strings included, and validate it.

    Raises
    ------
    BadInputError
        For an unknown name, a value of the wrong type or one out of bounds.
    """
    infos = {info.name: info for info in describe(cls)}
    unknown = [name for name in values if name not in infos]
    if unknown:
        raise BadInputError(
            f"There is no setting named '{unknown[0]}'", expected="one of " + ", ".join(infos)
        )
    return validate(cls(**{name: _coerce(infos[name], v) for name, v in values.items()}))


def to_mapping(params: Any) -> dict[str, Any]:
    """Return the declared settings as plain JSON values."""
    out: dict[str, Any] = json.loads(
        json.dumps({info.name: getattr(params, info.name) for info in describe(params)})
    )
    return out


def digest(value: Any, *, length: int = 16) -> str:
    """Hash a JSON value, independent of key order."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()[:length]
