"""Training the galaxy finder as a run: pictures of rectangles, and a trunk of a few maps."""

import functools
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from astro_core import extras
from astro_core.datasets.boxes import BACKGROUND, BOX_COLUMNS, write_boxes
from astro_core.datasets.store import open_dataset
from astro_core.detection import fitting
from astro_core.detection.finder_bundle import (
    CARD,
    NETWORK,
    open_finder,
    read_finder,
    tell_scores,
)
from astro_core.detection.ssd_anchors import anchors
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.finders import find_finder
from astro_core.workflows.score_finder import judged_params
from astro_core.workflows.train_finder import KIND, copy_finder, submit_finder_training
from astro_core.workspace import Workspace, read_json

SIZE = 64
SETTINGS = {"size_px": SIZE, "windows": 8, "batch_size": 4, "epochs": 2}


@pytest.fixture
def small_trunk(monkeypatch):
    """MobileNetV2 with a few maps that is not compiled, so that our code around it is quick."""
    import keras

    eager = functools.partialmethod(keras.Model.compile, run_eagerly=True)
    monkeypatch.setattr(keras.Model, "compile", eager)

    def small(shape, **_):
        x = image = keras.Input(shape)
        for name in ("first", "block_3_expand_relu", "block_6_expand_relu", "block_13_expand_relu"):
            x = keras.layers.Conv2D(4, 3, strides=2, padding="same", name=name)(x)
        x = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="last")(x)
        return keras.Model(image, keras.layers.BatchNormalization(name="block_16_project_BN")(x))

    monkeypatch.setattr(keras.applications, "MobileNetV2", small)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("finder")
    workspace = Workspace(place / "space").ensure()
    pictures = place / "pictures"
    pictures.mkdir()
    rows = []
    rng = np.random.default_rng(0)
    for number in range(12):
        pixels = rng.integers(0, 40, (SIZE, SIZE, 3)).astype(np.uint8)
        x, y = rng.integers(5, 35, 2)
        pixels[y : y + 20, x : x + 14] = 200
        Image.fromarray(pixels).save(pictures / f"{number}.png")
        corners = dict(zip(("x0", "y0", "x1", "y1"), (x, y, x + 14, y + 20), strict=True))
        known = {
            "object_id": f"g{number}",
            "type": "spiral",
            "field": str(number),
            "snr": 50.0,
            **corners,
        }
        rows.append(dict.fromkeys(BOX_COLUMNS, 0) | known)
        rows.append(rows[-1] | {"object_id": f"g{number}-001", "type": BACKGROUND, "x1": x + 3})
    for name in ("sky", "unmarked"):
        params = {"path": str(pictures), "name": name, "reader": "folders"}
        assert execute(workspace, "import", params, title="Import").state == "done"
    write_boxes(open_dataset(workspace, "sky").folder, rows)
    return workspace


def test_a_training_that_was_stopped_goes_on_and_leaves_a_finder(space, small_trunk, monkeypatch):
    params = {"datasets": ["sky"], "settings": SETTINGS}
    fit, seen = fitting.fit_finder, []

    def stopped_once(training, validation, settings, folder, progress, on_epoch):
        def watched(done, total, message=""):
            progress(done, total, message)
            if done == 3 and not seen:
                seen.append(read_json(folder.parent / "history.json"))
                raise Cancelled

        with pytest.raises(Cancelled):
            fit(training, validation, settings, folder, watched, on_epoch)
        light = [
            s.pixels[i][round(b[1]) : round(b[3]), round(b[0]) : round(b[2])].mean()
            for s in (*training, *validation)
            for i, boxes in enumerate(s.boxes)
            for b in boxes
        ]
        assert np.allclose(light, 200, atol=5)
        assert (len(light), len(validation[0].pixels)) == (12, 2)
        return fit(training, validation, settings, folder, progress, on_epoch)

    monkeypatch.setattr("astro_core.workflows.train_finder.fit_finder", stopped_once)
    run = execute(space, KIND, params, title="Train")
    assert run.state == "done", run.error
    history = read_json(space.runs / run.run_id / "history.json")
    assert [epoch["epoch"] for epoch in history] == [1, 2]
    assert history[:1] == seen[0]

    folder = space.root / "copied"
    copy_finder(space, run.run_id, folder)
    finder = open_finder(folder)
    told = finder.answer(np.zeros((1, SIZE, SIZE, 3), dtype=np.float32))
    assert told["box"].shape == (1, len(anchors(SIZE)), 4)
    assert told["score"].shape == (1, len(anchors(SIZE)), 1)
    assert finder.info.training == SETTINGS | {
        "architecture": "ssd", "crowded": 0.3, "learning_rate": None, "seed": 0,
    }  # fmt: skip
    tell_scores(folder, {"Rectangles": {"n_pictures": 12, "map_50": 0.5, "map_50_sd": 0.125}})
    assert open_finder(folder).info.metrics["Rectangles"]["map_50"] == 0.5
    text = (folder / CARD).read_text(encoding="utf-8")
    assert "dataset 'sky'" in text
    assert "- Rectangles: n_pictures 12, map_50 0.5 ± 0.12." in text
    (folder / NETWORK).write_bytes(b"another")
    tell_scores(folder, {})
    with pytest.raises(BadInputError, match="not what was saved"):
        open_finder(folder)


def test_only_datasets_with_true_boxes_teach(space):
    with pytest.raises(NotFoundError, match="no true boxes"):
        submit_finder_training(space, ["sky", "unmarked"], {})
    with pytest.raises(BadInputError, match="nothing to learn"):
        submit_finder_training(space, [], {})
    with pytest.raises(BadInputError, match="one of ssd, retinanet"):
        submit_finder_training(space, ["sky"], {"architecture": "yolo"})
    with pytest.raises(NotFoundError):
        open_finder(space.root)


def test_an_architecture_whose_extra_is_missing_says_how_to_get_it(space, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(BadInputError, match=r"needs the package keras_hub.*'\.\[retinanet\]'"):
        submit_finder_training(space, ["sky"], {"architecture": "retinanet"})


@pytest.mark.skipif(find_spec("keras_hub") is None, reason="the extra 'retinanet' is missing")
def test_retinanet_learns_and_then_finds_without_its_extra(space, monkeypatch):
    params = {"datasets": ["sky"], "settings": SETTINGS | {"architecture": "retinanet"}}
    run = execute(space, KIND, params, title="Train")
    assert run.state == "done", run.error
    info = read_finder(space.runs / run.run_id / "finder")
    assert info.training["architecture"] == "retinanet"
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    spec = find_finder(space, run.run_id)
    image = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
    assert len(spec.find(image, judged_params(spec))) > 0
