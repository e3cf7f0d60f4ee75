"""Small questions to a process that keeps things loaded."""

import errno
import os
import shutil

import pytest

from astro_core.runs import desk, desk_process
from astro_core.runs.processes import lives, this_process
from astro_core.workspace import Workspace, write_json


@pytest.fixture(scope="module")
def kept(tmp_path_factory, engine_knows_the_kinds):
    workspace = Workspace(tmp_path_factory.mktemp("desk")).ensure()
    yield workspace
    desk.stop_desk(workspace)


@pytest.fixture
def put(kept, tmp_path):
    """Puts a question; what it notes is read by `said`."""

    def ask(key, function, *, quick=True, again=False, word="said", workspace=kept):
        params = {"out": str(tmp_path / "out"), "allowed": str(tmp_path / "go"), "word": word}
        name = f"questions_for_desk:{function}"
        desk.ask(workspace, key, name, params, quick=quick, again=again)

    ask.said = lambda: (tmp_path / "out").read_text().split()
    ask.allow = (tmp_path / "go").touch
    return ask


@pytest.fixture
def over(until):
    """Waits until a question is over."""
    return lambda workspace, key: until(lambda: desk.look(workspace, key) is None)


@pytest.fixture
def failed(until):
    """Waits until a question has failed and returns why."""

    def words(workspace, key):
        told = desk.look(workspace, key)
        return told["error"] if told and told["state"] == "failed" else None

    return lambda workspace, key: until(lambda: words(workspace, key))


def test_a_question_is_answered_once_and_then_over(kept, put, over):
    put("one", "answer")
    assert desk.look(kept, "one")["state"] in ("starting", "waiting", "running")
    assert over(kept, "one")
    assert put.said() == ["said"]


def test_a_question_that_is_under_way_is_not_put_twice(kept, put, over, until):
    put("long", "until_allowed", quick=False)
    told = until(lambda: (t := desk.look(kept, "long")) and t.get("message") and t)
    assert (told["state"], told["done"], told["total"]) == ("running", 3, 7)
    put("long", "until_allowed", quick=False)
    put.allow()
    assert over(kept, "long")
    assert put.said() == ["said", "said"]


def test_a_quick_question_does_not_wait_for_a_slow_one(kept, put, over, until):
    put("slow", "until_allowed", quick=False, word="slow")
    until(lambda: put.said() == ["slow"])
    put("quick", "answer", word="quick")
    assert over(kept, "quick")
    put.allow()
    assert over(kept, "slow")
    assert put.said() == ["slow", "quick", "slow"]


def test_the_newest_question_is_answered_first(kept, put, over, failed, until):
    put("first", "until_allowed", quick=False, word="first")
    until(lambda: put.said() == ["first"])
    for word in ("second", "third"):
        put(word, "answer", quick=False, word=word)
        desk.ask(kept, f"probe-{word}", "no_such_module:x", {}, quick=True)
        failed(kept, f"probe-{word}")  # so the desk had a turn since
    put.allow()
    assert over(kept, "second")
    assert put.said() == ["first", "first", "third", "second"]


def test_a_question_that_fails_says_why_and_stays_failed_until_put_again(kept, put, over, failed):
    put("bad", "refuse")
    assert failed(kept, "bad") == "That is no question. Ask another."
    put("bad", "refuse")
    assert desk.look(kept, "bad")["state"] == "failed"
    assert put.said() == ["said"]
    put("bad", "answer", again=True)
    assert over(kept, "bad")


def test_a_question_that_is_taken_back_ends(kept, put, until):
    put("vain", "until_allowed", quick=False)
    until(put.said)
    desk.withdraw(kept, "vain")
    assert desk.look(kept, "vain") is None
    assert until(lambda: not desk.ticket(kept, "vain").exists())
    assert put.said() == ["said"]
    desk.withdraw(kept, "never-put")


def test_a_desk_that_is_killed_is_noticed_and_replaced(kept, put, over, failed):
    put("fatal", "die")
    assert failed(kept, "fatal") == desk.GONE
    put("after", "answer")
    assert over(kept, "after")
    assert desk.look(kept, "fatal") is None  # what the dead one left is cleared away


def test_there_is_one_desk_for_a_workspace(kept, put, over, until):
    put("x", "answer")
    over(kept, "x")
    owner = desk.desk_owner(kept)
    desk.registration(kept).unlink()  # as if two had looked at the same moment
    process = desk.launch_desk(kept)
    assert process.wait(20) == 0
    assert lives(owner)
    desk.write_ticket(kept, "y", {"state": "failed"})
    os.kill(owner["pid"], 15)
    until(lambda: not lives(owner))


def test_a_desk_ends_with_its_workspace(tmp_path, put, until):
    workspace = Workspace(tmp_path / "short").ensure()
    put("z", "answer", workspace=workspace)
    owner = until(lambda: desk.desk_owner(workspace))
    shutil.rmtree(workspace.root)
    assert until(lambda: not lives(owner))


def test_a_desk_answers_again_once_the_disk_has_room(workspace, tmp_path, until, monkeypatch):
    desk.desk_folder(workspace).mkdir(parents=True)
    write_json(desk.registration(workspace), this_process())
    here = desk_process.Desk(workspace)
    params = {"out": str(tmp_path / "out"), "word": "said"}

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def ask(key):
        desk.ask(workspace, key, "questions_for_desk:answer", params, quick=True)

    def over(key):
        here.turn()
        return desk.look(workspace, key) is None and not here.busy

    ask("one")
    with monkeypatch.context() as disk:
        disk.setattr(desk_process, "write_ticket", full)
        until(lambda: over("one"))
    ask("one")
    until(lambda: over("one"))
    assert (tmp_path / "out").read_text().split() == ["said"]


def test_stopping_a_desk_that_is_not_there_is_no_error(tmp_path):
    assert not desk.stop_desk(Workspace(tmp_path))
