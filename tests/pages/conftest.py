"""Pages without a browser: a temporary workspace, a small picture survey, and AppTest."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from astro_core.datasets.catalogue import REQUIRED_COLUMNS, read_catalogue
from astro_core.datasets.store import publish_dataset, write_state
from astro_core.domain import Dataset, ImagePart, RenderRecipe, Source, plain_taxonomy
from astro_core.runs.folder import RunFolder
from astro_core.workflows.feature_store import FeatureSet, NewFeatures, write_features
from astro_core.workflows.training_plan import plan_training
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace, write_json

REPOSITORY = Path(__file__).resolve().parents[2]
CLASSES = ("elliptical", "spiral", "merger")


@pytest.fixture
def space(tmp_path, monkeypatch):
    """An empty workspace that the pages use."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "workspace"))
    return Workspace(tmp_path / "workspace").ensure()


def blob(i, size=48):
    """A round or elongated source on noise, as RGB."""
    y, x = np.mgrid[:size, :size] - size / 2
    light = 220 * np.exp(-(x**2 + (1 + i % 3) * y**2) / 40)
    noise = np.random.default_rng(i).normal(12, 4, (size, size))
    return np.clip(light + noise, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2)


@pytest.fixture
def make_survey(space, tmp_path):
    """Makes a picture survey of `n` objects under a name; every fourth has no label."""

    def make(name="pictures", n=24, *, simulated=False, validation=False):
        images = tmp_path / f"images of {name}"
        images.mkdir()
        for i in range(n):
            Image.fromarray(blob(i)).save(images / f"{name}-{i:03d}.jpg")
        frame = pd.DataFrame({c: [None] * n for c in REQUIRED_COLUMNS})
        frame["object_id"] = [f"{name}-{i:03d}" for i in range(n)]
        frame["file"] = frame["object_id"] + ".jpg"
        frame["label"] = [None if i % 4 == 3 else CLASSES[i % 4] for i in range(n)]
        frame["split"] = ["test" if i % 5 == 0 else "train" for i in range(n)]
        if validation:
            frame.loc[1::5, "split"] = "validation"
        frame["group"] = frame["content"] = frame["object_id"]
        frame["ra_deg"], frame["dec_deg"] = 150.0 + frame.index / 100, 2.0
        frame["part"] = frame["row"] = 0
        frame["width_px"] = frame["height_px"] = 48
        counts = frame["label"].value_counts().to_dict()
        made = space.scratch_folder("survey") / "dataset"
        made.mkdir()
        dataset = Dataset(
            name=name,
            folder=made,
            parts=(ImagePart(layout="picture", root=str(images), bands=("R", "G", "B")),),
            bands=("R", "G", "B"),
            taxonomy=plain_taxonomy(name, CLASSES),
            source=Source(
                reader="folders",
                location=str(images),
                imported_at="2026-01-01T00:00:00Z",
                simulated=simulated,
            ),
            fingerprint=f"print-of-{name}",
            n_objects=n,
            n_bad=0,
            class_counts={c: int(counts[c]) for c in CLASSES},
            recipe=RenderRecipe(size_px=64),
        )
        write_state(made, dataset, frame, [])
        return publish_dataset(space, made, name)

    return make


@pytest.fixture
def plant(space):
    """Stores features of a survey: three blobs in four dimensions, object i in blob i % 3."""

    def planted(dataset):
        n = dataset.n_objects
        centres = np.array([[0, 0, 0, 0], [20, 0, 0, 3], [0, 20, 5, 0]])
        values = centres[np.arange(n) % 3] + np.random.default_rng(5).normal(0, 1, (n, 4))
        about = FeatureSet(
            key=f"{dataset.fingerprint}-planted",
            extractor="morphology",
            label="Planted",
            params={},
            n_objects=n,
            n_features=4,
            n_bad=2,
            created_at="2026-01-01T00:00:00+00:00",
            summary="three blobs",
            dataset=dataset.name,
            fingerprint=dataset.fingerprint,
        )
        names = ("gini", "m20", "asymmetry", "concentration")
        table = pd.DataFrame(values, columns=list(names))
        table.insert(0, "object_id", [f"{dataset.name}-{i:03d}" for i in range(n)])
        problems = pd.DataFrame({"object_id": ["a", "b"], "reason": ["no light", "no light"]})
        new = NewFeatures(about=about, values=values, names=names, objects=table, problems=problems)
        write_features(space, new)
        return about.key

    return planted


@pytest.fixture
def plant_training(space):
    """Stores a training of a survey as a run leaves it; the answer is wrong for every fifth."""

    def planted(dataset, state="done", *, recipe="galaxy10-simple", settings=None, epochs=3):
        settings = {"epochs": epochs, "size_px": 24, **(settings or {})}
        params = {"dataset": dataset.name, "recipe": recipe, "settings": settings}
        title = f"Training {recipe} on {dataset.name}"
        store = RunFolder.create(space, kind="train", params=params, title=title)
        plan = plan_training(recipe, settings)
        write_json(store.path / "config.json", plan.to_json() | {"dataset": dataset.name})
        write_json(
            store.path / "history.json",
            [
                {"epoch": i + 1, "loss": 1 / (i + 1), "val_loss": abs(i - 1) + 0.5, "seconds": 2.0,
                 "accuracy": 0.3 + i / 10, "val_accuracy": 0.4 + i / 20}
                for i in range(epochs - (state == "running"))
            ],
        )  # fmt: skip
        rows = read_catalogue(dataset)[["object_id", "label", "split"]]
        table = rows.rename(columns={"split": "part"})
        table.to_parquet(store.path / "parts.parquet", index=False)
        store.write_progress(epochs * 4, epochs * 4, f"Epoch {epochs} of {epochs}")
        store.start()
        store.log("planted")
        if state == "running":
            store.write_progress(epochs * 4 - 2, epochs * 4, f"Epoch {epochs} of {epochs}")
            return store.run_id
        if state != "done":
            store.end(
                state, error="The loss is not a number any more." if state == "failed" else ""
            )
            return store.run_id
        right = [CLASSES.index(x) if isinstance(x, str) else 0 for x in table["label"]]
        given = [(c + (i % 5 == 0)) % 3 for i, c in enumerate(right)]
        values = np.full((len(table), 3), 0.1) + 0.7 * np.eye(3)[given]
        columns = [f"p_{name}" for name in CLASSES]
        told = pd.concat([table, pd.DataFrame(values, columns=columns)], axis=1)
        told.to_parquet(store.path / "predictions.parquet", index=False)
        n = int(((table["part"] == "test") & table["label"].notna()).sum())
        scores = {"test": {"n": n, "accuracy": 0.2, "balanced_accuracy": 0.25, "macro_f1": 0.2}}
        store.end("done", result={"scores": scores, "epochs": epochs, "n_objects": len(table)})
        return store.run_id

    return planted


@pytest.fixture
def open_page():
    """Runs a page on its own, as a cold deep link does, and fails on any exception."""

    def run(file, *, session=None, **query):
        test = AppTest.from_file(str(REPOSITORY / "pages" / file), default_timeout=60)
        for name, value in query.items():
            test.query_params[name] = value
        for name, value in (session or {}).items():
            test.session_state[name] = value
        test.run()
        assert not test.exception, test.exception[0].message
        return test

    return run


@pytest.fixture
def html_of():
    """All of a page's own HTML as one text."""
    return lambda test: "\n".join(element.proto.body for element in test.get("html"))
