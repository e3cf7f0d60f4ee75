import pandas as pd
import pytest

from astro_core.datasets.gz2 import (
    CHALLENGE_TREE,
    GZ2_CLASSES,
    GZ2_TREE,
    gz2_taxonomy,
    parse_gz2_class,
    simplify_gz2_classes,
)
from astro_core.domain import Taxonomy
from astro_core.errors import BadInputError


@pytest.mark.parametrize("tree", [GZ2_TREE, CHALLENGE_TREE])
def test_the_tree_has_eleven_questions_and_37_answers_with_columns_of_their_own(tree):
    assert len(tree.questions) == 11
    assert len(set(tree.vote_columns)) == 37
    assert Taxonomy.from_json(tree.to_json()) == tree


def test_every_path_through_the_tree_ends_and_every_question_is_reached():
    questions = {q.name: q for q in GZ2_TREE.questions}
    seen = set()

    def walk(name, path):
        assert name not in path, "a loop"
        seen.add(name)
        for answer in questions[name].answers:
            if answer.next_question is not None:
                walk(answer.next_question, (*path, name))

    walk(GZ2_TREE.questions[0].name, ())
    assert seen == set(questions)


def test_columns_are_named_as_published():
    assert "t08_odd_feature_a38_dust_lane_debiased" in GZ2_TREE.vote_columns
    assert "t11_arms_number_a37_cant_tell_fraction" in gz2_taxonomy(kind="fraction").vote_columns
    assert CHALLENGE_TREE.vote_columns[0] == "Class1.1"
    assert CHALLENGE_TREE.vote_columns[-1] == "Class11.6"
    assert (GZ2_TREE.votes_are, CHALLENGE_TREE.votes_are) == ("conditional", "cumulative")


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("A", "star_or_artefact"),
        ("Er", "elliptical_round"),
        ("Ei(o)", "elliptical_intermediate"),
        ("Ec(m)", "merger"),
        ("Ser", "edge_on_round_bulge"),
        ("Seb(u)", "edge_on_boxy_bulge"),
        ("Sen", "edge_on_no_bulge"),
        ("Sb", "disc"),
        ("SBc", "disc_barred"),
        ("Sc2t", "spiral"),
        ("SBb?m(r)", "spiral_barred"),
        ("Sd+l", "spiral"),
    ],
)
def test_class_strings_become_readable(text, simple):
    assert parse_gz2_class(text).simple == simple
    assert simple in {c.name for c in GZ2_CLASSES}


def test_a_string_is_read_in_full():
    parsed = parse_gz2_class("SBd+l(u)")
    assert (parsed.bulge, parsed.arms, parsed.winding, parsed.odd) == (
        "none",
        "more than 4",
        "loose",
        "dust lane",
    )


@pytest.mark.parametrize("text", ["", "E", "Sx", "Sb2", "Sb5t", "Er(z)", "SeB", "er"])
def test_other_strings_are_refused(text):
    with pytest.raises(BadInputError, match="class string"):
        parse_gz2_class(text)


def test_columns_of_strings_keep_their_gaps():
    simple, odd = simplify_gz2_classes(pd.Series(["Er", None, "nonsense", "Sb(r)"]))
    assert simple.isna().tolist() == [False, True, True, False]
    assert (simple[0], simple[3], odd[3]) == ("elliptical_round", "disc", "ring")
