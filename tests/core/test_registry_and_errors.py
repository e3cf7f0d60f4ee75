from dataclasses import dataclass

import pytest

from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.registry import Registry


@dataclass(frozen=True)
class Spec:
    name: str


def test_registry_keeps_order_and_answers_by_name():
    registry = Registry("toy")
    second, first = registry.add(Spec("b")), registry.add(Spec("a"))
    assert registry.names() == ("b", "a")
    assert list(registry) == [second, first]
    assert registry.get("a") is first
    assert "a" in registry
    assert "z" not in registry
    assert len(registry) == 2


def test_registry_says_what_there_is():
    registry = Registry("toy")
    registry.add(Spec("a"))
    with pytest.raises(NotFoundError, match=r"no toy named 'z'\. Expected one of a\."):
        registry.get("z")
    with pytest.raises(ConflictError, match="already a toy named 'a'"):
        registry.add(Spec("a"))


def test_an_error_reads_as_sentences():
    error = BadInputError(
        "The bands differ", expected="equal shapes", given="128x128", todo="Re-cut"
    )
    assert str(error) == "The bands differ. Expected equal shapes; got 128x128. Re-cut."
    assert str(BadInputError("Nothing is there")) == "Nothing is there."
    assert str(BadInputError("Too big", given="9 GB")) == "Too big. Got 9 GB."
