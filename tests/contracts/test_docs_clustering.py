"""The example in docs/add-a-clustering-method.md works as it stands."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from astro_core.clustering import CLUSTERERS, agreement, cluster, scan
from astro_core.domain import Features

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def example(monkeypatch):
    text = (DOCS / "add-a-clustering-method.md").read_text()
    listing = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.setattr(CLUSTERERS, "_entries", dict(CLUSTERERS._entries))
    module = types.ModuleType("bisecting")
    monkeypatch.setitem(sys.modules, "bisecting", module)
    exec(compile(listing[1], "add-a-clustering-method.md", "exec"), module.__dict__)


def test_the_example_finds_planted_groups(example):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 200)
    features = Features(
        object_ids=tuple(map(str, range(200))),
        values=8 * np.eye(4)[truth] + rng.normal(size=(200, 4)),
        names=("a", "b", "c", "d"),
    )
    result = cluster(features, "bisecting", {"n_clusters": 4})
    assert agreement(result.labels, truth.astype(str))["ari"] > 0.95
    assert result.strengths.max() > 0.5
    assert len(scan(features, "bisecting", [2, 3, 4])) == 3
