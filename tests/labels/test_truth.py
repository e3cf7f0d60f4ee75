import krippendorff
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

from astro_core.errors import NotFoundError
from astro_core.labels import frames
from astro_core.labels import votes as module
from astro_core.labels.agreement import agreement
from astro_core.labels.consensus import CONSENSUS, consensus, reviewer_skills
from astro_core.labels.frames import read_columns
from astro_core.labels.votes import read_votes, votes_of

CLASSES = ("spiral", "elliptical", "edge_on")
OF_PEOPLE = [spec.name for spec in CONSENSUS if not spec.asks_model]


def table(rows):
    """Rows of (object, reviewer, said), with action, bulk and at where they differ."""
    filled = [(*row, *("label", False, "2026")[len(row) - 3 :]) for row in rows]
    names = ["object_id", "reviewer", "said", "action", "bulk", "at"]
    return pd.DataFrame(filled, columns=names)


def votes(*rows):
    return votes_of(table(rows), CLASSES)


def decided(found):
    return dict(
        zip(found["object_id"], zip(found["label"], found["status"], strict=True), strict=True)
    )


def crowd(n=400, accuracies=(0.9, 0.9, 0.55, 0.5, 0.5), seed=1):
    """Reviewers of known accuracy on galaxies of known class."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, n)
    rows = []
    for who, accuracy in enumerate(accuracies):
        right = rng.random(n) < accuracy
        other = (truth + rng.integers(1, 3, n)) % 3
        rows += [
            (f"g{i:04d}", f"r{who}", CLASSES[truth[i] if right[i] else other[i]]) for i in range(n)
        ]
    return votes(*rows), np.array(CLASSES)[truth]


def test_the_majority_wins_and_a_tie_is_a_conflict():
    found = consensus(
        votes(
            ("a", "ana", "spiral"), ("a", "bob", "spiral"), ("a", "eve", "edge_on"),
            ("b", "ana", "spiral"), ("b", "bob", "edge_on"),
        )
    )  # fmt: skip
    assert decided(found) == {"a": ("spiral", "agreed"), "b": (None, "conflict")}
    assert found["share"].tolist() == pytest.approx([2 / 3, 1 / 2])
    assert found["n_votes"].tolist() == [3, 2]


@pytest.mark.parametrize("rule", OF_PEOPLE)
def test_a_settlement_wins_and_the_newest_of_two(rule):
    found = consensus(
        votes(
            ("a", "ana", "spiral"), ("a", "bob", "spiral"), ("a", "eve", "spiral"),
            ("a", "lead", "edge_on", "settle", False, "2026-02"),
            ("a", "boss", "elliptical", "settle", False, "2026-03"),
        ),
        rule,
    )  # fmt: skip
    assert decided(found) == {"a": ("elliptical", "settled")}
    assert found["share"].tolist() == pytest.approx([0], abs=0.01)


@pytest.mark.parametrize("rule", OF_PEOPLE)
def test_skips_are_no_votes(rule):
    found = consensus(votes(("a", "ana", "", "skip"), ("b", "bob", "spiral")), rule)
    assert decided(found) == {"a": (None, "unanswered"), "b": ("spiral", "agreed")}
    assert found["n_skips"].tolist() == [1, 0]


def test_labels_given_in_one_go_are_weak():
    found = consensus(
        votes(
            ("a", "ana", "spiral", "label", True), ("a", "bob", "edge_on"),
            ("b", "ana", "spiral", "label", True),
            ("c", "ana", "spiral", "label", True), ("c", "eve", "spiral", "label", True),
            ("c", "bob", "edge_on"),
        )
    )  # fmt: skip
    assert decided(found) == {
        "a": ("edge_on", "agreed"),
        "b": ("spiral", "agreed"),
        "c": (None, "conflict"),
    }


def test_nobody_at_all_is_no_error():
    found = consensus(votes())
    assert len(found) == 0
    assert np.isnan(agreement(votes()).krippendorff.value)


def test_an_unknown_rule_is_named():
    with pytest.raises(NotFoundError, match="majority, weighted, dawid-skene"):
        consensus(votes(), "loudest")


def test_two_good_eyes_outweigh_three_poor_ones():
    given, truth = crowd()
    right = {
        rule: np.mean(consensus(given, rule)["label"].to_numpy() == truth) for rule in OF_PEOPLE
    }
    assert right["weighted"] > right["majority"] + 0.03
    assert right["dawid-skene"] > right["majority"] + 0.03
    skills = reviewer_skills(given).set_index("reviewer")["skill"]
    assert skills[["r0", "r1"]].min() > skills[["r2", "r3", "r4"]].max() + 0.1


def test_skill_without_company_is_one_half():
    skills = reviewer_skills(votes(("a", "ana", "spiral")))
    assert skills.iloc[0][["reviewer", "n_votes", "n_compared", "skill"]].tolist() == [
        "ana", 1, 0, 0.5,
    ]  # fmt: skip


def test_agreement_is_that_of_the_libraries():
    given, _ = crowd(n=120)
    found = agreement(given, draws=50)
    counts = given.tally()
    assert found.fleiss.value == pytest.approx(fleiss_kappa(counts))
    alpha = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found.krippendorff.value == pytest.approx(alpha)
    said = given.said.reshape(120, 5).T
    assert found.cohen["kappa"][0] == pytest.approx(cohen_kappa_score(said[0], said[1]))
    assert len(found.cohen) == 10


def test_alpha_with_gaps_is_that_of_the_library():
    given, _ = crowd(n=150)
    kept = np.random.default_rng(2).random(len(given.on)) < 0.5
    rows = [
        (given.object_ids[o], given.reviewers[b], CLASSES[s])
        for o, b, s in zip(given.on[kept], given.by[kept], given.said[kept], strict=True)
    ]
    some = votes(*rows)
    alpha = krippendorff.alpha(value_counts=some.tally(), level_of_measurement="nominal")
    assert agreement(some, draws=20).krippendorff.value == pytest.approx(alpha)


def test_intervals_hold_the_value_and_narrow_with_more_galaxies():
    few, many = (agreement(crowd(n=n)[0], draws=300) for n in (60, 600))
    for found in (few, many):
        for m in (found.fleiss, found.krippendorff):
            assert m.low < m.value < m.high
    assert (many.fleiss.high - many.fleiss.low) < 0.5 * (few.fleiss.high - few.fleiss.low)
    assert agreement(crowd(n=60)[0], draws=300).fleiss == few.fleiss


def test_perfect_agreement_is_one_and_one_class_alone_is_not_defined():
    both = [(o, who, c) for o, c in (("a", "spiral"), ("b", "edge_on")) for who in ("ana", "bob")]
    found = agreement(votes(*both))
    assert found.fleiss.value == found.krippendorff.value == found.cohen["kappa"][0] == 1
    same = agreement(votes(("a", "ana", "spiral"), ("a", "bob", "spiral")))
    assert np.isnan([same.fleiss.value, same.krippendorff.value, same.cohen["kappa"][0]]).all()


def test_confusion_says_which_classes_are_taken_for_each_other():
    found = agreement(
        votes(
            ("a", "ana", "spiral"), ("a", "bob", "edge_on"),
            ("b", "ana", "spiral"), ("b", "bob", "spiral"),
            ("c", "ana", "elliptical"),
        ),
        draws=20,
    ).confusion  # fmt: skip
    assert found.loc["spiral"].tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert found.loc["edge_on"].tolist() == [1, 0, 0]
    assert found.loc["elliptical"].isna().all()


def test_votes_are_read_from_the_store(store, says):
    store.append(
        [
            says("b"), says("a", "edge_on"), says("a", reviewer="bob", batch_id="x"),
            says("c", action="skip"), says("d", action="flag"),
            says("a", "", question="bar", answer="yes"),
            says("b", "spiral", "lead", action="settle"),
        ]
    )  # fmt: skip
    found = read_votes(store, "sky", answers=CLASSES)
    assert found.object_ids.tolist() == ["a", "b", "c"]
    assert found.answers == CLASSES
    assert found.tally().tolist() == [[1, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert found.settled.tolist() == [-1, 0, -1]
    assert found.skips.tolist() == [0, 0, 1]
    assert found.weights.sum() == 2.5
    assert read_votes(store, "sky", question="bar").answers == ("yes",)
    assert len(read_votes(store, "nowhere").object_ids) == 0


@pytest.mark.parametrize("settled", ["b", "z"])
def test_a_settlement_that_comes_while_votes_are_read_is_no_other_galaxys(
    store, says, monkeypatch, settled
):
    store.append([says(one) for one in "acd"])

    def read_and_settle(connection, wanted):
        monkeypatch.undo()
        columns = read_columns(connection, wanted)
        store.append([says(settled, "elliptical", "lead", action="settle")])
        return columns

    monkeypatch.setattr(frames, "read_columns", read_and_settle)
    found = read_votes(store, "sky")
    assert found.object_ids.tolist() == ["a", "c", "d"]
    assert found.settled.tolist() == [-1, -1, -1]
    assert (read_votes(store, "sky").settled >= 0).tolist() == [
        one == settled for one in sorted(["a", "c", "d", settled])
    ]


def test_settlements_of_galaxies_without_a_row_are_no_other_galaxys():
    ids = np.array(["a", "c"], dtype=object)
    assert module._settled(ids, {"b": 1, "z": 0}).tolist() == [-1, -1]
    assert module._settled(ids, {"c": 1, "b": 0}).tolist() == [-1, 1]
    assert module._settled(ids, {}).tolist() == [-1, -1]


def test_each_set_of_classes_has_its_own_votes(store, says):
    store.append(
        [
            says("a", "spiral"), says("a", "edge_on", taxonomy="own"),
            says("a", "merger", taxonomy="other"), says("a", "elliptical", "bob"),
            says("b", "spiral", "lead", action="settle"),
            says("b", "edge_on", "lead", action="settle", taxonomy="own"), says("b"),
            says("c", "merger", taxonomy="other"),
        ]
    )  # fmt: skip
    found = read_votes(store, "sky", answers=CLASSES, taxonomy="own")
    assert found.object_ids.tolist() == ["a", "b"]
    assert found.tally().tolist() == [[0, 1, 1], [1, 0, 0]]  # nobody has two votes on a galaxy
    assert found.answers[found.settled[1]] == "edge_on"
    other = read_votes(store, "sky", taxonomy="other")
    assert other.object_ids.tolist() == ["a", "b", "c"]
    assert len(read_votes(store, "sky").object_ids) == 3
