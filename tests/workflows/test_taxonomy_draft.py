import pytest

from astro_core.datasets.gz2 import GZ2_TREE
from astro_core.domain import Taxonomy, plain_taxonomy
from astro_core.errors import BadInputError
from astro_core.workflows.taxonomy_draft import Draft


@pytest.fixture
def bars():
    return Draft(plain_taxonomy("Bars", ("strong", "weak", "none")))


def names(draft):
    return [c.name for c in draft.taxonomy().classes]


def number(draft, kind, name):
    return next(row["number"] for row in draft.rows[kind] if name in (row["name"], row["text"]))


def test_unchanged_rows_say_what_they_were_made_of():
    draft = Draft(GZ2_TREE)
    assert draft.taxonomy() == GZ2_TREE
    assert Draft.from_text(draft.to_text()).taxonomy() == GZ2_TREE


def test_rows_move_and_go_and_keep_their_numbers(bars):
    weak = bars.rows["classes"][1]["number"]
    bars.move("classes", weak, -1)
    assert names(bars) == ["weak", "strong", "none"]
    bars.move("classes", weak, -1)
    assert names(bars)[0] == "weak", "the first cannot go higher"
    bars.add("classes", name="unsure")
    bars.remove("classes", weak)
    assert names(bars) == ["strong", "none", "unsure"]
    later = Draft.from_text(bars.to_text())
    assert len({row["number"] for row in later.rows["classes"]} | {later.add("classes")}) == 4


def test_questions_that_are_new_are_named_by_their_words():
    draft = Draft(Taxonomy(name="t"))
    first, second = draft.ask(), draft.ask()
    draft.row("questions", first)["text"] = "Any spiral arms?"
    draft.row("questions", second)["text"] = "Wie viele — 腕?"
    yes, _no = draft.answers_to(first)
    yes["leads_to"] = second
    made = draft.taxonomy()
    assert [q.name for q in made.questions] == ["any_spiral_arms", "wie_viele"]
    assert [(a.name, a.next_question) for a in made.questions[0].answers] == [
        ("yes", "wie_viele"),
        ("no", None),
    ]


def test_names_that_labels_use_stay_when_the_words_change():
    draft = Draft(GZ2_TREE)
    draft.rows["questions"][0]["text"] = "Smooth?"
    draft.rows["answers"][0]["text"] = "Quite smooth"
    made = draft.taxonomy().questions[0]
    assert (made.name, made.text) == ("t01_smooth_or_features", "Smooth?")
    assert made.answers[0].name == "a01_smooth"


def test_a_question_goes_with_its_answers_and_nothing_leads_to_it():
    draft = Draft(GZ2_TREE)
    draft.remove("questions", number(draft, "questions", "t06_odd"))
    made = draft.taxonomy()
    assert len(made.questions) == 10
    assert all(a.name not in ("a14_yes", "a15_no") for a in made.answers())
    assert made.question("t07_rounded").answers[0].next_question is None


def test_an_answer_moves_among_those_of_its_question():
    draft = Draft(GZ2_TREE)
    last = draft.answers_to(number(draft, "questions", "t02_edgeon"))[-1]["number"]
    draft.move("answers", last, 1)
    assert draft.taxonomy() == GZ2_TREE
    draft.move("answers", last, -1)
    assert [a.text for a in draft.taxonomy().question("t02_edgeon").answers] == ["No", "Yes"]


@pytest.mark.parametrize("key", ["C", "r"])
def test_a_draft_may_be_wrong_until_it_is_read(bars, key):
    bars.rows["classes"][0]["key"] = key
    assert Draft.from_text(bars.to_text()).rows["classes"][0]["key"] == key
    with pytest.raises(BadInputError, match="keeps for itself"):
        bars.taxonomy()
