"""Which settings a search may change, and between which values.

A range is written as text, the same in a shell, an address and a run's folder:
``learning_rate=0.0001:0.01:log``, ``filters.1=8:64:8`` (the first of several numbers, in steps of
8), ``optimiser=adam|adamw``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from astro_core.errors import BadInputError
from astro_core.params import ParamInfo, describe

# the same for all trials, or they could not be compared; or about how the search itself goes on
NOT_SEARCHED = (
    "labels",
    "taxonomy",
    "seed",
    "epochs",
    "stop_after",
    "slow_after",
    "train_share",
    "weights",
)
Value = int | float | bool | str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting of a recipe that a search may change.

    Attributes
    ----------
    name : str
        As in the recipe; "filters.2" is the second of several numbers.
    label : str
        For a person: "Filters 2".
    info : ParamInfo
        Kind, bounds, choices and unit.
    value : int, float, bool or str
        What the recipe has.
    """

    name: str
    label: str
    info: ParamInfo
    value: Value

    @property
    def choices(self) -> tuple[Value, ...]:
        """The values there are, where it is no number."""
        return (False, True) if self.info.kind is bool else tuple(self.info.choices)

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return isinstance(self.value, int) and not self.choices


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """The values that a search tries for one setting: a range, or some choices.

    Attributes
    ----------
    whole : bool
        Whether only whole numbers are tried.
    log : bool
        Whether each doubling is as likely as another; for ranges over orders of magnitude.
    step : int
        Between whole numbers; 1 on a logarithmic range.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    log: bool = False
    step: int = 1
    choices: tuple[Value, ...] = ()

    @property
    def text(self) -> str:
        """Return it as `parse` reads it."""
        if self.choices:
            return f"{self.name}=" + "|".join(map(str, self.choices))
        more = ":log" if self.log else f":{self.step}" if self.whole and self.step > 1 else ""
        return f"{self.name}={self.low:.10g}:{self.high:.10g}{more}"

    def nearest(self, value: Any) -> Value:
        """Return the value of the range that is nearest to `value`."""
        if self.choices:
            return value if value in self.choices else self.choices[0]
        inside = min(max(value, self.low), self.high)
        if not self.whole:
            return float(inside)
        steps = round((inside - self.low) / self.step)
        steps = min(steps, int((self.high - self.low) // self.step))
        return int(self.low + steps * self.step)


def settings_of(training: Any, network: Any, obeys: Sequence[str] = ()) -> dict[str, Setting]:
    """List what a search may change of a recipe, by name.

    Parameters
    ----------
    training, network : params dataclass
        With the values in use, which say how many numbers a list has.
    obeys : sequence of str
        The training settings that mean something for the model; empty for all of them.
    """
    own = [(info, training) for info in describe(training) if not obeys or info.name in obeys]
    own += [(info, network) for info in describe(network)]
    found: dict[str, Setting] = {}
    for info, params in own:
        for setting in _parts(info, getattr(params, info.name)):
            found[setting.name] = setting
    return found


def _parts(info: ParamInfo, value: Any) -> list[Setting]:
    if info.name in NOT_SEARCHED:
        return []
    if info.kind is tuple:
        return [
            Setting(
                name=f"{info.name}.{place}", label=f"{info.label} {place}", info=info, value=part
            )
            for place, part in enumerate(value, start=1)
            if isinstance(part, int | float)
        ]
    numeric = info.kind in (int, float) and value is not None
    if not numeric and not info.choices and info.kind is not bool:
        return []
    return [Setting(name=info.name, label=info.label, info=info, value=value)]


def suggest(setting: Setting) -> Dimension:
    """Return a range to begin with.

    Where the declared bounds span more than two orders of magnitude it goes from an eighth of the
    recipe's value to eight times that, by factors; a share from nothing to one, as of a penalty,
    is tried at its small end; anything else between its bounds.
    """
    if setting.choices:
        return Dimension(name=setting.name, choices=setting.choices)
    info, value = setting.info, float(setting.value)
    low = info.minimum if info.minimum is not None else min(value, 0.0)
    high = info.maximum if info.maximum is not None else max(value, 1.0) * 8
    if (low, high) == (0, 1) and not setting.whole:
        return _range(setting, 1e-6, 0.1, log=True)
    least = max(low, 1) if setting.whole else low or value
    if value > 0 and high > 100 * least:
        return _range(setting, max(low, value / 8), min(high, value * 8), log=True)
    return _range(setting, low, high, log=False)


def _range(setting: Setting, low: float, high: float, *, log: bool) -> Dimension:
    if setting.whole:
        low, high = max(1.0, math.ceil(low)) if log else math.ceil(low), math.floor(high)
    return Dimension(name=setting.name, low=low, high=high, whole=setting.whole, log=log)


def parse(text: str, known: Mapping[str, Setting]) -> Dimension:
    """Read a range; a name alone asks for the suggested one.

    Raises
    ------
    BadInputError
        If there is no such setting, the text cannot be read, or the range is empty or goes
        beyond the bounds of the setting.
    """
    name, equals, values = text.strip().partition("=")
    name = name.strip()
    if name not in known:
        raise BadInputError(
            f"There is no setting named '{name}' to search",
            expected="one of " + ", ".join(known),
        )
    setting = known[name]
    if not equals:
        return suggest(setting)
    if setting.choices:
        return _choices(setting, values)
    return _numbers(setting, values, text)


def _choices(setting: Setting, text: str) -> Dimension:
    by_text = {str(choice): choice for choice in setting.choices}
    given = [part.strip() for part in text.replace(",", "|").split("|") if part.strip()]
    unknown = [part for part in given if part not in by_text]
    if unknown or not given:
        raise BadInputError(
            f"{setting.label} ({setting.name}) has no such choice",
            expected="some of " + ", ".join(by_text),
            given=", ".join(unknown) or "nothing",
        )
    chosen = tuple(by_text[part] for part in dict.fromkeys(given))
    return Dimension(name=setting.name, choices=chosen)


def _numbers(setting: Setting, values: str, text: str) -> Dimension:
    parts = [part.strip() for part in values.split(":")]
    try:
        low, high = (float(part) for part in parts[:2])
        log = parts[2:] == ["log"]
        step = int(parts[2]) if len(parts) == 3 and not log else 1
        if len(parts) > 3 or step < 1 or not all(map(math.isfinite, (low, high))):
            raise ValueError
    except ValueError:
        raise BadInputError(
            f"The range '{text}' cannot be read",
            expected=f"{setting.name}=LOW:HIGH, LOW:HIGH:log, or LOW:HIGH:STEP of whole numbers",
        ) from None
    found = Dimension(
        name=setting.name, low=low, high=high, whole=setting.whole, log=log, step=step
    )
    _check(setting, found)
    return found


def _check(setting: Setting, found: Dimension) -> None:
    info, said = setting.info, f"{setting.label} ({setting.name})"
    if found.low > found.high:
        raise BadInputError(f"The range of {said} is empty", given=found.text)
    low, high = info.minimum, info.maximum
    if (low is not None and found.low < low) or (high is not None and found.high > high):
        raise BadInputError(
            f"The range of {said} is out of bounds", expected=f"{low} to {high}", given=found.text
        )
    if found.log and found.low <= 0:
        raise BadInputError(
            f"A logarithmic range begins above 0: {said}", given=found.text,
            todo="Begin with a small number, or leave out 'log'",
        )  # fmt: skip
    if found.whole and (found.low % 1 or found.high % 1):
        raise BadInputError(f"{said} takes whole numbers", given=found.text)
    if found.step > 1 and not found.whole:
        raise BadInputError(f"{said} has no steps", given=found.text, todo="Leave out the step")


def as_settings(
    values: Mapping[str, Value], training: Any, network: Any
) -> dict[str, Value | list[Value]]:
    """Turn what was tried into settings of a training; "filters.2" into the whole list."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        whole_name, dot, place = name.partition(".")
        if not dot:
            out[name] = value
            continue
        owner = network if hasattr(network, whole_name) else training
        parts = out.setdefault(whole_name, list(getattr(owner, whole_name)))
        parts[int(place) - 1] = value
    return out
