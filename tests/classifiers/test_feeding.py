import numpy as np
import pytest

from astro_core.classifiers.feeding import Feeder, TrainingSet
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.targets import Targets, class_head, class_targets
from astro_core.domain import GalaxyClass, Head, Taxonomy

NAMES = ("elliptical", "spiral_clockwise", "spiral_anticlockwise")
TAXONOMY = Taxonomy(
    name="t",
    classes=tuple(GalaxyClass(name=n, key=str(i)) for i, n in enumerate(NAMES, start=1)),
    mirror={NAMES[1]: NAMES[2], NAMES[2]: NAMES[1]},
)


def training(counts=(30, 6, 4), unlabelled=0):
    """Images whose every pixel holds their row, and half of them brighter on the left."""
    labels = [name for name, n in zip(NAMES, counts, strict=True) for _ in range(n)]
    labels += [None] * unlabelled
    head = class_head(TAXONOMY, NAMES)
    pixels = np.zeros((len(labels), 16, 16, 3), dtype=np.uint8)
    pixels += np.arange(len(labels), dtype=np.uint8)[:, None, None, None]
    pixels[:, :, :4] += 100
    targets = (class_targets(head, labels),)
    return TrainingSet(pixels=pixels, targets=targets, rows=np.arange(len(labels)))


def epoch(feeder, number=0):
    batches = list(feeder.epoch(number))
    images = np.concatenate([np.asarray(b[0]) for b in batches])
    answers = np.concatenate([b[1]["label"] for b in batches])
    weights = np.concatenate([b[2]["label"] for b in batches])
    return images, answers, weights, batches


def test_every_image_comes_once_with_its_own_answer():
    given = training()
    images, answers, weights, batches = epoch(Feeder(given, TrainingParams(batch_size=16)))
    rows = images[:, 8, 8, 0].astype(int)
    assert sorted(rows) == list(range(40))
    np.testing.assert_array_equal(answers, given.targets[0].truth[rows])
    assert (weights == 1).all()
    assert [len(b[0]) for b in batches] == [16, 16, 8]


def test_epochs_differ_and_repeat():
    feeder = Feeder(training(), TrainingParams(seed=5))
    again = Feeder(training(), TrainingParams(seed=5))
    rows = [np.asarray(b[0])[:, 8, 8, 0] for b in feeder.epoch(0)]
    params = TrainingParams(seed=5, batch_size=16)
    first, second = (epoch(Feeder(training(), params), n)[0] for n in (0, 1))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(rows[0], next(iter(again.epoch(0)))[0][:, 8, 8, 0])


@pytest.mark.parametrize(
    ("strategy", "to", "expected"),
    [("limit", 5, (5, 5, 4)), ("resample", 10, (10, 10, 10)), ("resample", 0, (30, 30, 30))],
)
def test_classes_are_drawn_as_often_as_the_strategy_says(strategy, to, expected):
    params = TrainingParams(balance=strategy, balance_to=to)
    feeder = Feeder(training(), params)
    _, answers, _, _ = epoch(feeder)
    np.testing.assert_array_equal(answers.sum(axis=0), expected)
    assert feeder.n_drawn == sum(expected)


def test_with_weights_every_class_counts_alike():
    _, answers, weights, _ = epoch(Feeder(training(), TrainingParams(balance="weights")))
    totals = answers.T @ weights
    np.testing.assert_allclose(totals, totals[0], rtol=1e-5)
    assert weights.sum() == pytest.approx(40, rel=1e-5)


def test_a_mirrored_spiral_is_the_other_spiral():
    given = training()
    images, answers, _, _ = epoch(Feeder(given, TrainingParams(flip=True)))
    rows = images[:, 8, 8, 0].round().astype(int)
    mirrored = images[:, 8, -1, 0] > images[:, 8, 0, 0]
    assert 0 < mirrored.sum() < 40
    expected = given.targets[0].truth[rows]
    expected[mirrored] = expected[mirrored][:, [0, 2, 1]]
    np.testing.assert_array_equal(answers, expected)


def test_an_unlabelled_galaxy_counts_nothing():
    images, _, weights, _ = epoch(Feeder(training(unlabelled=3), TrainingParams()))
    rows = images[:, 8, 8, 0].astype(int)
    np.testing.assert_array_equal(weights == 0, rows >= 40)


def test_only_the_rows_of_the_part_are_drawn():
    given = training()
    part = TrainingSet(pixels=given.pixels, targets=given.targets, rows=np.array([1, 31, 38]))
    images, _, _, _ = epoch(Feeder(part, TrainingParams(balance="resample", balance_to=4)))
    assert set(images[:, 8, 8, 0].astype(int)) == {1, 31, 38}


def test_a_binary_head_gets_one_number():
    head = Head(name="label", kind="binary", outputs=("elliptical", "spiral"))
    target = Targets(
        head=head, truth=np.eye(2, dtype=np.float32)[[0, 1, 1]], known=np.ones(3, dtype=bool)
    )
    pixels = np.zeros((3, 16, 16, 3), dtype=np.uint8)
    part = TrainingSet(pixels=pixels, targets=(target,), rows=np.arange(3))
    _, answers, _, _ = epoch(Feeder(part, TrainingParams()))
    assert answers.shape == (3, 1)
    assert answers.sum() == 2


def test_weights_that_balance_classes_leave_votes_alone():
    given = training((27, 6, 3), unlabelled=4)
    head = Head(name="votes", kind="votes", outputs=("x", "y"), questions=((0, 1),))
    votes = Targets(
        head=head,
        truth=np.full((40, 2), 0.5, dtype=np.float32),
        known=np.arange(40) % 2 == 0,
        asked=np.full((40, 2), 7, dtype=np.float32),
    )
    both = TrainingSet(pixels=given.pixels, targets=(*given.targets, votes), rows=given.rows)
    feeder = Feeder(both, TrainingParams(batch_size=40, balance="weights"))
    _, answers, weights = next(iter(feeder.epoch(0)))
    assert len(set(weights["label"])) == 4  # one for each class, none for the others
    assert set(weights["votes"]) == {0.0, 1.0}
    assert answers["votes"].shape == (40, 4)
    assert (answers["votes"][:, 2:] == 7).all()


def test_every_head_with_classes_has_weights_of_its_own():
    heads = [Head(name=name, kind="classes", outputs=("a", "b")) for name in ("one", "two")]
    first, second = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])
    targets = tuple(
        Targets(head=head, truth=np.eye(2, dtype=np.float32)[kinds], known=np.ones(4, dtype=bool))
        for head, kinds in zip(heads, (first, second), strict=True)
    )
    pixels = np.zeros((4, 8, 8, 3), np.uint8)
    training = TrainingSet(pixels=pixels, targets=targets, rows=np.arange(4))
    (batch,) = Feeder(training, TrainingParams(balance="weights", batch_size=4)).epoch(0)
    one, two = batch[2]["one"], batch[2]["two"]
    assert one[3] == pytest.approx(3 * one[0])
    assert two[0] == pytest.approx(3 * two[3])
