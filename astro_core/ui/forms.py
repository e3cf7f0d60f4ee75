"""Widgets made from declared settings: label, help, bounds and unit come with the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from astro_core.errors import BadInputError
from astro_core.params import ParamInfo, describe, validate

ParamsT = TypeVar("ParamsT")
_SLIDER_STEPS = 200  # more than this cannot be set with a mouse
_PARTS = ("red", "green", "blue")


def params_form(
    params: ParamsT,
    key: str,
    names: Sequence[str] | None = None,
    *,
    columns: int = 1,
    disabled: Sequence[str] = (),
) -> ParamsT:
    """Show a widget per setting and return the settings as they are set now.

    Parameters
    ----------
    params : params dataclass
        The values to begin with; what a person set since then wins.
    key : str
        Prefix of the widgets' keys: "<key>:<name>".
    names : sequence of str, optional
        Only these settings, in this order; the others keep their values.
    columns : int
        How many widgets stand side by side.
    disabled : sequence of str
        Settings that are shown but cannot be changed now.

    Raises
    ------
    BadInputError
        If a value is out of bounds.
    """
    infos = {info.name: info for info in describe(params)}
    wanted = list(names) if names is not None else list(infos)
    places = st.columns(columns) if columns > 1 else [st.container()]
    values: dict[str, Any] = {}
    for i, name in enumerate(wanted):
        with places[i % len(places)]:
            values[name] = widget(
                infos[name], getattr(params, name), f"{key}:{name}", disabled=name in disabled
            )
    return validate(replace(params, **values))  # type: ignore[type-var]


def widget(info: ParamInfo, value: Any, key: str, *, disabled: bool = False) -> Any:
    """Show the widget that fits one setting and return its value."""
    label = f"{info.label} [{info.unit}]" if info.unit else info.label
    common = {"label": label, "help": info.help, "disabled": disabled}
    if info.choices:
        options = list(info.choices)
        begin = options.index(value) if value in options else 0
        return _keyed(st.selectbox, key, "index", begin, options=options, **common)
    if info.kind is bool:
        return _keyed(st.toggle, key, "value", bool(value), **common)
    if info.kind is tuple:
        return (_list if _is_list(value) else _tuple)(info, value, key, common)
    if info.kind in (int, float):
        return _number(info, value, key, common)
    text = _keyed(st.text_input, key, "value", "" if value is None else str(value), **common)
    return None if info.optional and not text else text


def _keyed(make: Any, key: str, named: str, begin: Any, **settings: Any) -> Any:
    """Give the first value only where the session has none: Streamlit warns about both.

    A known value is written again, or a widget in a pop-over, which the browser makes when that
    is opened, would begin with the least value instead.
    """
    if key in st.session_state:
        st.session_state[key] = st.session_state[key]
    else:
        settings[named] = begin
    return make(key=key, **settings)


def _number(info: ParamInfo, value: Any, key: str, common: dict[str, Any]) -> Any:
    kind = info.kind
    low = None if info.minimum is None else kind(info.minimum)
    high = None if info.maximum is None else kind(info.maximum)
    step = None if info.step is None else kind(info.step)
    if not info.optional and low is not None and high is not None and _few(info):
        bounds = {"min_value": low, "max_value": high, "step": step or kind(1)}
        return _keyed(st.slider, key, "value", kind(value), **bounds, **common)
    if kind is float:
        common = {**common, "format": "%.6g"}
    begin = None if value is None else kind(value)
    bounds = {"min_value": low, "max_value": high, "step": step}
    return _keyed(st.number_input, key, "value", begin, **bounds, **common)


def _few(info: ParamInfo) -> bool:
    assert info.minimum is not None
    assert info.maximum is not None
    step = info.step or (1 if info.kind is int else None)
    return step is not None and (info.maximum - info.minimum) / step <= _SLIDER_STEPS


def _is_list(value: Any) -> bool:
    """Whether it is a list of whole numbers that may be longer or shorter."""
    return all(isinstance(part, int) for part in value)


def _list(info: ParamInfo, value: Any, key: str, common: dict[str, Any]) -> tuple[int, ...]:
    """One text field: "32, 64, 128"."""
    text = _keyed(st.text_input, key, "value", _written(value), **common)
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise BadInputError(
            f"{info.label} ({info.name}) cannot be read",
            expected="whole numbers with commas between them",
            given=repr(text),
        ) from None


def _written(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def put(params: Any, key: str) -> None:
    """Make the widgets of a form show `params`, whatever they showed before.

    Settings of several colours are left as they are.
    """
    for info in describe(params):
        value = getattr(params, info.name)
        if info.kind is not tuple or _is_list(value):
            st.session_state[f"{key}:{info.name}"] = _written(value)


def _tuple(info: ParamInfo, value: Any, key: str, common: dict[str, Any]) -> tuple[float, ...]:
    """One number field per part; three parts are the three colours."""
    parts = _PARTS if len(value) == len(_PARTS) else tuple(str(i + 1) for i in range(len(value)))
    out = []
    for place, part, number in zip(st.columns(len(parts)), parts, value, strict=True):
        with place:
            out.append(
                _keyed(
                    st.number_input,
                    f"{key}:{part}",
                    "value",
                    float(number),
                    min_value=info.minimum,
                    max_value=info.maximum,
                    step=info.step,
                    format="%.6g",
                    **{**common, "label": f"{common['label']}, {part}"},
                )
            )
    return tuple(out)
