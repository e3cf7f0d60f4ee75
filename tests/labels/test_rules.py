"""When a galaxy has been looked at often enough."""

import numpy as np
import pandas as pd
import pytest

from astro_core.errors import BadInputError
from astro_core.labels.rules import ReviewRules, Vote, open_places, retired

THREE_OF_SEVEN = ReviewRules(votes_needed=3, most_votes=7)


def votes(text):
    return tuple(Vote(letter) for letter in text)


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("", 3), ("a", 2), ("aa", 1), ("aaa", 0), ("ab", 1), ("aab", 4), ("aaba", 3),
        ("aabaaa", 1), ("aabaaaa", 0), ("aaab", 0),
    ],
)  # fmt: skip
def test_the_first_three_agree_or_else_up_to_seven(said, places):
    assert open_places(votes(said), THREE_OF_SEVEN) == places


def test_a_bulk_label_is_a_weak_vote_and_a_settlement_the_last_word():
    one = ReviewRules()
    assert open_places([Vote("a", 0.5)], one) == 1
    assert open_places([Vote("a", 0.5), Vote("a", 0.5)], one) == 0
    assert open_places([Vote("b", settled=True)], THREE_OF_SEVEN) == 0


def test_rules_that_contradict_themselves_are_refused():
    with pytest.raises(BadInputError, match="more votes than they allow"):
        ReviewRules(votes_needed=4, most_votes=3)


def table(rows):
    columns = ["object_id", "reviewer", "question", "action", "said", "at", "bulk"]
    return pd.DataFrame(rows, columns=columns).astype({"bulk": bool})


def test_nothing_said_retires_nothing():
    assert list(retired(table([]), ReviewRules())) == []


def test_skips_and_flags_are_no_votes_and_a_tree_is_one():
    rows = [
        ("skipped", "ada", "", "skip", "", "1", False),
        ("flagged", "ada", "", "flag", "", "1", False),
        ("tree", "ada", "smooth?", "label", "no", "1", False),
        ("tree", "ada", "edge on?", "label", "yes", "2", False),
        ("settled", "lead", "", "settle", "spiral", "1", False),
    ]
    two = ReviewRules(votes_needed=2, most_votes=2)
    assert list(retired(table(rows), two)) == ["settled"]
    assert list(retired(table(rows), ReviewRules())) == ["settled", "tree"]


def test_both_ways_of_counting_agree():
    """Thousands at once, as a queue is made, and one by one, as galaxies are given out."""
    rng = np.random.default_rng(0)
    rows, expected = [], []
    rules = ReviewRules(votes_needed=2, most_votes=4)
    for number in range(400):
        said = rng.choice(["a", "b"], rng.integers(0, 6), p=(0.8, 0.2))
        bulk = rng.random(len(said)) < 0.3
        name = f"{number:04d}"
        rows += [
            (name, f"r{k}", "", "label", what, f"{k}", weak)
            for k, (what, weak) in enumerate(zip(said, bulk, strict=True))
        ]
        one = [Vote(w, 0.5 if weak else 1.0) for w, weak in zip(said, bulk, strict=True)]
        if not open_places(one, rules):
            expected.append(name)
    shuffled = table(rows).sample(frac=1, random_state=1)
    assert list(retired(shuffled, rules)) == expected
    assert 50 < len(expected) < 350
