from dataclasses import replace

import pytest

from astro_core.domain import Answer, GalaxyClass, Question, Taxonomy, plain_taxonomy
from astro_core.domain.person import Person
from astro_core.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from astro_core.workflows.review_queues import list_queues, start_review
from astro_core.workflows.taxonomies import (
    NEW,
    list_taxonomies,
    queue_taxonomy,
    review_taxonomy,
    save_taxonomy,
    taxonomy_versions,
)

LEAD = Person(name="Ada")


@pytest.fixture
def keep(survey_space, survey):
    def keep(taxonomy, by=LEAD):
        return save_taxonomy(survey_space, survey, taxonomy, by=by)

    return keep


def tree(*questions):
    return Taxonomy(name="tree", questions=questions)


def question(name, *following):
    answers = tuple(
        Answer(name=f"{name}{i}", text=f"Answer {i}", next_question=to)
        for i, to in enumerate(following)
    )
    return Question(name=name, text=f"{name}?", answers=answers)


def test_the_own_classes_come_first_and_every_class_has_a_key(survey_space, survey, keep):
    keep(plain_taxonomy("Bars", ("bar", "none")))
    own, made = list_taxonomies(survey_space, survey)
    assert own.name == survey.taxonomy.name
    assert [c.key for c in own.classes] == ["1", "2", "3", "4"]
    assert (made.name, made.version) == ("Bars", 1)
    assert review_taxonomy(survey_space, survey) == own
    assert review_taxonomy(survey_space, survey, "bars") == made


def test_a_change_is_a_new_version_and_the_old_one_stays(survey_space, survey, keep):
    first = keep(plain_taxonomy("Bars", ("bar", "none")))
    second = keep(replace(first, classes=(*first.classes, GalaxyClass(name="unsure"))))
    assert second.version == 2
    assert second.classes[-1].key == "3"
    assert review_taxonomy(survey_space, survey, "Bars") == second
    assert review_taxonomy(survey_space, survey, "Bars", 1) == first
    assert taxonomy_versions(survey_space, survey, "Bars") == (2, 1)
    assert keep(second) == second, "nothing was changed"
    with pytest.raises(NotFoundError, match="no version 7"):
        review_taxonomy(survey_space, survey, "Bars", 7)


def test_the_own_classes_can_be_changed_and_what_they_were_stays(survey_space, survey, keep):
    own = review_taxonomy(survey_space, survey)
    made = keep(replace(own, classes=own.classes[:2]))
    assert made.version == own.version + 1
    assert review_taxonomy(survey_space, survey) == made
    assert list_taxonomies(survey_space, survey) == (made,)
    assert review_taxonomy(survey_space, survey, own.name, own.version) == own


def test_two_leads_do_not_write_over_each_other(keep):
    first = keep(plain_taxonomy("Bars", ("bar", "none")))
    keep(replace(first, classes=first.classes[:1]))
    with pytest.raises(ConflictError, match="version 2"):
        keep(replace(first, classes=(*first.classes, GalaxyClass(name="c", key="9"))))


def test_a_name_in_other_letters_is_the_same_name(keep):
    keep(plain_taxonomy("Bars", ("bar", "none")))
    with pytest.raises(ConflictError, match="already a set of classes named 'Bars'"):
        keep(replace(plain_taxonomy("BARS", ("bar",)), version=NEW))
    assert keep(replace(plain_taxonomy("BARS", ("bar",)), version=1)).name == "Bars"


def test_only_a_lead_changes_classes(survey_space, survey, keep):
    with pytest.raises(ForbiddenError, match="lead"):
        keep(plain_taxonomy("Bars", ("bar",)), by=Person(name="Bo", role="reviewer"))
    assert len(list_taxonomies(survey_space, survey)) == 1


@pytest.mark.parametrize("key", ["c", "r", "C", "R", "11", "ä", "B", " "])
def test_keys_of_the_browser_app_and_what_is_no_key_are_refused(key):
    with pytest.raises(BadInputError, match="key"):
        Taxonomy(name="t", classes=(GalaxyClass(name="cigar", key=key),))


def test_a_key_for_two_classes_is_refused():
    with pytest.raises(BadInputError, match="same key"):
        Taxonomy(name="t", classes=tuple(GalaxyClass(name=n, key="1") for n in "ab"))


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ((question("a", "b"), question("b", "a")), "back to themselves"),
        ((question("a", "a"),), "back to themselves"),
        ((question("a", "x"),), "unknown question"),
        ((question("a", None), question("a", None)), "same name"),
    ],
)
def test_a_tree_that_does_not_end_or_leads_nowhere_is_refused(questions, said):
    with pytest.raises(BadInputError, match=said):
        tree(*questions)


@pytest.mark.parametrize(
    ("taxonomy", "said"),
    [
        (Taxonomy(name="t"), "nothing to choose"),
        (tree(question("a", None), question("b", None)), "never asked"),
        (tree(question("a")), "no answers"),
        (plain_taxonomy("t", ("two\nlines",)), "two"),
        (plain_taxonomy("../t", ("a",)), "cannot be named"),
        (Taxonomy(name="t", classes=(GalaxyClass(name=""),)), "cannot be called ''"),
    ],
)
def test_what_people_could_not_answer_is_refused(keep, taxonomy, said):
    with pytest.raises(BadInputError, match=said):
        keep(taxonomy)


def test_an_example_has_to_be_in_the_dataset(keep):
    wrong = Taxonomy(name="t", classes=(GalaxyClass(name="a", example_ids=("nowhere",)),))
    with pytest.raises(NotFoundError, match="nowhere"):
        keep(wrong)


def test_the_tree_comes_back_as_it_was(survey_space, survey, keep):
    made = keep(tree(question("a", "b", None), question("b", None, None)))
    assert review_taxonomy(survey_space, survey, "tree") == made


def test_a_queue_keeps_the_classes_that_it_was_made_with(survey_space, survey, keep):
    ids = ["587722981733826738", "587722981733826739"]
    first = keep(plain_taxonomy("Bars", ("bar", "none")))
    start_review(survey_space, survey, ids, made_by=LEAD, taxonomy=first)
    keep(replace(first, classes=first.classes[:1]))
    (queue,) = list_queues(survey_space, survey)
    assert queue_taxonomy(survey_space, survey, queue.request) == first
    assert queue_taxonomy(survey_space, survey, {}) == review_taxonomy(survey_space, survey)
