from dataclasses import replace

import pytest
from sqlalchemy import text

from astro_core.domain import new_event_id
from astro_core.errors import BadInputError
from astro_core.labels.database import sqlite_url
from astro_core.labels.store import LabelStore


@pytest.fixture
def said(store, says):
    first = says("g1", comment="ünder", seconds=0.1 + 0.2)
    events = [first, says("g1", "edge_on"), says("g2", reviewer="bob", batch_id="b")]
    store.append(events)
    store.undo("sky", "ana")
    return list(store.events("sky"))


def test_a_backup_of_either_database_is_one_file_that_gives_all_back(store, said, tmp_path):
    file = tmp_path / "backup" / "labels.sqlite"
    assert store.backup(file) == 4
    assert [p.name for p in file.parent.iterdir()] == ["labels.sqlite"]
    new = LabelStore(sqlite_url(tmp_path / "new.sqlite"))
    back = new.restore(file)
    assert (back.n_events, back.n_new, back.n_kept) == (4, 4, 0)
    assert list(new.events("sky")) == said
    assert new.current("sky").equals(store.current("sky"))
    new.close()


def test_a_restore_adds_and_never_takes(store, said, says, tmp_path):
    store.backup(tmp_path / "b")
    later = says("g9")
    store.append([later])
    back = store.restore(tmp_path / "b")
    assert (back.n_events, back.n_new, back.n_kept) == (4, 0, 1)
    assert list(store.events("sky")) == [*said, later]


def test_labels_move_to_another_database_and_new_ones_follow(store, says, tmp_path):
    file_store = LabelStore(sqlite_url(tmp_path / "laptop.sqlite"))
    events = [says(f"g{i}") for i in range(20)]
    file_store.append(events)
    file_store.backup(tmp_path / "b")
    file_store.close()
    assert store.restore(tmp_path / "b").n_new == 20
    assert store.append([says("g99")])
    assert list(store.events("sky"))[:20] == events


def test_a_backup_that_contradicts_the_store_changes_nothing(store, said, says, tmp_path):
    other = LabelStore(sqlite_url(tmp_path / "other.sqlite"))
    forged = replace(said[0], class_name="ring")
    other.append([says("g5", event_id=new_event_id()), forged])
    other.backup(tmp_path / "b")
    other.close()
    with pytest.raises(Exception, match="is there already and says something else"):
        store.restore(tmp_path / "b")
    assert list(store.events("sky")) == said


def test_a_backup_replaces_an_older_one_and_other_files_are_refused(store, said, tmp_path):
    store.backup(tmp_path / "b")
    assert store.backup(tmp_path / "b") == len(said)
    other = LabelStore(sqlite_url(tmp_path / "other.sqlite"))
    with other.writing() as connection:
        connection.execute(text("ALTER TABLE label_events RENAME TO something_else"))
    other.close()
    with pytest.raises(BadInputError, match="holds other tables"):
        store.restore(tmp_path / "other.sqlite")


def test_what_is_no_backup_is_refused(file_store, tmp_path):
    (tmp_path / "text").write_text("hello " * 1000)
    (tmp_path / "nothing").touch()
    for file in ("text", "nothing"):
        with pytest.raises(BadInputError, match="is no backup of labels"):
            file_store.restore(tmp_path / file)
    with pytest.raises(BadInputError, match="There is no backup"):
        file_store.restore(tmp_path / "gone")
    with pytest.raises(BadInputError, match="cannot be written"):
        file_store.backup(tmp_path / "text" / "below")
