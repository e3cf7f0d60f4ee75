import pytest

from astro_core.datasets.gz2 import GZ2_TREE
from astro_core.domain import Person
from astro_core.workflows.review import answer, undo
from astro_core.workflows.review_queues import start_review
from astro_core.workflows.tree_path import follow, left_in_the_middle, path_of

ADA, BO = Person(name="Ada"), Person(name="Bo")
FIRST, SECOND = "587722981733826738", "587722981733826739"


@pytest.fixture
def queue(survey_space, survey):
    return start_review(survey_space, survey, [FIRST, SECOND], made_by=ADA)


@pytest.fixture
def say(survey_space, survey, queue):
    def say(question, text, *, on=FIRST, by=ADA):
        answer(survey_space, survey, queue, by, [on], taxonomy=survey.taxonomy,
               question=question, answer=text)  # fmt: skip

    return say


def test_a_path_follows_the_answers_to_the_next_question():
    path = follow(GZ2_TREE, FIRST, {"t01_smooth_or_features": "a01_smooth", "t03_bar": "a06_bar"})
    assert [a.name for _, a in path.said] == ["a01_smooth"], "a bar was not asked for"
    assert path.asks.name == "t07_rounded"


def test_a_star_ends_the_tree_at_once():
    assert follow(GZ2_TREE, FIRST, {"t01_smooth_or_features": "a03_star_or_artifact"}).asks is None


def test_everybody_goes_their_own_way(survey_space, survey, say):
    say("t01_smooth_or_features", "a01_smooth")
    say("t01_smooth_or_features", "a02_features_or_disk", by=BO)
    asked = [path_of(survey_space, survey, p, survey.taxonomy, FIRST).asks.name for p in (ADA, BO)]
    assert asked == ["t07_rounded", "t02_edgeon"]


def test_who_stopped_in_the_middle_goes_on_there(survey_space, survey, say):
    where = lambda: left_in_the_middle(survey_space, survey, ADA, survey.taxonomy)  # noqa: E731
    assert where() == ""
    say("t01_smooth_or_features", "a01_smooth")
    assert where() == FIRST
    say("t07_rounded", "a16_completely_round")
    say("t06_odd", "a15_no")
    assert where() == "", "the end of the tree"
    undo(survey_space, survey, ADA)
    assert where() == FIRST
    answer(survey_space, survey, "", ADA, [FIRST], taxonomy=survey.taxonomy, action="skip")
    assert where() == "", "it was skipped"
