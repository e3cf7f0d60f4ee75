"""Answers of people against each other: counted by galaxy, each cell with its galaxies."""

import pandas as pd
import pytest

from astro_core.errors import NotFoundError
from astro_core.labels.asked import answered
from astro_core.labels.between import between
from astro_core.labels.votes import votes_of

CLASSES = ("spiral", "elliptical")
SAID = {
    "a": {"ana": "spiral", "bo": "spiral", "cy": "elliptical"},
    "b": {"ana": "spiral", "bo": "elliptical"},
    "c": {"ana": "elliptical", "bo": "elliptical"},
    "d": {"cy": "spiral"},
}


@pytest.fixture
def votes():
    rows = [
        {"object_id": i, "reviewer": who, "action": "label", "said": c, "at": "", "bulk": False}
        for i, said in SAID.items()
        for who, c in said.items()
    ]
    return votes_of(pd.DataFrame(rows), CLASSES)


def test_everybody_against_everybody_counts_galaxies_once(votes):
    found = between(votes)
    assert found.counts.tolist() == [[1, 2], [2, 1]]
    assert found.cell("spiral", "elliptical") == found.cell("elliptical", "spiral") == ("a", "b")
    assert found.cell("spiral", "spiral") == ("a",)  # one voice alone agrees with nobody
    assert found.cell("elliptical", "elliptical") == ("c",)


def test_where_answers_differ_and_how_many_can_be_compared(votes):
    assert between(votes).differing == ("a", "b")
    assert between(votes).n_compared == 3  # one voice alone is not compared
    assert between(votes, "ana", "bo").differing == ("b",)
    assert between(votes, "ana", "cy").n_compared == 1


def test_one_against_the_others_and_one_against_one(votes):
    cy = between(votes, "cy")
    assert cy.counts.tolist() == [[0, 0], [1, 0]]
    assert cy.cell("elliptical", "spiral") == ("a",)
    two = between(votes, "ana", "bo")
    assert two.counts.tolist() == [[1, 1], [0, 1]]
    assert two.cell("spiral", "elliptical") == ("b",)
    others = between(votes, other="ana")
    assert others.counts.tolist() == [[1, 0], [2, 1]]
    assert others.counts.tolist() == between(votes, "ana").counts.T.tolist()


def test_cells_hold_as_many_galaxies_as_they_count(votes):
    for one, other in (("", ""), ("bo", ""), ("", "bo"), ("bo", "cy")):
        found = between(votes, one, other)
        for i, row in enumerate(found.answers):
            for j, column in enumerate(found.answers):
                assert len(found.cell(row, column)) == found.counts[i, j]


def test_somebody_without_votes_is_named(votes):
    with pytest.raises(NotFoundError, match=r"'dee'.*ana, bo, cy"):
        between(votes, "dee")


def test_what_was_asked_is_counted_by_classes_and_question(store, says):
    store.append(
        [
            says("a"), says("a", "elliptical"), says("b", reviewer="bo", taxonomy="hubble"),
            says("b", "", question="bar", answer="yes"), says("c", action="skip"),
            says("d", action="settle"),
        ]
    )  # fmt: skip
    assert answered(store, "sky") == {("", ""): 1, ("hubble", ""): 1, ("", "bar"): 1}
    assert answered(store, "elsewhere") == {}
