import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from astropy.table import Table

from astro_core.datasets.store import open_dataset, rename_dataset
from astro_core.domain import LabelEvent, Person, Taxonomy
from astro_core.errors import BadInputError, ForbiddenError, NotFoundError
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows.label_export import export_labels
from astro_core.workflows.label_import import import_labels
from astro_core.workflows.streamed_tables import guarded, unguarded
from astro_core.workspace import Workspace

FIRST_ID = 587722981733826738
LEAD = Person(name="lead")
NULL_WORDS = ("n/a", "NA", "null", "nan")  # each is nothing to some reader of tables
SUFFIXES = (".csv", ".ecsv", ".vot", ".fits", ".parquet", ".json")


def name(i):
    return str(FIRST_ID + i)


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_DATABASE", raising=False)


@pytest.fixture
def table(tmp_path):
    def write(rows, file="labels.csv"):
        path = tmp_path / file
        frame = pd.DataFrame(rows)
        if file.endswith(".parquet"):
            frame.to_parquet(path)
        elif file.endswith(".json"):
            path.write_text(json.dumps(rows))
        elif file.endswith(".csv"):
            frame.to_csv(path, index=False)
        else:
            kind = {"ecsv": "ascii.ecsv", "fits": "fits", "vot": "votable"}[file.split(".")[1]]
            Table.from_pandas(frame).write(path, format=kind)
        return path

    return write


def rows_of(n=4):
    kinds = ["spiral", "Elliptical", "ring", "MERGER"]
    return [
        {
            "object_id": name(i),
            "label": kinds[i % 4],
            "reviewer": "007",
            "at": f"2026-05-0{i + 1}T10:00:00Z",
            "comment": "faint, see notes",
        }
        for i in range(n)
    ]


@pytest.fixture
def everything(survey_space, survey):
    """Events of every kind, with whatever makes tables difficult."""
    key = dataset_key(survey)

    def event(i, **more):
        return LabelEvent(dataset=key, object_id=name(i), **({"reviewer": "ana"} | more))

    first = event(0, class_name="spiral", comment="=SUM(A1)", seconds=0.1 + 0.2)
    events = [
        first,
        event(1, class_name="ring", reviewer="007", comment="'-x <b>&\"qu\", ünder", shown=True),
        event(1, action="skip", reviewer="Bé"),
        event(2, action="flag", comment="12"),
        event(3, question="a", answer="1", suggested_class="ring", suggested_probability=1 / 3),
        event(0, action="retract", retracts=first.event_id),
        event(4, action="settle", class_name="merger", batch_id="12", model_id="34",
              fingerprint="56", taxonomy="78", taxonomy_version=3, at="2026-01-01T00:00:00.000001"),
        event(5, class_name="spiral", reviewer="+1", comment="'"),
        *(event(6, action="flag", comment=word, reviewer=word) for word in NULL_WORDS),
    ]  # fmt: skip
    open_store(survey_space).append(events)
    return events


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_labels_leave_and_come_back_unchanged(survey_space, survey, everything, tmp_path, suffix):
    out = tmp_path / f"labels{suffix}"
    assert export_labels(survey_space, survey, out) == len(everything)
    again = import_labels(survey_space, survey, out, by=LEAD)
    assert (again.n_events, again.n_new) == (len(everything), 0)
    other = Workspace(tmp_path / "other").ensure()
    assert import_labels(other, survey, out, by=LEAD).n_new == len(everything)
    assert list(open_store(other).events(dataset_key(survey))) == everything


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_of_labels_is_taken_in_once(survey_space, survey, table, suffix):
    path = table(rows_of(), f"labels{suffix}")
    assert import_labels(survey_space, survey, path, by=LEAD).n_new == 4
    assert import_labels(survey_space, survey, path, by=LEAD).n_new == 0
    events = list(open_store(survey_space).events(dataset_key(survey)))
    assert [e.class_name for e in events] == ["spiral", "elliptical", "ring", "merger"]
    assert {e.reviewer for e in events} == {"007"}
    assert events[0].at == "2026-05-01T10:00:00.000000+00:00"
    assert events[0].comment == "faint, see notes"
    assert events[0].fingerprint == survey.fingerprint


def test_a_table_without_times_is_taken_in_once(survey_space, survey, table):
    path = table([{k: v for k, v in row.items() if k != "at"} for row in rows_of()])
    assert import_labels(survey_space, survey, path, by=LEAD).n_new == 4
    assert import_labels(survey_space, survey, path, by=LEAD).n_new == 0


def test_a_row_that_comes_twice_is_one_label(survey_space, survey, table):
    rows = [{k: v for k, v in row.items() if k != "at"} for row in rows_of()]
    made = import_labels(survey_space, survey, table([*rows, rows[0]]), by=LEAD)
    assert (made.n_events, made.n_new) == (4, 4)


def test_unknown_objects_are_named_and_nothing_is_stored(survey_space, survey, table):
    rows = rows_of()
    rows[2]["object_id"] = "nowhere"
    with pytest.raises(BadInputError, match=r"1 of the objects are not in.*nowhere"):
        import_labels(survey_space, survey, table(rows), by=LEAD)
    assert open_store(survey_space).count(dataset_key(survey)) == 0


def test_unknown_classes_are_named_and_nothing_is_stored(survey_space, survey, table):
    rows = rows_of()
    rows[0]["label"] = rows[1]["label"] = "cigar"
    with pytest.raises(
        BadInputError, match=r"elliptical, spiral, merger, ring.*'cigar' \(2 rows\)"
    ):
        import_labels(survey_space, survey, table(rows), by=LEAD)
    assert open_store(survey_space).count(dataset_key(survey)) == 0


def test_a_survey_without_classes_takes_any(survey_space, survey, table):
    rows = rows_of()
    bare = replace(survey, taxonomy=Taxonomy(name="none"))
    import_labels(survey_space, bare, table([row | {"label": "cigar"} for row in rows]), by=LEAD)
    (event, *_) = open_store(survey_space).events(dataset_key(survey))
    assert event.class_name == "cigar"


def test_labels_follow_a_dataset_that_gets_another_name(survey_space, survey, table):
    import_labels(survey_space, survey, table(rows_of()), by=LEAD)
    rename_dataset(survey_space, survey.name, "Another")
    renamed = open_dataset(survey_space, "Another")
    assert open_store(survey_space).count(dataset_key(renamed)) == 4


def test_who_labelled_can_be_said_where_the_file_does_not(survey_space, survey, table):
    rows = [{k: v for k, v in row.items() if k != "reviewer"} for row in rows_of()]
    path = table(rows)
    with pytest.raises(BadInputError, match=r"no column reviewer.*--reviewer"):
        import_labels(survey_space, survey, path, by=LEAD)
    import_labels(survey_space, survey, path, reviewer="Edwin", by=LEAD)
    assert {e.reviewer for e in open_store(survey_space).events(dataset_key(survey))} == {"Edwin"}


def test_rows_without_a_label_are_left_out_and_counted(survey_space, survey, table):
    rows = rows_of()
    rows[1]["label"] = ""
    made = import_labels(survey_space, survey, table(rows), by=LEAD)
    assert made.n_new == 3
    assert made.notes == ("1 rows without a label were left out.",)


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("a.csv", "object_id,label,reviewer\na,b\n", "do not have as many fields"),
        ("a.csv", "colour,size\n1,2\n", "no column object_id and no column label"),
        ("a.csv", "object_id,label,reviewer\n", "holds no labels"),
        ("a.json", "{}", "a list of objects"),
        ("a.json", "[", "cannot be read"),
        ("a.pickle", "x", "CSV, ECSV, VOTable, FITS, Parquet or JSON"),
        ("a.csv", f"object_id,label,reviewer,at\n{name(0)},ring,ana,soon\n", "'soon'"),
        ("a.csv", f"object_id,label,reviewer\n{name(0)},ring,\n", "first is row 1"),
        ("a.csv", f"event_id,action,object_id,reviewer\nx,label,{name(0)},ana\n", "Row 1 of"),
        ("a.csv", f"event_id,action,object_id,reviewer\nx,skip,{name(0)},\n", "needs its reviewer"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_words(
    survey_space, survey, tmp_path, file, content, why
):
    path = tmp_path / file
    path.write_text(content)
    with pytest.raises(BadInputError, match=why):
        import_labels(survey_space, survey, path, by=LEAD)
    with pytest.raises(BadInputError, match=r"There is no table|is no table"):
        import_labels(survey_space, survey, tmp_path / f"gone-{file}", by=LEAD)


def test_labels_of_one_dataset_can_be_taken_into_another(
    survey_space, survey, everything, tmp_path
):
    out = tmp_path / "labels.parquet"
    export_labels(survey_space, survey, out)
    shutil.copytree(survey.folder, survey.folder.with_name("twin"))
    twin = replace(survey, folder=survey.folder.with_name("twin"))
    assert import_labels(survey_space, twin, out, by=LEAD).n_new == len(everything)
    assert import_labels(survey_space, twin, out, by=LEAD).n_new == 0
    store = open_store(survey_space)
    here, there = (store.current(key) for key in (dataset_key(survey), "twin"))
    pd.testing.assert_frame_equal(here, there)
    assert list(store.events(dataset_key(survey))) == everything


def test_nothing_to_export_and_an_unknown_format_are_said(survey_space, survey, tmp_path, table):
    with pytest.raises(BadInputError, match="has no labels"):
        export_labels(survey_space, survey, tmp_path / "labels.csv")
    import_labels(survey_space, survey, table(rows_of()), by=LEAD)
    with pytest.raises(NotFoundError, match=r"\.csv, \.ecsv, \.vot"):
        export_labels(survey_space, survey, tmp_path / "labels.xls")
    assert sorted(p.name for p in tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    "text", ["=1", "-5", "-5 mag", "'=x", "''-x", "it's", "'", "", "+J123", "@a"]
)
def test_spreadsheets_run_nothing_and_text_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in {"=", "@"}


def classification(number, subject, value, task="T0", **metadata):
    return {
        "classification_id": number,
        "user_name": "" if number == 3 else f"user{number}",
        "workflow_id": 1,
        "created_at": f"2026-03-0{number} 12:00:00 UTC",
        "annotations": json.dumps([{"task": task, "task_label": "What is it?", "value": value}]),
        "subject_data": json.dumps({subject: {"retired": None, **metadata}}),
    }


def test_a_zooniverse_export_is_recognised(survey_space, survey, table):
    rows = [
        classification(1, "900", "![icon](https://x/y.png) Spiral", Filename=f"{name(0)}.png"),
        classification(2, "901", "Ring", **{"#object": name(1)}),
        classification(3, "902", "Merger", objid=int(name(2))),
        classification(4, "902", [{"x": 1}], objid=name(2)),
    ]
    path = table(rows, "project-classifications.csv")
    made = import_labels(survey_space, survey, path, by=LEAD)
    assert made.n_new == 3
    assert made.notes == ("1 tasks without an answer in words were left out.",)
    assert import_labels(survey_space, survey, path, by=LEAD).n_new == 0
    events = list(open_store(survey_space).events(dataset_key(survey)))
    assert [(e.object_id, e.class_name, e.reviewer) for e in events] == [
        (name(0), "spiral", "user1"),
        (name(1), "ring", "user2"),
        (name(2), "merger", "not logged in"),
    ]
    assert events[0].at == "2026-03-01T12:00:00.000000+00:00"


def test_zooniverse_answers_to_questions_of_the_tree(survey_space, survey, table):
    question = survey.taxonomy.questions[0]
    row = classification(1, "900", question.answers[1].text, Filename=f"{name(0)}.png")
    row["annotations"] = json.dumps(
        [{"task": "T0", "task_label": question.text, "value": question.answers[1].text}]
    )
    import_labels(survey_space, survey, table([row]), by=LEAD)
    (event,) = open_store(survey_space).events(dataset_key(survey))
    assert (event.question, event.answer) == (question.name, question.answers[1].name)


def test_zooniverse_strangers_and_unknown_answers_are_named(survey_space, survey, table):
    with pytest.raises(BadInputError, match=r"1 subjects are not in.*subject 900"):
        import_labels(
            survey_space,
            survey,
            table([classification(1, "900", "Ring", Filename="x.png")]),
            by=LEAD,
        )
    with pytest.raises(BadInputError, match=r"'Cigar' \(1 rows\)"):
        import_labels(
            survey_space, survey, table([classification(1, "900", "Cigar", id=name(0))]), by=LEAD
        )


def test_only_a_lead_takes_labels_in(survey_space, survey, table):
    reviewer = Person(name="bo", role="reviewer")
    with pytest.raises(ForbiddenError, match="Only a lead may take in labels"):
        import_labels(survey_space, survey, table(rows_of()), by=reviewer)
    assert open_store(survey_space).count(dataset_key(survey)) == 0
