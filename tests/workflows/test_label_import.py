"""Labels of a file that is imported again, into another dataset, or from another time zone."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from astro_core.domain import Person, utc_text
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows.label_export import export_labels
from astro_core.workflows.label_import import import_labels
from astro_core.workflows.review import answer, undo

IDS = tuple(str(587722981733826738 + i) for i in range(4))
LEAD, ANA = Person(name="lead"), Person(name="ana")


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_DATABASE", raising=False)


@pytest.fixture
def twin(survey):
    shutil.copytree(survey.folder, survey.folder.with_name("twin"))
    return replace(survey, folder=survey.folder.with_name("twin"))


@pytest.fixture
def take(survey_space, survey, tmp_path):
    """Imports rows of a table of labels."""

    def take(rows, dataset=survey):
        pd.DataFrame(rows).to_csv(tmp_path / "labels.csv", index=False)
        return import_labels(survey_space, dataset, tmp_path / "labels.csv", by=LEAD)

    return take


@pytest.fixture
def said(survey_space, survey):
    """What stands about a dataset."""

    def said(dataset=survey):
        rows = open_store(survey_space).current(dataset_key(dataset))
        return dict(zip(rows["object_id"], rows["said"], strict=True))

    return said


@pytest.fixture
def say(survey_space, survey):
    def say(object_id, name):
        answer(
            survey_space, survey, "", ANA, [object_id], taxonomy=survey.taxonomy, class_name=name
        )

    return say


def row(number, label, **more):
    return {"object_id": IDS[number], "label": label, "reviewer": "ana", **more}


def wall_clock(hours=9.0):
    """What a clock on a wall in Japan says, without its zone."""
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")


def classification(number, value="Spiral"):
    return {
        "classification_id": number, "user_name": "ana", "created_at": "2026-03-01 12:00:00 UTC",
        "annotations": json.dumps([{"task": "T0", "task_label": "What is it?", "value": value}]),
        "subject_data": json.dumps({"900": {"id": IDS[number]}}),
    }  # fmt: skip


def test_a_label_with_a_time_to_come_counts_as_given_now(take, say, said, survey_space, survey):
    rows = [
        row(0, "spiral", at=wall_clock()),
        row(1, "ring", at=wall_clock(9.5)),
        row(1, "merger", at=wall_clock(9)),
        row(2, "ring", at="2026-05-01T10:00:00"),
    ]
    made = take(rows)
    (note,) = made.notes
    assert note.startswith("3 labels have a time that is yet to come")
    events = list(open_store(survey_space).events(dataset_key(survey)))
    assert max(event.at for event in events) <= utc_text(datetime.now(UTC))
    assert said() == {IDS[0]: "spiral", IDS[1]: "ring", IDS[2]: "ring"}  # the later of two stands
    say(IDS[0], "elliptical")
    assert said()[IDS[0]] == "elliptical"
    assert take(rows).n_new == 0


def test_a_classification_export_can_be_imported_into_two_datasets(take, said, survey, twin):
    rows = [classification(0), classification(1)]
    assert [take(rows, sky).n_new for sky in (survey, twin, survey, twin)] == [2, 2, 0, 0]
    assert said(survey) == said(twin) == {IDS[0]: "spiral", IDS[1]: "spiral"}
    assert take([*rows, classification(2)], twin).n_new == 1


@pytest.mark.parametrize("rows", [[row(0, "spiral"), row(1, "ring")], [classification(0)]])
def test_labels_that_were_taken_back_can_be_imported_again(take, said, survey_space, survey, rows):
    take(rows)
    before = said()
    for _ in range(2):
        assert undo(survey_space, survey, ANA) is not None
        assert len(said()) == len(rows) - 1
        made = take(rows)
        assert (made.n_events, made.n_new) == (len(rows), 1)
        assert made.notes == ("1 labels that had been taken back are given again.",)
        assert said() == before
        again = take(rows)
        assert (again.n_new, again.notes) == (0, ())


def test_what_was_answered_since_a_label_was_taken_back_stands(
    take, say, said, survey_space, survey
):
    take([row(0, "spiral")])
    undo(survey_space, survey, ANA)
    say(IDS[0], "ring")
    assert take([row(0, "spiral")]).n_new == 1
    assert said() == {IDS[0]: "ring"}


def test_a_classification_taken_back_in_the_second_dataset_comes_back_there_alone(
    take, said, survey_space, survey, twin
):
    for sky in (survey, twin):
        take([classification(0)], sky)
    undo(survey_space, twin, ANA)
    assert [take([classification(0)], sky).n_new for sky in (survey, twin, twin)] == [0, 1, 0]
    assert said(twin) == said(survey)


def test_an_export_brings_back_what_was_taken_back_as_taken_back(
    take, said, survey_space, survey, tmp_path
):
    take([row(0, "spiral")])
    export_labels(survey_space, survey, tmp_path / "events.csv")
    undo(survey_space, survey, ANA)
    assert import_labels(survey_space, survey, tmp_path / "events.csv", by=LEAD).n_new == 0
    assert said() == {}
