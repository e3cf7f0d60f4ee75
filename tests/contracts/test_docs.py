"""The example in docs/add-a-reader.md works as it stands."""

import re
from pathlib import Path

import numpy as np
import pytest

from astro_core.datasets import layouts
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.readers import base
from astro_core.datasets.store import open_dataset
from astro_core.registry import Registry
from astro_core.runs import execute
from astro_core.workflows import register  # noqa: F401 - registers the kinds of runs
from astro_core.workspace import Workspace

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def example(monkeypatch):
    listing = re.search(r"```python\n(.*?)```", (DOCS / "add-a-reader.md").read_text(), re.DOTALL)
    for registry in (base.READERS, layouts.LAYOUTS):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    scope: dict = {"__name__": "npy_stamps"}
    exec(compile(listing[1], "add-a-reader.md", "exec"), scope)
    assert isinstance(base.READERS, Registry)
    return scope


def test_the_example_reader_imports_a_file(example, tmp_path):
    space = Workspace(tmp_path / "w").ensure()
    stamps = np.random.default_rng(0).normal(size=(5, 20, 24)).astype(np.float32)
    np.save(tmp_path / "radio.npy", stamps)
    run = execute(space, "import", {"path": str(tmp_path / "radio.npy"), "name": "radio"}, title="")
    assert run.state == "done", run.error
    dataset = open_dataset(space, "radio")
    assert (dataset.n_objects, dataset.bands) == (5, ("grey",))
    row = read_catalogue(dataset).iloc[3]
    np.testing.assert_array_equal(layouts.read_pixels(dataset, row).band("grey"), stamps[3])


def test_the_example_refuses_a_pickle(example, tmp_path):
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(Exception, match="not a plain NumPy array"):
        example["open_stamps"](tmp_path / "evil.npy")
