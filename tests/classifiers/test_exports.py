"""A network in another format answers as it did, and what differs is measured."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from astro_core.classifiers import export_litert
from astro_core.classifiers.export_card import cost_words, write_export_card
from astro_core.classifiers.export_cost import Judges, compare, measure
from astro_core.classifiers.export_formats import EXPORTS
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.targets import Targets
from astro_core.domain import Head

FORMATS = [spec.name for spec in EXPORTS]
CLOSE = {"litert": 1e-5, "onnx": 1e-5, "litert-int8": 0.1}


@pytest.fixture(scope="module")
def network(toy):
    """Smaller than the one of the other tests: each export takes a second or more."""
    import keras

    seen = keras.Input((16, 16, 3), name="image")
    x = keras.layers.Rescaling(1 / 255)(seen)
    x = keras.layers.Conv2D(8, 3, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    label = keras.layers.Dense(3, activation="softmax")(x)
    votes = keras.layers.Dense(4, activation="sigmoid")(x)
    return keras.Model(seen, {"label": label, "votes": votes})


@pytest.fixture(scope="module")
def litert(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("litert") / "m.tflite"
    EXPORTS.get("litert").write(network, path, np.zeros(0, np.float32))
    return path


@pytest.mark.parametrize("name", ["litert", "litert-int8"])
def test_what_is_half_made_lies_beside_the_file(name, tmp_path, monkeypatch):
    seen = []

    def converter(_network, folder):
        seen.append(Path(folder))
        return SimpleNamespace(target_spec=SimpleNamespace(), convert=lambda: b"whole")

    monkeypatch.setattr(export_litert, "_converter", converter)
    EXPORTS.get(name).write(None, tmp_path / "m.tflite", np.zeros(0, np.float32))
    assert seen[0].parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["m.tflite"]


def judges(pixels, heads, answers):
    """Galaxies whose truth is what the network says, so that its accuracy is 1."""
    targets = []
    for head in heads:
        values = answers[head.name]
        if head.kind != "votes":
            values = np.eye(len(head.outputs), dtype=np.float32)[values.argmax(axis=1)]
        known = np.arange(len(pixels)) > 0
        targets.append(Targets(head=head, truth=values, known=known))
    return Judges(part="validation", pixels=pixels, targets=tuple(targets))


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_answers_every_head_as_the_network_does(name, network, toy, tmp_path):
    spec, heads, pixels = EXPORTS.get(name), (toy.label, toy.votes), toy.images(20)
    path = tmp_path / f"model{spec.suffix}"
    spec.write(network, path, pixels.astype(np.float32))
    ours = predict(network, pixels, heads)
    theirs = predict(spec.open(path), pixels, heads)
    for head in heads:
        assert np.abs(ours[head.name] - theirs[head.name]).max() < CLOSE[name]
    found = measure(spec, path, network, heads, judges(pixels, heads, ours), grey=False)
    assert found["size_bytes"] == path.stat().st_size
    assert found["latency_ms"] > 0
    label, votes = found["heads"]["label"], found["heads"]["votes"]
    assert (label["n"], label["score"], label["keras"]) == (19, "accuracy", 1.0)
    assert label["worse_by"] == pytest.approx(label["n_changed"] / 19)
    assert (votes["score"], votes["keras"]) == ("rmse", 0.0)
    assert votes["worse_by"] == votes["export"] < CLOSE[name]
    write_export_card(
        tmp_path / "card.md", path.name, spec, toy.info("keras", heads=heads, views=8),
        found | {"keras_bytes": 1000},
    )  # fmt: skip
    card = (tmp_path / "card.md").read_text()
    assert found["input"] in card
    assert "on validation (n = 19)" in card
    assert "averages 8 turned" in card


def test_a_sigmoid_and_grey_pixels_are_exported(tmp_path, toy):
    import keras

    head = Head(name="label", kind="binary", outputs=("elliptical", "spiral"))
    seen = keras.Input((16, 16, 1), name="pixels")
    flat = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(seen))
    network = keras.Model(seen, {"label": keras.layers.Dense(1, activation="sigmoid")(flat)})
    pixels, spec = toy.images(5), EXPORTS.get("litert-int8")
    spec.write(network, tmp_path / "m", pixels.mean(axis=-1, keepdims=True, dtype=np.float32))
    theirs = predict(spec.open(tmp_path / "m"), pixels, (head,), grey=True)["label"]
    ours = predict(network, pixels, (head,), grey=True)["label"]
    np.testing.assert_allclose(theirs, ours, atol=CLOSE[spec.name])
    np.testing.assert_allclose(theirs.sum(axis=1), 1, atol=1e-6)


def test_worse_is_positive_for_classes_and_for_votes(toy):
    truth = np.eye(3, dtype=np.float32)
    known = np.ones(3, dtype=bool)
    wrong = truth[[0, 1, 1]]
    told = compare(Targets(head=toy.label, truth=truth, known=known), truth, wrong)
    assert (told["worse_by"], told["n_changed"]) == (pytest.approx(1 / 3), 1)
    votes = Targets(head=toy.votes, truth=np.zeros((3, 4), np.float32), known=known)
    told = compare(votes, votes.truth, votes.truth + 0.5)
    assert told["worse_by"] == pytest.approx(0.5)


def test_nobody_to_judge_by_is_said(network, litert, toy):
    spec = EXPORTS.get("litert")
    none = Judges(part="validation", pixels=toy.images(0), targets=())
    found = measure(spec, litert, network, (toy.label, toy.votes), none, grey=False)
    said = cost_words(found | {"keras_bytes": 9, "why_not": "It is gone."})
    assert said[-1] == "- Scores were not measured: It is gone."
    target = Targets(head=toy.label, truth=np.zeros((2, 3), np.float32), known=np.zeros(2, bool))
    assert compare(target, target.truth, target.truth) == {"n": 0}
