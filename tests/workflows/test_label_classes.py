"""Which class or answer a text of a file of labels means."""

import pytest

from astro_core.domain import Answer, GalaxyClass, Question, Taxonomy
from astro_core.workflows.label_classes import Said, Vocabulary

ALIKE = ("-5", "5", "S0-", "S0", "S0+", "SAB", "Sab")


def vocabulary(*names, questions=()):
    classes = tuple(GalaxyClass(name=name) for name in names)
    return Vocabulary(Taxonomy(name="types", classes=classes, questions=questions))


def found(words, text):
    said = words.find(text)
    return said and said.class_name


def test_classes_that_differ_only_in_a_sign_or_in_case_stay_apart():
    words = vocabulary(*ALIKE)
    assert [found(words, name) for name in ALIKE] == list(ALIKE)
    assert [found(words, text) for text in ("s0 -", "sab", "--5")] == [None] * 3


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S0+", "S0-"),
        ("-5", "5"),
        ("T-5", "T5"),
        ("1.0", "10"),
        ("<0.5", ">0.5"),
        ("E?", "E"),
        ("楕円2", "銀河2"),
    ],
)
def test_a_class_that_is_not_there_is_not_taken_for_one_that_looks_like_it(text, name):
    assert found(vocabulary(name), text) is None


@pytest.mark.parametrize("text", ["Edge On", "edge_on", " EDGE-ON ", "edge  on", "EdgeOn"])
def test_capitals_spaces_underscores_and_dashes_between_words_do_not_matter(text):
    assert found(vocabulary("edge_on", "spiral"), text) == "edge_on"


def test_answers_that_differ_only_in_a_sign_or_in_case_stay_apart():
    answers = tuple(Answer(name=f"a{k}", text=text) for k, text in enumerate(ALIKE))
    words = vocabulary(questions=(Question(name="type", text="Which type?", answers=answers),))
    for answer in answers:
        said = Said(question="type", answer=answer.name)
        assert words.find(answer.text, "which type") == said
        assert words.find(answer.name, "type") == said
    assert words.find("sab", "type") is None


def test_an_answer_to_two_questions_of_the_same_words_is_none():
    answers = (Answer(name="yes", text="Yes"),)
    questions = tuple(Question(name=n, text="Is it odd?", answers=answers) for n in ("a", "b"))
    words = vocabulary(questions=questions)
    assert words.find("yes", "Is it odd?") is None
    assert words.find("yes", "b") == Said(question="b", answer="yes")
