"""Every declared setting says what it is, and its default is allowed."""

import dataclasses
import importlib
import pkgutil

import pytest

import astro_core
from astro_core.params import describe, from_mapping, to_mapping, validate


def params_classes():
    found = {}
    for module in pkgutil.walk_packages(astro_core.__path__, "astro_core."):
        if module.name.endswith(("__main__", ".migrations.env")):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and describe(value):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return sorted(found.items())


CLASSES = params_classes()


def test_there_are_some():
    assert len(CLASSES) >= 3


@pytest.mark.parametrize("cls", [c for _, c in CLASSES], ids=[n for n, _ in CLASSES])
def test_settings_are_complete(cls):
    for info in describe(cls):
        assert info.label, info.name
        assert info.help.endswith("."), f"{info.name}: help is a sentence"
        if info.kind in (int, float) and not info.choices:
            assert info.minimum is not None, f"{info.name} has no lower bound"
            assert info.maximum is not None, f"{info.name} has no upper bound"


@pytest.mark.parametrize("cls", [c for _, c in CLASSES], ids=[n for n, _ in CLASSES])
def test_defaults_are_within_bounds_and_survive_a_manifest(cls):
    required = [f for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING]
    if required:
        pytest.skip("has settings without a default")
    assert from_mapping(cls, to_mapping(validate(cls()))) == cls()
