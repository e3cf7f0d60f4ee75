import pytest

from astro_core.domain import Cancelled
from astro_core.errors import NotFoundError
from astro_core.runs import execute, get_run, list_runs


def run_here(workspace, kind, on_progress=None, **params):
    return execute(workspace, kind, params, title="A test", on_progress=on_progress)


def test_a_run_tells_who_it_is_and_what_came_of_it(workspace):
    seen = []
    run = run_here(workspace, "test-squares", lambda *now: seen.append(now), values=[3, 1, 2])
    assert run.state == "done"
    assert run.result["squares"] == [9, 1, 4]
    assert (run.done, run.total, run.message) == (3, 3, "squaring")
    assert seen == [(1, 3, "squaring"), (2, 3, "squaring"), (3, 3, "squaring")]
    assert run.title == "A test"
    assert run.params == {"values": [3, 1, 2]}
    assert run.created_at < run.started_at < run.ended_at
    assert {"tuning-fork", "numpy", "galsim"} <= set(run.versions)
    assert get_run(workspace, run.run_id) == run
    assert (workspace.runs / run.run_id / "whole.txt").read_text() == "half"


def test_scratch_goes_with_the_run_however_it_ends(workspace):
    run_here(workspace, "test-squares", values=[1])
    run_here(workspace, "test-fail", how="bug")

    def stop(done, total, message):
        raise Cancelled

    assert run_here(workspace, "test-count", stop, steps=3).state == "cancelled"
    assert list(workspace.scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("words", "Bands differ in shape. Expected equal shapes; got 3."),
        ("bug", "KeyError: 'spiral'"),
        ("disk", "No such file or directory"),
        ("result", "TypeError"),
    ],
)
def test_a_failed_run_says_why_in_words(workspace, how, words):
    run = run_here(workspace, "test-fail", how=how)
    assert run.state == "failed"
    assert words in run.error
    assert "Traceback" not in run.error
    assert "Traceback" in (workspace.runs / run.run_id / "log.txt").read_text()


def test_ctrl_c_is_recorded_and_passed_on(workspace):
    with pytest.raises(KeyboardInterrupt):
        run_here(workspace, "test-fail", how="keyboard")
    assert list_runs(workspace)[0].state == "cancelled"


def test_an_unknown_kind_is_refused_and_leaves_no_run(workspace):
    with pytest.raises(NotFoundError, match="no run kind named 'tea'"):
        run_here(workspace, "tea")
    assert list_runs(workspace) == ()


def test_a_piece_of_the_work_has_its_own_folder_and_its_part_of_the_progress(workspace):
    seen = []
    run = run_here(workspace, "test-pieces", lambda *now: seen.append(now), of=2)
    assert seen == [(i + 1, 4, f"Piece {i // 2 + 1}: stepping") for i in range(4)]
    folder = workspace.runs / run.run_id
    assert all((folder / f"piece-{i}" / "done.txt").is_file() for i in range(2))
    assert "piece 1 is done" in (folder / "log.txt").read_text()


def test_cancel_reaches_a_piece(workspace):
    def stop(done, total, message):
        if done == 3:
            raise Cancelled

    run = run_here(workspace, "test-pieces", stop, of=2)
    assert run.state == "cancelled"
    assert not (workspace.runs / run.run_id / "piece-1" / "done.txt").exists()
