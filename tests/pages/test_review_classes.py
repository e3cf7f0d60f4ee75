from dataclasses import replace

import pytest

from astro_core.domain import Person, Taxonomy, plain_taxonomy
from astro_core.ui import who
from astro_core.workflows.review_queues import list_queues
from astro_core.workflows.taxonomies import (
    list_taxonomies,
    queue_taxonomy,
    review_taxonomy,
    save_taxonomy,
    taxonomy_versions,
)

ADA = Person(name="Ada")


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 24)


@pytest.fixture
def open_classes(survey, open_page):
    def run(**query):
        session = {"who:name": "Ada"}
        return open_page("review.py", session=session, dataset="pictures", view="classes", **query)

    return run


def button(test, label):
    return next(b for b in test.button if b.label == label)


def helped(test, words):
    return next(b for b in test.button if b.help == words)


def field(test, label):
    return next(f for f in [*test.text_input, *test.text_area] if f.label == label)


def picked(test, label):
    return next(f for f in [*test.selectbox, *test.radio] if f.label == label)


def test_a_changed_class_is_saved_as_a_new_version(space, survey, open_classes):
    test = open_classes()
    assert button(test, "Save as version 2").disabled
    field(test, "Name of merger").set_value("interacting").run()
    field(test, "Key of interacting").set_value("M").run()
    field(test, "What interacting means").set_value("two or more").run()
    helped(test, "Move interacting up").click().run()
    assert list_taxonomies(space, survey)[0].version == 1, "nothing is saved by itself"
    button(test, "Save as version 2").click().run()
    made = review_taxonomy(space, survey)
    assert made.version == 2
    assert [(c.name, c.key) for c in made.classes] == [
        ("elliptical", "1"),
        ("interacting", "m"),
        ("spiral", "2"),
    ]
    assert made.classes[1].description == "two or more"
    assert review_taxonomy(space, survey, version=1).class_names[2] == "merger"


def test_changes_outlive_a_look_at_another_view_until_they_are_dropped(open_classes):
    test = open_classes()
    field(test, "Name of merger").set_value("interacting").run()
    test.query_params["view"] = "one"
    test.run()
    test.query_params["view"] = "classes"
    test.run()
    assert field(test, "Name of interacting").value == "interacting"
    button(test, "Drop the changes").click().run()
    assert field(test, "Name of merger").value == "merger"


@pytest.mark.parametrize(
    ("key", "said"), [("C", "browser app keeps for itself"), ("1", "same key")]
)
def test_a_key_that_cannot_be_is_told_and_not_saved(open_classes, key, said):
    test = open_classes()
    field(test, "Key of merger").set_value(key).run()
    assert said in test.error[0].value
    assert button(test, "Save as version 2").disabled
    field(test, "Key of merger").set_value("").run()
    assert not test.error
    assert field(test, "Key of merger").placeholder == "3", "the first that is free"


def test_a_set_of_names_makes_a_queue_that_is_answered_with_it(space, survey, open_classes):
    test = open_classes()
    field(test, "Name of the set").set_value("Bars")
    field(test, "Classes, one a line").set_value("bar\n\nno bar\n")
    button(test, "Make the set").click().run()
    assert test.query_params["classes"] in ("Bars", ["Bars"])
    assert field(test, "Key of no bar").value == "2"
    button(test, "Review with these").click().run()
    (queue,) = list_queues(space, survey)
    assert queue_taxonomy(space, survey, queue.request).class_names == ("bar", "no bar")
    assert queue.n_objects == survey.n_objects


def test_a_name_that_is_taken_is_refused(open_classes):
    test = open_classes()
    field(test, "Name of the set").set_value("pictures")
    picked(test, "Begin with").set_value("The questions of Galaxy Zoo 2").run()
    button(test, "Make the set").click().run()
    assert "already a set of classes" in test.error[0].value


def test_a_survey_without_classes_gets_its_own(space, survey, open_classes, monkeypatch):
    bare = replace(survey, taxonomy=Taxonomy(name="pictures"))
    monkeypatch.setattr("astro_core.ui.frame.open_dataset", lambda _workspace: bare)
    test = open_classes()
    assert "no classes yet" in test.markdown[0].value
    picked(test, "Begin with").set_value("The questions of Galaxy Zoo 2").run()
    button(test, "Make the set").click().run()
    made = review_taxonomy(space, bare)
    assert (made.name, made.version, len(made.questions)) == ("pictures", 2, 11)
    assert not any(a.column for a in made.answers())


def test_questions_are_added_and_follow_from_answers(space, survey, open_classes):
    test = open_classes(part="questions")
    button(test, "Add a question").click().run()
    field(test, "Question").set_value("Any dust?").run()
    button(test, "Add a question").click().run()
    field(test, "Question").set_value("A lane?").run()
    assert "never asked" in test.error[0].value
    picked(test, "Questions").set_value("4").run()
    assert field(test, "Question").value == "Any dust?"
    picked(test, "What follows Yes").set_value("7").run()
    assert not test.error
    button(test, "Save as version 2").click().run()
    dust, lane = review_taxonomy(space, survey).questions
    assert (dust.name, lane.name) == ("any_dust", "a_lane")
    assert [a.next_question for a in dust.answers] == ["a_lane", None]


def test_an_older_version_is_shown_as_it_was_and_can_be_begun_from(
    space, survey, open_classes, html_of
):
    own = review_taxonomy(space, survey)
    save_taxonomy(space, survey, replace(own, classes=own.classes[:2]), by=ADA)
    test = open_classes(version="1")
    assert "merger" in html_of(test)
    assert not [f for f in test.text_input if f.label.startswith("Name of m")]
    button(test, "Change from here").click().run()
    button(test, "Save as version 3").click().run()
    assert review_taxonomy(space, survey).class_names == own.class_names
    assert taxonomy_versions(space, survey, own.name) == (3, 2, 1)


def test_who_is_no_lead_looks_and_changes_nothing(survey, open_classes, monkeypatch, html_of):
    monkeypatch.setattr(who, "ask", lambda: Person(name="Bo", role="reviewer"))
    test = open_classes()
    assert not [b for b in test.button if b.label.startswith("Save as")]
    assert not [f for f in test.text_input if f.label.startswith(("Name of", "Key of"))]
    assert "<kbd>1</kbd>" in html_of(test)


def test_words_of_people_are_shown_as_text(space, survey, open_classes, html_of):
    bad = plain_taxonomy("Bad", ("<b>x</b>", "*y*"))
    save_taxonomy(space, survey, replace(bad, version=0), by=ADA)
    more = replace(review_taxonomy(space, survey, "Bad"), classes=bad.classes[:1])
    save_taxonomy(space, survey, more, by=ADA)
    test = open_classes(classes="Bad", version="1")
    assert "&lt;b&gt;x" in html_of(test)
    assert "<b>x" not in html_of(test)
