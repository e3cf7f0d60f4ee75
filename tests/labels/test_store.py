from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from astro_core.domain import LabelEvent, utc_text
from astro_core.errors import BadInputError, ConflictError
from astro_core.labels import database
from astro_core.labels.store import LabelStore, open_store
from astro_core.labels.trouble import LabelStoreError
from astro_core.workspace import Workspace


def standing(store, **where):
    frame = store.current("sky", **where)
    rows = frame[["object_id", "reviewer", "kind", "question", "said"]]
    return [tuple(row) for row in rows.itertuples(index=False)]


def test_an_event_comes_back_with_all_it_said(store, says):
    event = says(
        "g1",
        comment="a  bar?\n faint ünder",
        suggested_class="elliptical",
        suggested_probability=0.1 + 0.2,
        seconds=1.25,
        shown=True,
        model_id="fork-1",
        taxonomy="sky",
        taxonomy_version=3,
        fingerprint="abc",
        batch_id="b1",
    )
    assert store.append([event]) == (event.event_id,)
    (back,) = store.events("sky")
    assert back == event
    assert back.comment == "a bar? faint ünder"


def test_the_same_key_press_sent_twice_is_stored_once(store, says):
    event = says("g1")
    assert store.append([event, event]) == (event.event_id,)
    assert store.append([event]) == ()
    assert store.count("sky") == 1


def test_an_id_cannot_come_to_say_something_else_and_nothing_of_the_call_is_kept(store, says):
    event = says("g1", event_id="one")
    store.append([event])
    with pytest.raises(ConflictError, match="'one' is there already and says something else"):
        store.append([says("g2"), says("g1", "edge_on", event_id="one", at=event.at)])
    assert [e.object_id for e in store.events("sky")] == ["g1"]


@pytest.mark.parametrize(
    "change", ["UPDATE label_events SET class_name='x'", "DELETE FROM label_events"]
)
def test_what_was_said_cannot_be_changed_even_by_sql(store, says, change):
    event = says("g1")
    store.append([event])
    with pytest.raises(LabelStoreError, match="never changed"), store.writing() as connection:
        connection.execute(text(change))
    assert list(store.events("sky")) == [event]


def test_the_last_answer_of_each_reviewer_stands(store, says):
    store.append([says("g1", at="2026-01-01T10:00"), says("g1", "edge_on", at="2026-01-01T11:00")])
    store.append([says("g1", "elliptical", "bob"), says("g2", reviewer="bob")])
    assert standing(store) == [
        ("g1", "ana", "answer", "", "edge_on"),
        ("g1", "bob", "answer", "", "elliptical"),
        ("g2", "bob", "answer", "", "spiral"),
    ]
    assert standing(store, object_ids=["g2"]) == [("g2", "bob", "answer", "", "spiral")]


def test_an_older_answer_that_arrives_late_does_not_replace_a_newer_one(store, says):
    store.append([says("g1", "edge_on", at="2026-01-02")])
    store.append([says("g1", "spiral", at="2026-01-01")])
    assert [row[-1] for row in standing(store)] == ["edge_on"]


def test_what_is_done_now_replaces_what_a_clock_that_was_ahead_said(store, says):
    store.append([says("g1", at="2099-01-01"), says("g1", "ring", "bob", at="2099-01-02")])
    store.append([says("g1", "edge_on"), says("g2", "edge_on")], live=True)
    assert [row[-1] for row in standing(store)] == ["edge_on", "ring", "edge_on"]
    assert {e.at for e in store.events("sky") if e.class_name == "edge_on"} == {
        "2099-01-01T00:00:00.000001+00:00"
    }
    assert store.append([], live=True) == ()


def test_a_skip_replaces_an_answer_and_a_flag_stands_beside_it(store, says):
    store.append([says("g1"), says("g1", action="flag", comment="satellite")])
    store.append([says("g2"), says("g2", action="skip")])
    assert standing(store) == [
        ("g1", "ana", "answer", "", "spiral"),
        ("g1", "ana", "flag", "", ""),
        ("g2", "ana", "answer", "", ""),
    ]
    assert store.current("sky").query("object_id == 'g2'")["action"].tolist() == ["skip"]


def test_questions_have_standing_answers_of_their_own(store, says):
    def answers(question, answer):
        return says("g1", "", question=question, answer=answer)

    store.append([answers("smooth", "features"), answers("bar", "yes"), answers("bar", "no")])
    assert standing(store) == [
        ("g1", "ana", "answer", "bar", "no"),
        ("g1", "ana", "answer", "smooth", "features"),
    ]


def test_undo_takes_back_the_last_act_and_says_what_it_was(store, says):
    first, second = says("g1"), says("g1", "edge_on")
    store.append([first])
    store.append([second])
    store.append([says("g9", reviewer="bob")])
    assert store.undo("sky", "ana") == (second,)
    assert standing(store)[0][-1] == "spiral"
    assert store.undo("sky", "ana") == (first,)
    assert store.undo("sky", "ana") == ()
    assert standing(store) == [("g9", "bob", "answer", "", "spiral")]
    assert [e.action for e in store.events("sky", reviewer="ana")] == ["label", "label"] + [
        "retract"
    ] * 2


def test_one_press_of_undo_undoes_once_and_a_bulk_label_whole(store, says):
    one, *batch = says("g0"), says("g1", batch_id="b"), says("g2", batch_id="b")
    store.append([one])
    store.append(batch)
    assert store.undo("sky", "ana", event_id="press") == tuple(batch)
    assert store.undo("sky", "ana", event_id="press") == tuple(batch)
    assert [row[0] for row in standing(store)] == ["g0"]
    assert store.undo("sky", "ana", event_id="again") == (one,)


def test_what_was_taken_back_is_known_still(store, says):
    first, second = says("g1"), says("g2")
    store.append([first, second])
    store.undo("sky", "ana")
    ids = [first.event_id, second.event_id, "never said"]
    assert store.known(ids) == dict.fromkeys(ids[:2], "sky")
    assert store.taken_back(ids) == {second.event_id: second.at}


def test_an_event_that_was_taken_back_before_it_arrived_does_not_stand(store, says):
    event = says("g1")
    store.append([says("g1", action="retract", retracts=event.event_id)])
    store.append([event])
    assert standing(store) == []


def test_events_are_chosen_by_object_reviewer_and_time(store, says):
    early, late = says("g1", at="2026-01-01"), says("g2", reviewer="bob", at="2026-02-01")
    store.append([early, late])
    assert list(store.events("sky", object_ids=["g2"])) == [late]
    assert list(store.events("sky", reviewer="ana")) == [early]
    assert list(store.events("sky", since=utc_text("2026-01-15"))) == [late]
    assert list(store.events("another")) == []


def test_the_tables_are_those_that_the_program_knows(store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from astro_core.labels import box_tables, queue_tables, schema
    from astro_core.labels.tables import METADATA

    assert queue_tables.QUEUES.metadata is box_tables.BOX_EVENTS.metadata is METADATA
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert schema.version_of(connection) == schema.HEAD
    assert ScriptDirectory(str(schema._SCRIPTS)).get_heads() == [schema.HEAD]


def test_who_reads_sees_one_moment_whatever_is_stored_meanwhile(store, says):
    wanted = text("SELECT COUNT(*) FROM label_events")
    store.append([says("g1")])
    with store.reading() as connection:
        before = connection.execute(wanted).scalar()
        store.append([says("g2")])
        assert connection.execute(wanted).scalar() == before == 1
    assert store.count("sky") == 2


def test_a_store_of_a_newer_program_is_refused_in_words(store, url):
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LabelStoreError, match=r"not known here.*revision 9999.*Update the program"):
        LabelStore(url)


@pytest.mark.parametrize(
    "named", ["mysql://a:secret@b/c", "nonsense", "sqlite://", "postgresql://a:secret@b/c"]
)
def test_another_kind_of_database_is_refused_without_telling_the_password(
    monkeypatch, tmp_path, named
):
    monkeypatch.setenv(database.ENVIRONMENT_VARIABLE, named)
    with pytest.raises(BadInputError, match=r"postgresql\+psycopg") as refused:
        open_store(Workspace(tmp_path))
    assert "secret" not in str(refused.value)


def test_the_workspace_has_a_file_of_its_own_and_opens_it_once(monkeypatch, tmp_path):
    monkeypatch.delenv(database.ENVIRONMENT_VARIABLE, raising=False)
    space = Workspace(tmp_path)
    opened = open_store(space)
    assert opened is open_store(space)
    assert (space.labels / "labels.sqlite").is_file()
    with opened.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    opened.close()


def test_times_are_utc_and_sort_as_text():
    zoned = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert (
        utc_text(zoned)
        == utc_text("2026-05-01T14:00:00+02:00")
        == "2026-05-01T12:00:00.000000+00:00"
    )
    with pytest.raises(BadInputError, match="'soon'"):
        utc_text("soon")


@pytest.mark.parametrize(
    ("wrong", "says_why"),
    [
        ({"class_name": ""}, "needs a class, or a question"),
        ({"question": "bar", "answer": "yes"}, "needs a class, or a question"),
        ({"class_name": "", "answer": "yes"}, "needs a class, or a question"),
        ({"reviewer": " "}, "needs its reviewer"),
        ({"object_id": ""}, "needs its object id"),
        ({"action": "shout"}, "unknown kind"),
        ({"retracts": "x"}, "takes back"),
        ({"action": "retract"}, "takes back"),
    ],
)
def test_an_event_that_says_nothing_is_refused(wrong, says_why):
    right = {"dataset": "sky", "object_id": "g1", "class_name": "spiral", "reviewer": "ana"}
    with pytest.raises(BadInputError, match=says_why):
        LabelEvent(**(right | wrong))
