"""Several surveys teach one head: the first judges it, of the others training galaxies alone."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from astro_core.classifiers.targets import Targets
from astro_core.classifiers.vote_targets import vote_head, vote_targets
from astro_core.domain import Answer, Head, Question, Taxonomy
from astro_core.errors import BadInputError
from astro_core.workflows.shared_heads import head_targets, taught_by, teachers_of
from astro_core.workflows.training_plan import TrainingData

HEADS = {"shape": "zoo", "votes": ["zoo", "challenge"]}
PARTS = ["train", "validation", "test"]


def survey(name, votes_are="conditional", prefix=""):
    """A survey that asks: smooth or disc? Of discs: arms or none?"""

    def question(of, **answers):
        told = (
            Answer(name=a, text=a, column=prefix + a, next_question=n) for a, n in answers.items()
        )
        return Question(name=of, text=of, answers=tuple(told))

    asked = question("first", smooth=None, disc="arms"), question("arms", arms=None, none=None)
    return SimpleNamespace(
        name=name, taxonomy=Taxonomy(name=name, votes_are=votes_are, questions=asked)
    )


def said(dataset, *fractions, shape=False):
    """Three galaxies, one in each part, with the same votes."""
    head = vote_head(dataset.taxonomy)
    table = pd.DataFrame([fractions] * 3, columns=list(head.outputs))
    targets = [vote_targets(head, table)]
    if shape:
        classes = Head(name="shape", kind="classes", outputs=("round", "long"))
        targets.append(
            Targets(head=classes, truth=np.eye(3, 2, dtype=np.float32), known=np.ones(3, bool))
        )
    return TrainingData(table=pd.DataFrame({"part": PARTS}), targets=tuple(targets))


@pytest.fixture
def skies():
    zoo, challenge = survey("zoo"), survey("challenge", "cumulative", "Class.")
    answers = [said(zoo, 0.6, 0.4, 0.5, 0.5, shape=True), said(challenge, 0.2, 0.8, 0.2, 0.6)]
    return [zoo, challenge], answers


def test_a_head_names_one_teacher_or_several():
    assert teachers_of(HEADS, "shape") == ["zoo"]
    assert taught_by(HEADS) == {"zoo": ["shape", "votes"], "challenge": ["votes"]}


def test_the_second_teacher_speaks_as_the_first_does_and_of_training_galaxies_alone(skies):
    found = head_targets("votes", HEADS, *skies)
    assert found.head.outputs == ("smooth", "disc", "arms", "none")
    np.testing.assert_allclose(found.told[:3], [[0.6, 0.4, 0.5, 0.5]] * 3)
    np.testing.assert_allclose(found.told[3], [0.2, 0.8, 0.25, 0.75], atol=1e-6)
    assert np.isnan(found.told[4:]).all()
    assert found.known.tolist() == [True, True, True, True, False, False]


def test_a_head_knows_nothing_of_galaxies_that_it_has_no_answer_for(skies):
    found = head_targets("shape", HEADS, *skies)
    assert found.asked is None
    assert found.known.tolist() == [True] * 3 + [False] * 3
    assert not found.truth[3:].any()


def test_other_questions_and_other_shares_are_refused(skies):
    (zoo, challenge), answers = skies
    backwards = {"votes": ["challenge", "zoo"]}
    with pytest.raises(BadInputError, match="'challenge' and 'zoo' cannot teach one head"):
        head_targets("votes", backwards, [zoo, challenge], answers)
    other = SimpleNamespace(name="challenge", taxonomy=Taxonomy(name="other"))
    with pytest.raises(BadInputError, match="cannot teach one head"):
        head_targets("votes", HEADS, [zoo, other], answers)
