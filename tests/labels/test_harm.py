"""What is acknowledged is there: under many writers, a kill, a full disk and a lock."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text

from astro_core.labels import database
from astro_core.labels.store import LabelStore
from astro_core.labels.trouble import LabelStoreError

WRITERS, LABELS, AT_ONCE = 8, 20_000, 50
WRITER = """
import sys
from sqlalchemy import make_url
from astro_core.domain import LabelEvent
from astro_core.labels.store import LabelStore
store = LabelStore(make_url(sys.argv[1]))
for i in range(100_000):
    event = LabelEvent(dataset="sky", object_id=f"g{i}", class_name="spiral", reviewer="ana")
    store.append([event])
    print(event.event_id, flush=True)
"""


MANY = """
import sys
from sqlalchemy import make_url
from astro_core.domain import LabelEvent
from astro_core.labels.store import LabelStore
store = LabelStore(make_url(sys.argv[1]), wait_s=200)
number, at_once = int(sys.argv[3]), int(sys.argv[4])
for start in range(0, number, at_once):
    events = [
        LabelEvent(dataset="sky", object_id=f"g{i}", class_name="spiral", reviewer=sys.argv[2])
        for i in range(start, start + at_once)
    ]
    print(*store.append(events), sep="\\n", flush=True)
"""


@pytest.mark.slow
def test_eight_processes_write_at_once_and_all_that_was_acknowledged_is_there(url):
    address = url.render_as_string(hide_password=False)
    amounts = [str(LABELS // WRITERS), str(AT_ONCE)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, address, f"r{who}", *amounts],
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in range(WRITERS)
    ]
    acknowledged = [i for writer in writers for i in writer.communicate(timeout=250)[0].split()]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    store = LabelStore(url)
    assert len(acknowledged) == LABELS
    assert {e.event_id for e in store.events("sky")} == set(acknowledged)
    assert len(store.current("sky")) == LABELS
    store.close()


def test_a_kill_in_the_middle_loses_nothing_that_was_acknowledged(url):
    address = url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, address], stdout=subprocess.PIPE, text=True
    )
    acknowledged = [process.stdout.readline().strip() for _ in range(60)]
    os.kill(process.pid, signal.SIGKILL)
    acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    process.stdout.close()
    store = LabelStore(url)
    there = [e.event_id for e in store.events("sky")]
    assert there[: len(acknowledged)] == acknowledged
    assert len(there) <= len(acknowledged) + 1  # one may have been stored and not yet told
    assert len(store.current("sky")) == len(there)
    store.close()


def test_a_full_disk_is_told_and_the_key_press_can_be_repeated(file_store, says):
    file_store.append([says("g0")])
    with file_store.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    events = [says(f"g{i}", comment="x" * 1000) for i in range(1, 200)]
    with pytest.raises(
        LabelStoreError, match=r"disk with the labels is full.*make room, then do it"
    ):
        file_store.append(events)
    assert file_store.count("sky") == 1
    with file_store.reading() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
    assert len(file_store.append(events)) == 199
    assert len(file_store.current("sky")) == 200


FULL = """
import resource, signal, sys
from pathlib import Path
from astro_core.domain import LabelEvent
from astro_core.labels.database import sqlite_url
from astro_core.labels.store import LabelStore
from astro_core.labels.trouble import LabelStoreError
store = LabelStore(sqlite_url(Path(sys.argv[1])))
def event(i):
    return LabelEvent(dataset="sky", object_id=f"g{i}", class_name="spiral", reviewer="ana",
                      comment="x" * 1500, event_id=f"e{i}")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path(sys.argv[1] + "-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, resource.RLIM_INFINITY))
i, last = 0, event(0)
try:
    while True:
        store.append([last]); i += 1; last = event(i)
except LabelStoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert store.count("sky") == i, (store.count("sky"), i)
assert store.append([last]) == (f"e{i}",)
assert store.append([last]) == ()
print("again")
"""


def test_a_file_that_cannot_grow_is_told_and_the_key_press_can_be_repeated(tmp_path):
    path = tmp_path / "labels.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "The disk with the labels is full or cannot be written to." in done.stdout
    assert done.stdout.endswith("again\n")


def test_a_busy_store_is_told_and_the_key_press_can_be_repeated(url, store, says):
    hasty = LabelStore(url, wait_s=0.2)
    event = says("g1")
    with store.writing(), pytest.raises(LabelStoreError, match=r"busy.*wait a moment"):
        hasty.append([event])
    assert hasty.append([event]) == (event.event_id,)
    hasty.close()


def test_a_writer_waits_for_its_turn(url, store, says):
    other = LabelStore(url)
    started = threading.Event()

    def hold():
        with store.writing():
            started.set()
            time.sleep(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    started.wait()
    assert len(other.append([says("g1")])) == 1
    holder.join()
    other.close()


def test_many_threads_may_use_one_store(store, says):
    def write(who):
        for i in range(10):
            store.append([says(f"g{i}", reviewer=who)])

    threads = [threading.Thread(target=write, args=(f"r{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.current("sky")) == 60


def test_readers_see_one_moment_while_others_write(url, store, says):
    store.append([says(f"g{i}") for i in range(100)])
    other = LabelStore(url)
    reading = store.events("sky")
    next(reading)
    other.append([says("late")])
    assert len(list(reading)) == 99
    other.close()


def test_what_is_no_database_is_told(tmp_path):
    path = tmp_path / "labels.sqlite"
    path.write_text("these are not labels " * 500)
    with pytest.raises(LabelStoreError, match=r"damaged.*labels restore"):
        LabelStore(database.sqlite_url(path))


def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LabelStoreError, match="cannot be opened"):
        LabelStore(database.sqlite_url(tmp_path / "file" / "labels.sqlite"))


def test_a_server_that_does_not_answer_is_told(tmp_path):
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    url = database.make_url(f"postgresql+psycopg://lab:secret@/x?host={tmp_path}")
    with pytest.raises(LabelStoreError, match="does not answer") as told:
        LabelStore(url, wait_s=1)
    assert "secret" not in str(told.value)
