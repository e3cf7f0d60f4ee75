from datetime import UTC, datetime, timedelta

import pytest

from astro_core.domain import Run
from astro_core.ui import run_status


def run(state="running", **more):
    return Run(run_id="r", kind="k", title="Import", params={}, state=state, **more)


def ago(seconds):
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def test_a_run_that_waits_says_so():
    assert run_status.progress_text(run("queued"), 0.0) == "Waiting for its turn"
    assert run_status.elapsed_s(run("queued")) == 0.0


def test_progress_tells_count_rate_and_time_left():
    said = run_status.progress_text(run(done=50, total=200, message="Checking"), 10.0)
    assert said == "Checking · 50 of 200 · 5 per second · about 30 s left"


def test_nothing_is_guessed_in_the_first_moments():
    assert run_status.left_s(run(done=1, total=200), 0.5) is None
    assert run_status.progress_text(run(done=1, total=200), 0.5) == "1 of 200"
    assert run_status.progress_text(run(message="Listing"), 12.0) == "Listing · 12 s so far"


def test_memory_is_told_last_and_what_was_cut_off_says_so():
    said = run_status.progress_text(run(done=1, total=200, memory_bytes=612_000_000), 0.5)
    assert said == "1 of 200 · 612.0 MB of memory"
    waits = run("queued", message="Cut off; it goes on where it stood", spent_s=40.0)
    assert run_status.progress_text(waits, 0.0) == "Cut off; it goes on where it stood"
    assert run_status.elapsed_s(waits) == 40


def test_all_starts_count():
    over = run("done", started_at=ago(90), ended_at=ago(30), spent_s=100.0)
    assert run_status.elapsed_s(over) == pytest.approx(160, abs=0.01)


def test_time_spent_ends_with_the_run():
    assert run_status.elapsed_s(run(started_at=ago(30))) == pytest.approx(30, abs=2)
    over = run("done", started_at=ago(90), ended_at=ago(30))
    assert run_status.elapsed_s(over) == pytest.approx(60, abs=0.01)


def test_what_a_run_had_done_is_watched_once(monkeypatch):
    monkeypatch.setattr(run_status.st, "session_state", {})
    watched = ["first"]
    trained = run("done", result={"then": "second"})
    run_status._watch_what_follows(trained, watched)
    assert watched == ["first", "second"]
    watched.remove("second")
    run_status._watch_what_follows(trained, watched)
    assert watched == ["first"]
