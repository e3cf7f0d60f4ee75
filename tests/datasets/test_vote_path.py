import math

import pytest

from astro_core.datasets.gz2 import challenge_taxonomy, gz2_taxonomy
from astro_core.datasets.vote_path import vote_path
from astro_core.domain import Answer, Question, Taxonomy, plain_taxonomy

SMOOTH = {
    "t01_smooth_or_features_a01_smooth_debiased": 0.7,
    "t01_smooth_or_features_a02_features_or_disk_debiased": 0.25,
    "t01_smooth_or_features_a03_star_or_artifact_debiased": 0.05,
    "t07_rounded_a16_completely_round_debiased": 0.9,
    "t07_rounded_a17_in_between_debiased": 0.1,
    "t07_rounded_a18_cigar_shaped_debiased": 0.0,
    "t06_odd_a14_yes_debiased": 0.2,
    "t06_odd_a15_no_debiased": 0.8,
}


def test_the_favourite_answers_lead_the_way():
    steps = vote_path(gz2_taxonomy(), SMOOTH)
    path = [s.question.name for s in steps if s.on_path]
    assert path == ["t01_smooth_or_features", "t07_rounded", "t06_odd"]
    assert len(steps) == 11
    assert [s.on_path for s in steps] == [True] * 3 + [False] * 8
    assert steps[0].fractions == (0.7, 0.25, 0.05)
    assert steps[0].favourite == 0
    assert steps[1].reached == pytest.approx(0.7)


def test_cumulative_votes_become_shares_of_those_asked():
    taxonomy = challenge_taxonomy()
    votes = dict.fromkeys(taxonomy.vote_columns, 0.0) | {
        "Class1.1": 0.2,
        "Class1.2": 0.8,
        "Class2.1": 0.2,
        "Class2.2": 0.6,
        "Class3.2": 0.6,
        "Class4.2": 0.6,
        "Class5.2": 0.6,
        "Class6.2": 1.0,
    }
    steps = vote_path(taxonomy, votes)
    names = [s.question.name.split("_")[0] for s in steps if s.on_path]
    assert names == ["t01", "t02", "t03", "t04", "t05", "t06"]
    assert steps[1].fractions == pytest.approx((0.25, 0.75))
    assert steps[1].reached == pytest.approx(0.8)
    assert steps[2].reached == pytest.approx(0.6)


def test_conditional_shares_multiply_and_add_up_where_branches_meet():
    def answer(name, following=None):
        return Answer(name=name, text=name, column=name, next_question=following)

    tree = Taxonomy(
        name="t",
        questions=(
            Question(name="first", text="", answers=(answer("a", "left"), answer("b", "end"))),
            Question(name="end", text="", answers=(answer("e"),)),
            Question(name="left", text="", answers=(answer("l", "end"), answer("m"))),
        ),
    )
    steps = {
        s.question.name: s
        for s in vote_path(tree, {"a": 0.6, "b": 0.4, "l": 0.5, "m": 0.5, "e": 1})
    }
    assert steps["end"].reached == pytest.approx(0.4 + 0.6 * 0.5)


def test_without_votes_there_is_no_path():
    assert vote_path(gz2_taxonomy(), {}) == ()
    assert vote_path(gz2_taxonomy(), dict.fromkeys(SMOOTH, math.nan)) == ()
    assert vote_path(plain_taxonomy("p", ("a",)), {"a": 1}) == ()
