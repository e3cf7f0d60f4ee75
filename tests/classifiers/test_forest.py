"""A forest on a toy sky where class b has a bright spot on the left and class a on the right."""

import json
import zipfile
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.forest import STEP, ForestParams, fit_forest
from astro_core.classifiers.forest_file import load_forest, save_forest
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.targets import Targets
from astro_core.domain import Cancelled, Head
from astro_core.errors import BadInputError

HEAD = Head(name="label", kind="classes", outputs=("a", "b"))
PARAMS = TrainingParams(size_px=16, grey=True, seed=1)
SMALL = ForestParams(n_estimators=10)
N_FEATURES = 16 * 16


def sky(n=60, seed=0):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (n, 16, 16, 3)).astype(np.uint8)
    classes = np.arange(n) % 2
    for image, kind in zip(pixels, classes, strict=True):
        image[5:11, (2 if kind else 9) : (7 if kind else 14)] += 150
    target = Targets(
        head=HEAD, truth=np.eye(2, dtype=np.float32)[classes], known=np.ones(n, dtype=bool)
    )
    return pixels, target


def parts(n=60):
    pixels, target = sky(n)
    rows = np.arange(n)
    return tuple(
        TrainingSet(pixels=pixels, targets=(target,), rows=r)
        for r in (rows[: 2 * n // 3], rows[2 * n // 3 :])
    )


@pytest.fixture(scope="module")
def grown():
    return fit_forest(*parts(), PARAMS, SMALL)


def test_the_toy_sky_is_learnt_and_turned_views_are_answered(grown):
    forest, history = grown
    pixels, target = sky(20, seed=9)
    answers = predict(forest, pixels, (HEAD,), grey=True)["label"]
    np.testing.assert_array_equal(answers.argmax(axis=1), target.truth.argmax(axis=1))
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    seen = forest.grown.predict_proba(pixels.mean(axis=-1).reshape(20, -1))
    np.testing.assert_allclose(answers, seen, atol=1e-6)
    mirrored = predict(forest, pixels[:, :, ::-1], (HEAD,), grey=True)["label"]
    np.testing.assert_array_equal(mirrored.argmax(axis=1), 1 - target.truth.argmax(axis=1))
    assert [h["epoch"] for h in history] == [STEP, 2 * STEP, 10]
    assert history[-1]["val_accuracy"] == 1


def test_the_same_seed_grows_the_same_forest():
    pixels, _ = sky(40, seed=9)
    one, same, third = (
        predict(
            fit_forest(*noisy(), replace(PARAMS, seed=seed), SMALL)[0], pixels, (HEAD,), grey=True
        )["label"]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, third)


def test_it_can_be_cancelled_between_trees():
    seen = []

    def stop(done, total, message):
        seen.append(done)
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit_forest(*parts(), PARAMS, SMALL, stop)
    assert seen == [0, STEP]


def test_a_class_without_galaxies_is_named():
    training, validation = parts()
    only = TrainingSet(pixels=training.pixels, targets=training.targets, rows=training.rows[::2])
    with pytest.raises(BadInputError, match="no galaxy of class 'b'"):
        fit_forest(only, validation, PARAMS, SMALL)


def test_it_comes_back_from_its_file(grown, tmp_path):
    save_forest(grown[0], tmp_path / "forest.skops")
    back = load_forest(tmp_path / "forest.skops", HEAD, N_FEATURES)
    pixels, _ = sky(20, seed=9)
    one, other = (predict(f, pixels, (HEAD,), grey=True)["label"] for f in (grown[0], back))
    np.testing.assert_array_equal(one, other)


def tampered(forest, tmp_path, change):
    """The forest's file after something was done to the state of its third tree."""
    broken = deepcopy(forest)
    tree = broken.grown.estimators_[2].tree_
    state = tree.__getstate__()
    state = state | {"nodes": state["nodes"].copy(), "values": state["values"].copy()}
    change(state)
    tree.__setstate__(state)
    path = tmp_path / "forest.skops"
    save_forest(broken, path)
    return path


def put(field, node, value):
    def change(state):
        state["nodes"][field][node] = value

    return change


def put_value(node, value):
    def change(state):
        state["values"][node] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("left_child", 0, 10**9), "nobody's child"),
        (put("left_child", 0, -7), "nobody's child"),
        (put("right_child", 0, 0), "nobody's child"),
        (put("feature", 0, N_FEATURES), "a pixel that is not there"),
        (put("feature", 0, -1), "a pixel that is not there"),
        (put("threshold", 0, np.nan), "a number that is none"),
        (put_value(0, np.inf), "a number that is none"),
        (put_value(-1, 7.0), "shares that are none"),
    ],
)
def test_a_tree_that_leads_nowhere_is_refused(grown, tmp_path, change, words):
    path = tampered(grown[0], tmp_path, change)
    with pytest.raises(BadInputError, match=words):
        load_forest(path, HEAD, N_FEATURES)


def test_a_cycle_is_refused(tmp_path):
    def cross(state):
        """Two nodes become each other's child; every node is still somebody's."""
        left, right = state["nodes"]["left_child"], state["nodes"]["right_child"]
        inner = next(i for i in range(1, len(left)) if left[i] != -1)
        side = left if left[0] == inner else right
        side[0], left[inner] = int(left[inner]), inner

    forest, _ = fit_forest(*noisy(), PARAMS, SMALL)
    path = tampered(forest, tmp_path, cross)
    with pytest.raises(BadInputError, match="leads back"):
        load_forest(path, HEAD, N_FEATURES)


def noisy():
    """Answers that no one pixel gives, so that trees are deep."""
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 255, (60, 16, 16, 3)).astype(np.uint8)
    truth = np.eye(2, dtype=np.float32)[rng.integers(0, 2, 60)]
    target = Targets(head=HEAD, truth=truth, known=np.ones(60, dtype=bool))
    rows = np.arange(60)
    return tuple(
        TrainingSet(pixels=pixels, targets=(target,), rows=r) for r in (rows[:40], rows[40:])
    )


@pytest.mark.parametrize(
    ("head", "n_features", "words"),
    [
        (HEAD, N_FEATURES * 3, "256 pixels instead of 768"),
        (Head(name="label", kind="classes", outputs=("a", "b", "c")), N_FEATURES, "2 classes"),
    ],
)
def test_a_forest_for_something_else_is_refused(grown, tmp_path, head, n_features, words):
    save_forest(grown[0], tmp_path / "forest.skops")
    with pytest.raises(BadInputError, match=words):
        load_forest(tmp_path / "forest.skops", head, n_features)


def test_a_tree_that_claims_another_number_of_nodes_is_refused(grown, tmp_path):
    path, changed = tmp_path / "forest.skops", tmp_path / "changed.skops"
    save_forest(grown[0], path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "schema.json":
                schema = json.loads(content)
                tree = schema["content"]["content"]["estimators_"]["content"][1]
                state = tree["content"]["content"]["tree_"]["content"]["content"]
                state["node_count"] = state["node_count"] | {"content": "1", "__id__": 1}
                content = json.dumps(schema)
            new.writestr(name, content)
    with pytest.raises(BadInputError, match="number of nodes"):
        load_forest(changed, HEAD, N_FEATURES)
