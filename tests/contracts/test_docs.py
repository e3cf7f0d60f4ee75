"""The examples in docs/add-a-*.md work as they stand."""

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from astro_core.classifiers.registry import MODELS, RECIPES
from astro_core.datasets import layouts
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.readers import base
from astro_core.datasets.store import open_dataset
from astro_core.features import EXTRACTORS
from astro_core.runs import execute
from astro_core.workflows import register  # noqa: F401 - registers the kinds of runs
from astro_core.workflows.features import features_table
from astro_core.workspace import Workspace

DOCS = Path(__file__).parents[2] / "docs"


def run_example(page, module, monkeypatch):
    """Run the page's listing as a module; what it registers ends with the test."""
    listing = re.search(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    for registry in (base.READERS, layouts.LAYOUTS, EXTRACTORS, MODELS, RECIPES):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    made = ModuleType(module)
    monkeypatch.setitem(sys.modules, module, made)  # dataclasses look their module up
    exec(compile(listing[1], page, "exec"), vars(made))
    return vars(made)


@pytest.fixture
def example(monkeypatch):
    return run_example("add-a-reader.md", "npy_stamps", monkeypatch)


def test_the_example_extractor_measures_a_survey(monkeypatch, tmp_path):
    run_example("add-a-feature-extractor.md", "lopsided", monkeypatch)
    space = Workspace(tmp_path / "w").ensure()
    (tmp_path / "sky").mkdir()
    for i in range(4):
        image = np.zeros((21, 21, 3), np.uint8)
        image[10, 10 + 2 * i] = 200
        Image.fromarray(image).save(tmp_path / "sky" / f"g{i}.png")
    made = execute(space, "import", {"path": str(tmp_path / "sky"), "name": "sky"}, title="")
    assert made.state == "done", made.error
    asked = {"dataset": "sky", "extractor": "lopsided", "params": {}, "sample": None, "seed": 0}
    run = execute(space, "features-objects", asked, title="")
    assert run.state == "done", run.error
    table = features_table(space, run.result["key"])
    np.testing.assert_allclose(table["offset_R"], [0, 2, 4, 6], atol=1e-6)


def test_the_example_model_learns_what_lies_in_rings(monkeypatch, tmp_path):
    run_example("add-a-model.md", "rings", monkeypatch)
    space = Workspace(tmp_path / "w").ensure()
    y, x = np.mgrid[-10:11, -10:11]
    for name, light in (("bulge", np.hypot(x, y) < 4), ("ring", np.abs(np.hypot(x, y) - 8) < 2)):
        (tmp_path / "sky" / name).mkdir(parents=True)
        for i in range(20):
            image = np.repeat((light * (100 + 7 * i)).astype(np.uint8)[:, :, None], 3, axis=2)
            Image.fromarray(image).save(tmp_path / "sky" / name / f"{name}{i}.png")
    made = execute(space, "import", {"path": str(tmp_path / "sky"), "name": "sky"}, title="")
    assert made.state == "done", made.error
    settings = {"epochs": 15, "size_px": 21, "learning_rate": 0.01, "rings": 4}
    asked = {"dataset": "sky", "recipe": "rings", "settings": settings}
    run = execute(space, "train", asked, title="")
    assert run.state == "done", run.error
    assert run.result["scores"]["test"]["balanced_accuracy"] == 1.0


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
