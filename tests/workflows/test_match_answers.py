"""A model's classes and a dataset's, put together by their names."""

from types import SimpleNamespace

import pandas as pd
import pytest

from astro_core.domain import Head
from astro_core.workflows import match_answers


@pytest.fixture
def match(monkeypatch, survey):
    def match(outputs, labels):
        table = pd.DataFrame({"label": labels})
        monkeypatch.setattr(match_answers, "read_catalogue", lambda _: table)
        heads = (Head(name="class", kind="classes", outputs=outputs),)
        render = SimpleNamespace(bands=("R", "G", "B"))
        return match_answers.match(SimpleNamespace(name="m", heads=heads, render=render), survey)

    return match


def test_classes_that_differ_only_in_a_sign_stay_apart(match):
    found = match(("-5", "0", "5"), ["-5"] * 5 + ["5"] * 4 + ["0"] * 3)
    assert found.heads[0].outputs == ("-5", "0", "5")
    assert (found.unknown, found.unused) == ({}, ())


@pytest.mark.parametrize(
    ("outputs", "labels", "names", "unknown"),
    [
        (("Edge On", "merger"), ["edge_on", "ring"], ("edge_on", "merger"), {"ring": 1}),
        (("SAB", "Sab", "S0"), ["sab", "S0"], ("SAB", "Sab", "S0"), {"sab": 1}),
        (("spiral", "Spiral"), ["Spiral"], ("spiral", "Spiral"), {}),
        (("spiral", "ring"), ["Spiral", "SPIRAL", "ring"], ("spiral", "ring"),
         {"Spiral": 1, "SPIRAL": 1}),
    ],
)  # fmt: skip
def test_a_name_is_given_only_where_it_means_one_class(match, outputs, labels, names, unknown):
    found = match(outputs, labels)
    assert found.heads[0].outputs == names
    assert found.unknown == unknown
