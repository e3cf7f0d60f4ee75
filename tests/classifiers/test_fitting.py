"""A toy sky: class b has a bright spot on the left, class a on the right."""

import random

import numpy as np
import pytest

from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.fitting import fit
from astro_core.classifiers.networks.stack import StackParams, build_stack_network
from astro_core.classifiers.predicting import embed, predict
from astro_core.classifiers.seeding import seed_weights
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.targets import Targets
from astro_core.domain import Cancelled, Head
from astro_core.errors import BadInputError

HEAD = Head(name="label", kind="classes", outputs=("a", "b"))
SMALL = StackParams(filters=(4,), kernels=(3,), strides=(1,), pools=(4,), dense=(8,), dropout=0.2)
PARAMS = TrainingParams(epochs=6, batch_size=16, learning_rate=0.01, size_px=16, seed=1)


def sky(n=96, seed=0):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (n, 16, 16, 3)).astype(np.uint8)
    classes = np.arange(n) % 2
    for image, kind in zip(pixels, classes, strict=True):
        image[5:11, (2 if kind else 9) : (7 if kind else 14)] += 150
    target = Targets(
        head=HEAD, truth=np.eye(2, dtype=np.float32)[classes], known=np.ones(n, dtype=bool)
    )
    return pixels, target


def parts(n=96):
    pixels, target = sky(n)
    rows = np.arange(n)
    cut = 2 * n // 3
    return tuple(
        TrainingSet(pixels=pixels, targets=(target,), rows=r) for r in (rows[:cut], rows[cut:])
    )


def build():
    return build_stack_network((16, 16, 3), (HEAD,), SMALL)


def test_the_toy_sky_is_learnt(tmp_path):
    fitted = fit(build, *parts(), PARAMS, tmp_path)
    pixels, target = sky(40, seed=9)
    answers = predict(fitted.model, pixels, (HEAD,))["label"]
    assert (answers.argmax(axis=1) == target.truth.argmax(axis=1)).mean() > 0.95
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert [h["epoch"] for h in fitted.history] == [1, 2, 3, 4, 5, 6]
    assert embed(fitted.model, "embedding", pixels).shape == (40, 8)


@pytest.mark.parametrize(
    "more", [{}, {"average": 0.9}, {"stop_after": 4, "slow_after": 2, "schedule": "constant"}]
)
def test_an_interrupted_training_ends_like_one_that_was_not(tmp_path, more):
    params = TrainingParams(
        **{**vars_of(PARAMS), "rotation_deg": 20.0, "schedule": "cosine"} | more
    )
    whole = fit(build, *parts(), params, tmp_path / "whole")

    def stop_in_epoch_four(done, total, _):
        if done > total * 3.5 / 6:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(build, *parts(), params, tmp_path / "cut", stop_in_epoch_four)
    resumed = fit(build, *parts(), params, tmp_path / "cut")
    assert len(resumed.history) == len(whole.history)
    for one, other in zip(whole.history, resumed.history, strict=True):
        assert one["val_loss"] == pytest.approx(other["val_loss"], abs=1e-3)
        assert one["loss"] == pytest.approx(other["loss"], abs=1e-3)
    pixels, _ = sky(20, seed=9)
    np.testing.assert_allclose(
        predict(whole.model, pixels, (HEAD,))["label"],
        predict(resumed.model, pixels, (HEAD,))["label"],
        atol=1e-3,
    )


def vars_of(params):
    from astro_core.params import to_mapping

    return to_mapping(params)


def test_first_weights_follow_from_the_seed_whatever_else_draws_numbers():
    one, other, third = build(), build(), build()
    seed_weights(one, 4)
    random.random()
    seed_weights(other, 4)
    seed_weights(third, 5)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one.get_weights()[0], third.get_weights()[0])
    kernel = one.get_layer("last_conv").kernel.numpy()
    assert np.abs(kernel).max() <= np.sqrt(6 / (27 + 9 * 4)) + 1e-6  # Glorot & Bengio 2010


def test_a_finished_training_is_not_trained_again(tmp_path):
    fit(build, *parts(), PARAMS, tmp_path)
    seen = []
    fit(build, *parts(), PARAMS, tmp_path, lambda *args: seen.append(args))
    assert not seen


def test_the_best_epoch_is_kept_when_it_stops_by_itself(tmp_path):
    params = TrainingParams(
        **{**vars_of(PARAMS), "learning_rate": 0.5, "stop_after": 2, "epochs": 30}
    )
    fitted = fit(build, *parts(), params, tmp_path)
    assert len(fitted.history) < 30
    _, validation = parts()
    answers = predict(fitted.model, validation.pixels[validation.rows], (HEAD,))["label"]
    truth = validation.targets[0].truth[validation.rows]
    loss = -np.log(np.clip((answers * truth).sum(axis=1), 1e-7, 1)).mean()
    assert loss == pytest.approx(min(h["val_loss"] for h in fitted.history), abs=1e-3)


def test_a_loss_that_is_no_number_ends_in_words(tmp_path):
    params = TrainingParams(**{**vars_of(PARAMS), "learning_rate": 1.0, "optimiser": "sgd"})

    training, validation = parts()
    training.targets[0].truth[:] = np.nan
    with pytest.raises(BadInputError, match="not a number"):
        fit(build, training, validation, params, tmp_path)


def test_settings_that_exclude_each_other_are_refused(tmp_path):
    params = TrainingParams(schedule="cosine", slow_after=3)
    with pytest.raises(BadInputError, match="exclude each other"):
        fit(build, *parts(), params, tmp_path)


def test_the_rate_falls_when_the_validation_loss_stalls(tmp_path):
    """With one bright and one dark class mixed at random there is nothing to learn."""
    training, validation = parts()
    rng = np.random.default_rng(0)
    training.targets[0].truth[:] = np.eye(2)[rng.integers(0, 2, 96)]
    params = TrainingParams(**{**vars_of(PARAMS), "slow_after": 1, "epochs": 8})
    fitted = fit(build, training, validation, params, tmp_path)
    assert float(fitted.model.optimizer.learning_rate.numpy()) < PARAMS.learning_rate


def test_an_empty_part_is_refused_in_words(tmp_path):
    training, validation = parts()
    empty = TrainingSet(
        pixels=validation.pixels, targets=validation.targets, rows=np.zeros(0, dtype=np.intp)
    )
    with pytest.raises(BadInputError, match="validation part"):
        fit(build, training, empty, PARAMS, tmp_path)
