"""Consensus on a small survey: what is told, what is hidden, and a lead's last word."""

from dataclasses import replace

import pytest
from reading import named, said

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import replace_state
from astro_core.domain import LabelEvent, Person
from astro_core.labels.events import dataset_key
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import open_store
from astro_core.workflows import labels
from astro_core.workflows.review_queues import change_rules, start_review
from astro_core.workflows.selections import list_selections

ANA, BO, CY = "Ana", "Bo", "Cy"
SAID = {
    0: {ANA: "elliptical", BO: "elliptical", CY: "elliptical"},
    1: {ANA: "spiral", BO: "elliptical"},
    2: {ANA: "merger", BO: "merger", CY: "spiral"},
    4: {ANA: "spiral", BO: "spiral"},
    5: {ANA: "spiral", CY: "merger"},
}


def name(i):
    return f"pictures-{i:03d}"


def event(survey, i, reviewer, class_name="", **more):
    return LabelEvent(
        dataset=dataset_key(survey), object_id=name(i), reviewer=reviewer, class_name=class_name,
        taxonomy="pictures", **more,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_DATABASE", raising=False)


@pytest.fixture
def survey(make_survey):
    return make_survey()


@pytest.fixture
def labelled(space, survey):
    store = open_store(space)
    store.append(event(survey, i, who, c) for i, given in SAID.items() for who, c in given.items())
    return survey


@pytest.fixture
def see(open_page, survey):
    def opened(*, who="Lea", **query):
        return open_page("consensus.py", session={"who:name": who}, dataset=survey.name, **query)

    return opened


def test_without_answers_it_says_how_they_come(see, space):
    test = see()
    assert "how far they agree" in said(test)
    assert [b.label for b in test.button if "Review" in b.label] == ["Review galaxies"]
    assert not (space.labels / "labels.sqlite").exists()  # looking makes no store


def test_who_has_no_name_yet_is_told_what_the_page_shows_and_asked_only_then(
    open_page, survey, space
):
    test = open_page("consensus.py", dataset=survey.name)
    assert "how far they agree" in said(test)
    open_store(space).append([event(survey, 0, ANA, "spiral")])
    test = open_page("consensus.py", dataset=survey.name)
    assert [box.label for box in test.text_input] == ["Your name"]


def test_nothing_is_worked_out_again_until_somebody_answers(see, labelled, space, monkeypatch):
    worked = []
    agreement = labels.agreement
    monkeypatch.setattr(labels, "agreement", lambda v: worked.append(1) or agreement(v))
    test = see()
    test.run()
    see(who=BO)
    assert len(worked) == 1
    open_store(space).append([event(labelled, 8, BO, "spiral")])
    test.run()
    assert len(worked) == 2


def test_agreement_is_told_with_intervals_and_n(see, labelled, html_of):
    html = html_of(see())
    assert "Krippendorff" in html
    assert "<b>5</b><span>of 5 galaxies have two answers or more" in html
    assert "<b>12</b><span>answers" in html
    assert "<b>3</b><span>reviewers" in html


def test_a_pair_shows_where_the_two_differ(see, labelled):
    test = see(one=ANA, other=CY)
    assert "**2** galaxies · Ana and Cy differ" in said(test)
    assert "**3** galaxies · people differ" in said(see())


def test_one_voice_alone_has_no_agreement(see, space, survey):
    open_store(space).append([event(survey, 0, ANA, "spiral")])
    assert "No galaxy was answered by two people" in said(see())


def test_a_cell_between_reviewers_has_its_galaxies(see, labelled):
    test = see(view="between", row="merger", column="spiral")
    assert "**2** galaxies · One says merger, another spiral" in said(test)
    named(test.selectbox, "Rows").set_value(ANA).run()
    assert test.query_params["one"] == ANA
    assert "**1** galaxy · Ana says merger, the others say spiral" in said(test)


def test_a_name_that_is_nobody_is_passed_over(see, labelled):
    assert "answers differ" in said(see(view="between", one="Zoe", other="<b>"))
    assert "people differ" in said(see(one="Zoe", other=ANA))


def test_a_lead_settles_by_a_button_and_takes_it_back(see, labelled, space):
    test = see(view="conflicts")
    key = dataset_key(labelled)
    assert "1 of 2" in said(test)
    assert [b.label for b in test.button if "settle" in b.key] == ["elliptical", "spiral", "merger"]
    named(test.button, "spiral").click().run()
    *_, last = open_store(space).events(key)
    assert (last.action, last.object_id, last.class_name) == ("settle", name(1), "spiral")
    assert last.reviewer == "Lea"
    assert "1 of 1" in said(test)
    assert test.query_params["galaxy"] == name(5)
    named(test.button, "Undo").click().run()
    *_, last = open_store(space).events(key)
    assert last.action == "retract"
    assert test.query_params["galaxy"] == name(1)
    assert "Took back" in test.toast[0].value


def test_why_is_kept_and_what_is_settled_can_be_opened_again(see, labelled, space, html_of):
    test = see(view="conflicts", galaxy=name(5))
    named(test.text_input, "Why").set_value("two nuclei").run()
    named(test.button, "merger").click().run()
    test = see(view="conflicts", kind="settled")
    assert "<q>two nuclei</q>" in html_of(test)
    assert "settled it as" in html_of(test)
    named(test.button, "Open it again").click().run()
    assert "No lead has settled anything yet" in said(test)


def test_who_said_what_is_told_to_the_letter(see, space, survey, html_of):
    store = open_store(space)
    store.append(
        [
            event(survey, 1, "<b>Eve", "spiral", comment="<script>", seconds=3.2),
            event(survey, 1, BO, "merger", model_id="m", suggested_class="spiral", shown=True),
            event(survey, 1, CY, action="flag"), event(survey, 1, "Di", action="skip"),
        ]
    )  # fmt: skip
    test = see(view="conflicts")
    html = html_of(test)
    assert "&lt;b&gt;Eve" in html
    assert "<q>&lt;script&gt;</q>" in html
    assert "flagged it" in html
    assert "skipped it" in html
    assert "1 of 1 saw it before answering" in said(test)


def test_only_a_lead_is_offered_to_settle(see, labelled, monkeypatch):
    reviewer = Person(name="Rea", role="reviewer", signed_in=True)
    monkeypatch.setattr("astro_core.ui.who.ask", lambda: reviewer)
    test = see(view="conflicts")
    assert "Only a lead settles" in said(test)
    assert "Only a lead takes labels in" in said(test)
    assert not [b for b in test.button if "settle" in b.key or b.label == "Undo"]


def test_what_a_queue_still_asks_is_hidden_until_one_has_answered(see, labelled, space):
    rules = ReviewRules(votes_needed=3, most_votes=5)
    ids = [name(1), name(5)]
    queue = start_review(space, labelled, ids, made_by=Person(name="Lea"), rules=rules)
    test = see(view="conflicts")
    assert "2 more are not shown" in said(test)
    assert "1 of" not in said(test)
    assert "2 more are not shown" in said(see(view="labels", of="conflict"))
    assert "1 of 1" in said(see(who=BO, view="conflicts"))  # who answered one of them sees it
    two = ReviewRules(votes_needed=2, most_votes=2)
    change_rules(space, queue, two, who=Person(name="Lea"))
    assert "1 of 2" in said(see(view="conflicts"))


def test_labels_are_counted_and_set_against_the_catalogue(see, labelled, html_of):
    test = see(view="labels")
    html = html_of(test)
    assert "<b>3</b><span>agreed" in html
    assert "<b>2</b><span>in conflict" in html
    assert "<b>1</b><span>other than in the catalogue, of 3" in html
    named(test.selectbox, "Galaxies").set_value("other").run()
    assert test.query_params["of"] == "other"
    assert "**1** galaxy · other than in the catalogue" in said(test)
    test = see(view="labels", drawn="confusion", of="cell", row="spiral", column="elliptical")
    assert "**0**" not in said(test)


def test_a_survey_that_was_imported_anew_is_compared_by_its_new_classes(see, labelled, html_of):
    test = see(view="labels")
    assert "<b>1</b><span>other than in the catalogue, of 3" in html_of(test)
    new = replace(labelled, fingerprint="anew", class_counts={"spiral": 24})
    replace_state(labelled, new, read_catalogue(labelled).assign(label="spiral"), [])
    test.run()
    assert "<b>2</b><span>other than in the catalogue, of 3" in html_of(test)


def test_labels_are_listed_as_a_table(see, labelled):
    table = see(view="labels", **{"as": "table"}).dataframe[0].value
    assert table["object_id"].tolist() == [name(2), name(0), name(4)]
    assert table["label"].tolist() == ["merger", "elliptical", "spiral"]


def test_labels_are_kept_as_a_selection_in_one_click(see, labelled, space):
    test = see(view="labels", of="label:spiral")
    named(test.button, "Open in Browse").click().run()
    (kept,) = list_selections(space, labelled)
    assert kept.object_ids == (name(4),)
    assert kept.source["rule"] == "majority"


def test_another_rule_goes_into_the_address(see, labelled):
    test = see(view="methods")
    named(test.selectbox, "Combined by").set_value("dawid-skene").run()
    assert test.query_params["rule"] == "dawid-skene"
    assert named(see(rule="nonsense").selectbox, "Combined by").value == "majority"


def test_a_rule_without_its_model_says_what_to_do(see, labelled):
    assert "Train one first" in said(see(view="labels", rule="crowdlab"))


def test_reviewers_are_listed_with_what_they_did(see, labelled, space):
    open_store(space).append([event(labelled, 9, ANA, action="skip")])
    table = see(view="reviewers").dataframe[0].value
    assert table["Reviewer"].tolist() == [ANA, BO, CY]
    assert table["Answers"].tolist() == [5, 4, 3]
    assert table["Skips"].tolist() == [1, 0, 0]


def test_what_others_said_meanwhile_shows_at_the_next_run(see, labelled, space, html_of):
    test = see()
    open_store(space).append([event(labelled, 8, BO, "spiral")])
    assert "<b>13</b><span>answers" in html_of(test.run())


def test_other_classes_stand_apart(see, labelled, space, html_of):
    store = open_store(space)
    store.append(
        LabelEvent(
            dataset=dataset_key(labelled), object_id=name(0), reviewer=who, class_name=c,
            taxonomy="colours",
        )
        for who, c in ((ANA, "red"), (BO, "blue"))
    )  # fmt: skip
    test = see()
    about = named(test.selectbox, "What people answered")
    assert about.options == ["Classes · pictures (12 answers)", "Classes · colours (2 answers)"]
    about.set_value(1).run()
    assert test.query_params["classes"] == "colours"
    assert "<b>2</b><span>answers" in html_of(test)
    assert "**1** galaxy · people differ" in said(test)
