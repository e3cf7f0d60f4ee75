"""Several models that answer together: what each counts, and that a kill changes nothing."""

import numpy as np
import pytest

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.ensemble_fitting import EnsembleParams, fit_ensemble, members_of
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.mixing import log_loss, mixing_shares
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.registry import MODELS
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.targets import Targets
from astro_core.domain import Cancelled, Head
from astro_core.errors import BadInputError, NotFoundError

TWO = Head(name="label", kind="classes", outputs=("left", "right"))
SIZE = 16
PARAMS = TrainingParams(size_px=SIZE, epochs=2, seed=5)
MEMBERS = EnsembleParams(members="galaxy10-simple, astrodetector-forest")


def probabilities(rng, truth, skill):
    """Answers for as many classes as there are, right by a margin that skill sets."""
    scores = rng.normal(size=(len(truth), 3)) + skill * np.eye(3)[truth]
    shares = np.exp(scores)
    return shares / shares.sum(axis=1, keepdims=True)


def test_the_shares_are_those_of_least_log_loss():
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 500)
    answers = np.stack([probabilities(rng, truth, skill) for skill in (1.0, 2.0, 1.5)])
    shares = mixing_shares(answers, truth)

    def loss(x):
        return log_loss(np.tensordot(x, answers, axes=1), truth)

    best = minimize(
        loss, np.full(3, 1 / 3), bounds=[(0, 1)] * 3,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1}, options={"ftol": 1e-12},
    )  # fmt: skip
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(shares, best.x, atol=2e-3)
    assert loss(shares) <= min(log_loss(one, truth) for one in answers)


def test_a_member_that_knows_nothing_counts_nothing():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 400)
    good = probabilities(rng, truth, 6.0)
    wrong = np.roll(good, 1, axis=1)
    np.testing.assert_allclose(mixing_shares(np.stack([wrong, good]), truth), [0, 1], atol=1e-3)


def test_equal_members_count_alike_and_one_alone_counts_all():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 50)
    one = probabilities(rng, truth, 1.0)
    np.testing.assert_allclose(mixing_shares(np.stack([one, one]), truth), [0.5, 0.5])
    np.testing.assert_allclose(mixing_shares(one[None], truth), [1.0])


def test_a_member_that_is_sure_and_wrong_once_gives_no_nan():
    truth = np.array([0, 1, 0, 1])
    sure = np.eye(2)[[0, 1, 0, 0]]
    shares = mixing_shares(np.stack([sure, np.full((4, 2), 0.5)]), truth)
    assert np.isfinite(shares).all()
    assert 0 < shares[0] < 1


@pytest.fixture(scope="module")
def sky():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 60, (60, SIZE, SIZE, 3)).astype(np.uint8)
    classes = np.arange(60) % 2
    for row, kind in enumerate(classes):
        pixels[row, 5:11, (9 if kind else 2) : (14 if kind else 7)] += 150
    target = Targets(
        head=TWO, truth=np.eye(2, dtype=np.float32)[classes], known=np.ones(60, dtype=bool)
    )
    return tuple(
        TrainingSet(pixels=pixels, targets=(target,), rows=rows)
        for rows in (np.arange(40), np.arange(40, 60))
    )


@pytest.fixture(scope="module")
def whole(sky, tmp_path_factory):
    """An ensemble, its history, and what was told on the way."""
    told, reached = [], []
    model, history = fit_ensemble(
        *sky, PARAMS, MEMBERS, lambda *report: reached.append(report), told.append,
        folder=tmp_path_factory.mktemp("whole"),
    )  # fmt: skip
    return model, history, told, reached


def test_members_are_trained_one_after_the_other(whole):
    model, history, told, reached = whole
    assert [m.training["recipe"] for m in model.members] == [
        "galaxy10-simple", "astrodetector-forest",
    ]  # fmt: skip
    assert [m.kind for m in model.members] == ["keras", "forest"]
    assert [m.grey for m in model.members] == [False, True]
    assert [h["member"] for h in history[:3]] == [0, 0, 1]
    assert [h["epoch"] for h in history[:2]] == [1, 2]
    assert told[-1] == history
    done = [report[0] for report in reached]
    assert done == sorted(done)
    assert done[-1] == reached[-1][1] == 2000
    assert "Small network" not in reached[0][2]
    assert reached[0][2].startswith("Simple network, 1 of 2")


def test_answers_are_the_mean_of_the_members_by_their_shares(whole, sky):
    model, *_ = whole
    assert sum(model.shares) == pytest.approx(1)
    pixels = sky[1].pixels[:7]
    together = predict(model, pixels, (TWO,), views=8)["label"]
    each = [predict(m.model, pixels, (TWO,), grey=m.grey, views=8)["label"] for m in model.members]
    np.testing.assert_allclose(together, np.tensordot(model.shares, each, axes=1), atol=1e-5)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)


def test_the_shares_are_found_on_validation(whole, sky):
    model, *_ = whole
    assert model.found["part"] == "validation"
    assert model.found["n"] == 20
    assert model.found["log_loss_together"] <= min(model.found["log_loss"]) + 1e-6
    rows = sky[1].rows
    answers = predict(model, sky[1].pixels[rows], (TWO,))["label"]
    truth = sky[1].targets[0].truth[rows].argmax(axis=1)
    assert log_loss(answers, truth) == pytest.approx(model.found["log_loss_together"], abs=1e-5)


@pytest.mark.parametrize("at", [1, 1001], ids=["first member", "second member"])
def test_an_interrupted_one_goes_on_where_it_was(at, sky, whole, tmp_path):
    def stop(done, *_):
        if done > at:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit_ensemble(*sky, PARAMS, MEMBERS, stop, folder=tmp_path)
    again = []
    model, history = fit_ensemble(
        *sky, PARAMS, MEMBERS, lambda _, __, said="": again.append(said), folder=tmp_path
    )
    if at > 1000:
        assert all("2 of 2" in said for said in again)  # the first was done
    assert model.shares == pytest.approx(whole[0].shares, abs=1e-3)
    assert [h["val_loss"] for h in history] == pytest.approx(
        [h["val_loss"] for h in whole[1]], abs=1e-3
    )


def test_what_all_members_share_is_the_ensembles(whole):
    model, *_ = whole
    for member in model.members:
        assert member.training["training"]["size_px"] == SIZE
        assert member.training["training"]["crop_px"] == 0
        assert member.training["training"]["epochs"] == 2
        assert member.training["training"]["seed"] == 5
    assert model.members[0].training["training"]["balance"] == "partial"


def test_a_recipe_named_twice_is_trained_from_two_seeds(sky, tmp_path):
    twice = EnsembleParams(members="astrodetector-forest, astrodetector-forest")
    model, _ = fit_ensemble(*sky, PARAMS, twice, folder=tmp_path)
    assert [m.training["training"]["seed"] for m in model.members] == [5, 6]
    assert model.count_params() is None


def test_first_weights_reach_the_members_that_can_have_some():
    find = MODELS.get("ensemble").first_weights
    assert [one.source for one in find(EnsembleParams())] == ["imagenet"]
    both = EnsembleParams(members="galaxy10-vgg16-frozen, splus-efficientnetb7", weights="none")
    assert [one.told for one in find(both)] == ["scratch", "scratch"]
    assert find(EnsembleParams(members="galaxy10-simple")) == ()


@pytest.mark.parametrize(
    ("members", "error", "words"),
    [
        ("", BadInputError, "cannot have 0 members"),
        (" , ,", BadInputError, "cannot have 0 members"),
        ("galaxy10-simple," * 21, BadInputError, "cannot have 21 members"),
        ("tea", NotFoundError, "no recipe named 'tea'"),
        ("votes-cnn", BadInputError, "'votes-cnn' cannot be a member"),
        ("galaxy10-ensemble", BadInputError, "'galaxy10-ensemble' cannot be a member"),
    ],
)
def test_members_that_make_no_sense_are_named(members, error, words):
    with pytest.raises(error, match=words):
        members_of(EnsembleParams(members=members))


def test_a_member_that_cannot_be_built_is_named_before_any_is_trained(sky, tmp_path):
    reached = []
    asked = EnsembleParams(members="galaxy10-simple, galaxy10-vgg16-frozen", weights="none")
    with pytest.raises(
        BadInputError, match="'galaxy10-vgg16-frozen' cannot be built: Images of 16"
    ):
        fit_ensemble(*sky, PARAMS, asked, lambda *r: reached.append(r), folder=tmp_path)
    assert reached == []
