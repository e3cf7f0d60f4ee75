from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astro_core.errors import BadInputError
from astro_core.params import describe, digest, from_mapping, param, to_mapping, validate


@dataclass(frozen=True, kw_only=True)
class ToyParams:
    n: int = param(12, label="Number", minimum=2, maximum=100, help="How many.")
    scale: float | None = param(None, label="Scale", minimum=0.0, unit="arcsec", help="How big.")
    mode: str = param("a", label="Mode", choices=("a", "b"), help="Which.")
    on: bool = param(False, label="On", help="Whether.")
    black: tuple[float, float] = param((0.0, 1.0), label="Black", minimum=0, help="Two values.")


def test_describe_gives_every_declared_setting_in_order():
    infos = describe(ToyParams)
    assert [i.name for i in infos] == ["n", "scale", "mode", "on", "black"]
    assert [i.kind for i in infos] == [int, float, str, bool, tuple]
    assert [i.optional for i in infos] == [False, True, False, False, False]
    assert infos[0].default == 12


def test_strings_from_a_shell_become_values():
    made = from_mapping(
        ToyParams, {"n": "5", "scale": "none", "mode": "b", "on": "yes", "black": "1, 2.5"}
    )
    assert made == ToyParams(n=5, mode="b", on=True, black=(1, 2.5))


@given(st.integers(2, 100), st.none() | st.floats(0, 1e9), st.booleans())
def test_mapping_round_trip(n, scale, on):
    params = ToyParams(n=n, scale=scale, on=on)
    assert from_mapping(ToyParams, to_mapping(params)) == params


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"n": 1}, r"Number \(n\) is out of bounds\. Expected 2 to 100; got 1\."),
        ({"n": "many"}, "cannot be read. Expected a value of type int"),
        ({"n": 2.5}, "cannot be read"),
        ({"n": None}, "needs a value"),
        ({"scale": -1}, "0.0 to any arcsec"),
        ({"scale": float("nan")}, "out of bounds"),
        ({"black": (1, -1)}, "out of bounds"),
        ({"mode": "c"}, "one of a, b"),
        ({"on": "perhaps"}, "cannot be read"),
        ({"colour": 1}, "no setting named 'colour'. Expected one of n, scale"),
    ],
)
def test_bad_values_are_named_in_words(values, words):
    with pytest.raises(BadInputError, match=words):
        from_mapping(ToyParams, values)


def test_validate_checks_an_instance():
    with pytest.raises(BadInputError, match="out of bounds"):
        validate(ToyParams(n=1000))


def test_digest_does_not_depend_on_key_order():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
