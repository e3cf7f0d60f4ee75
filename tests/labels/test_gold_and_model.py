"""What is known beforehand, and what a model says, beside what people say."""

import numpy as np
import pandas as pd
import pytest

from astro_core.errors import BadInputError
from astro_core.labels.consensus import consensus, reviewer_skills
from astro_core.labels.votes import votes_of, with_known, with_probabilities

CLASSES = ("spiral", "elliptical", "edge_on")


def crowd(n=300, accuracies=(0.9, 0.6, 0.6), seed=3, bulk=False):
    """Reviewers of known accuracy on galaxies of known class."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n)
    rows = []
    for who, accuracy in enumerate(accuracies):
        right = rng.random(n) < accuracy
        said = np.where(right, truth, (truth + rng.integers(1, 3, n)) % 3)
        rows += [(f"g{i:04d}", f"r{who}", CLASSES[said[i]]) for i in range(n)]
    frame = pd.DataFrame(rows, columns=["object_id", "reviewer", "said"])
    frame = frame.assign(action="label", bulk=bulk, at="2026")
    return votes_of(frame, CLASSES), truth


def told(truth, accuracy, seed=9, names=CLASSES):
    """Probabilities of a model that is right so often."""
    rng = np.random.default_rng(seed)
    right = rng.random(len(truth)) < accuracy
    best = np.where(right, truth, (truth + 1) % 3)
    values = np.full((len(truth), 3), 0.1)
    values[np.arange(len(truth)), best] = 0.8
    ids = [f"g{i:04d}" for i in range(len(truth))]
    return pd.DataFrame(values, index=ids, columns=CLASSES)[list(names)]


def score(found, truth):
    return float(np.mean(found["label"].to_numpy() == np.array(CLASSES)[truth]))


def known_of(truth, n):
    return {f"g{i:04d}": CLASSES[truth[i]] for i in range(n)}


def test_gold_tells_who_is_right_where_the_others_are_wrong_together():
    """Two who copy each other outvote the one who is right, until gold tells."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 200)
    wrong = np.where(rng.random(200) < 0.5, truth, (truth + 1) % 3)
    rows = [
        (f"g{i:04d}", who, CLASSES[said[i]])
        for who, said in (("copy 1", wrong), ("copy 2", wrong), ("right", truth))
        for i in range(200)
    ]
    frame = pd.DataFrame(rows, columns=["object_id", "reviewer", "said"])
    votes = votes_of(frame.assign(action="label", bulk=False, at="2026"), CLASSES)
    blind = reviewer_skills(votes).set_index("reviewer")["skill"]
    assert blind["copy 1"] > blind["right"]
    golden = with_known(votes, known_of(truth, 150))
    skills = reviewer_skills(golden).set_index("reviewer")
    assert skills.loc["right", ["n_gold", "n_right"]].tolist() == [150, 150]
    assert skills.loc["right", "skill"] > skills.loc["copy 1", "skill"] + 0.2
    assert score(consensus(golden, "weighted"), truth) > 0.95
    assert score(consensus(votes, "weighted"), truth) < 0.6


def test_skill_counts_gold_once():
    """On gold the known answer counts, not what the others say as well."""
    votes, truth = crowd(n=40, accuracies=(1.0, 1.0))
    skills = reviewer_skills(with_known(votes, known_of(truth, 10)))
    assert skills["skill"].tolist() == pytest.approx([41 / 42] * 2)
    assert skills["n_compared"].tolist() == [40, 40]


def test_an_answer_that_nobody_gives_is_no_gold():
    votes, _ = crowd(n=10)
    skills = reviewer_skills(with_known(votes, {"g0000": "ring", "elsewhere": "spiral"}))
    assert skills["n_gold"].sum() == 0


def test_crowdlab_with_a_good_model_beats_people_alone():
    votes, truth = crowd(accuracies=(0.7, 0.6, 0.6))
    with_model = with_probabilities(votes, told(truth, 0.9))
    found = consensus(with_model, "crowdlab")
    assert score(found, truth) > score(consensus(votes, "weighted"), truth) + 0.05
    assert found["share"].between(1 / 3, 1).all()


def test_crowdlab_does_not_believe_a_poor_model():
    votes, truth = crowd(accuracies=(0.9, 0.9, 0.9))
    poor = with_probabilities(votes, told(truth, 0.34))
    assert score(consensus(poor, "crowdlab"), truth) > 0.95


def test_crowdlab_copes_with_what_the_model_does_not_know():
    """A class it never learned, and galaxies it did not see."""
    votes, truth = crowd(accuracies=(0.95, 0.95, 0.95))
    some = told(truth, 0.9, names=CLASSES[:2]).iloc[50:]
    found = consensus(with_probabilities(votes, some), "crowdlab")
    assert score(found, truth) > 0.9


def test_crowdlab_without_a_model_or_with_one_person_says_what_is_missing():
    votes, truth = crowd()
    with pytest.raises(BadInputError, match="needs a model's probabilities"):
        consensus(votes, "crowdlab")
    alone, truth = crowd(accuracies=(0.9,))
    with pytest.raises(BadInputError, match="two people or more"):
        consensus(with_probabilities(alone, told(truth, 0.9)), "crowdlab")
