"""A run's folder: who it is, how far it is, what came of it.

Every file in it is replaced in one step, so a reader sees the old one or the new one. Files:
``manifest.json`` (never changes), ``state.json``, ``progress.json``, ``result.json``,
``log.txt``, ``front`` with the time when somebody had it go before the others in line, and
``cancel``, whose being there asks the run to stop.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from astro_core import __version__
from astro_core.domain import FINISHED, Run, RunState
from astro_core.errors import NotFoundError
from astro_core.runs.processes import Owner, this_process
from astro_core.workspace import Workspace, check_name, publish, read_json, write_json

MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"  # where the work stands; of no use once it is done
AGAIN = ".again"  # a file beside a run's folder that asks the engine to take it up once more
_LIBRARIES = ("numpy", "pandas", "astropy", "scikit-learn", "dask", "galsim", "pillow")


def now() -> str:
    """The time in UTC as ISO 8601."""
    return datetime.now(UTC).isoformat()


@cache
def versions() -> dict[str, str]:
    """Versions of this program and of the libraries whose numbers it reports."""
    return {"tuning-fork": __version__} | {name: metadata.version(name) for name in _LIBRARIES}


class RunFolder:
    """One run on disk.

    Parameters
    ----------
    run_id : str
        May come from an address bar; anything that could be a path is refused.
    """

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        self.run_id = check_name(run_id, "run")
        self.workspace = workspace
        self.path = workspace.runs / self.run_id

    @classmethod
    def create(
        cls,
        workspace: Workspace,
        *,
        kind: str,
        params: Mapping[str, Any],
        title: str,
        quick: bool = False,
        holds_worker: bool = False,
        resumes: bool = False,
        after: Sequence[str] = (),
        owner: Owner | None = None,
    ) -> RunFolder:
        """Make the folder of a new run, whole from the first moment it can be seen."""
        moment = datetime.now(UTC)
        part = f"{moment.microsecond:05x}{uuid.uuid4().hex[:5]}"  # names sort by time
        folder = cls(workspace, f"{moment:%Y%m%d-%H%M%S}-{part}")
        made = workspace.scratch_folder("new-run")
        manifest = {
            "run_id": folder.run_id,
            "kind": kind,
            "title": title,
            "params": params,
            "quick": quick,
            "holds_worker": holds_worker,
            "resumes": resumes,
            "after": list(after),
            "created_at": moment.isoformat(),
            "versions": versions(),
        }
        write_json(made / MANIFEST, manifest)
        write_json(made / "state.json", {"state": "queued", "owner": owner, "starts": 0})
        publish(made, folder.path)
        return folder

    def manifest(self) -> dict[str, Any]:
        """Return what was submitted.

        Raises
        ------
        NotFoundError
            If there is no such run.
        """
        try:
            found: dict[str, Any] = read_json(self.path / MANIFEST)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFoundError(f"There is no run '{self.run_id}'") from None
        return found

    def state(self) -> dict[str, Any]:
        """State, owner, number of starts, error and times, as last written."""
        try:
            found: dict[str, Any] = read_json(self.path / "state.json")
        except (FileNotFoundError, NotADirectoryError):
            raise NotFoundError(f"There is no run '{self.run_id}'") from None
        return found

    def update_state(self, **changes: Any) -> dict[str, Any]:
        """Change some of the state and return all of it."""
        state = self.state() | changes
        write_json(self.path / "state.json", state)
        return state

    def start(self) -> int:
        """Note that the work begins in this process, and return how often it has begun."""
        state = self.state()
        starts = int(state["starts"]) + 1
        spent = self.spent_s()
        self.update_state(
            state="running",
            starts=starts,
            started_at=now(),
            spent_s=spent,
            worker=this_process(),
        )
        return starts

    def last_sign(self) -> str:
        """When the newest start was last heard of, as ISO 8601; empty if it never began."""
        begun = self.state().get("started_at", "")
        if not begun:
            return ""
        seen = [datetime.fromisoformat(begun)]
        for name in ("progress.json", "log.txt"):
            path = self.path / name
            if path.exists():
                seen.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        return max(seen).isoformat()

    def spent_s(self) -> float:
        """Seconds of all starts; one that was cut off counts until it was last heard of."""
        state = self.state()
        spent = float(state.get("spent_s", 0.0))
        begun = state.get("started_at", "")
        if not begun:
            return spent
        end = datetime.fromisoformat(state.get("ended_at", "") or self.last_sign())
        return spent + max((end - datetime.fromisoformat(begun)).total_seconds(), 0.0)

    def end(
        self,
        state: RunState,
        *,
        error: str = "",
        result: Mapping[str, Any] | None = None,
        at: str = "",
    ) -> None:
        """Note how and when the run ended, unless that is known already; clear its scratch.

        A run that is done is not resumed, so its checkpoint goes as well.
        """
        if result is not None:
            json.dumps(result)  # fails before anything is written
            write_json(self.path / "result.json", result)
        shutil.rmtree(self.workspace.root / "scratch" / self.run_id, ignore_errors=True)
        if self.state()["state"] not in FINISHED:
            self.update_state(state=state, error=error, ended_at=at or now())
        if self.state()["state"] == "done":
            shutil.rmtree(self.path / CHECKPOINT, ignore_errors=True)

    def ask_again(self) -> None:
        """Have an ended run taken up once more, in its own folder."""
        (self.path / "cancel").unlink(missing_ok=True)
        self.put_back(interruptions=0, left=False)

    def put_back(self, *, interruptions: int, left: bool = True) -> None:
        """Put a run in line once more.

        Parameters
        ----------
        interruptions : int
            How often it was cut off at work since a person asked for it.
        left : bool
            Whether its engine is gone and it waits for the next one, however long that takes.
        """
        self.update_state(
            state="queued",
            owner=None,
            error="",
            spent_s=self.spent_s(),
            started_at="",
            ended_at="",
            asked_at=now(),
            interruptions=interruptions,
            left=left,
        )
        self.path.with_name(self.run_id + AGAIN).touch()

    def move_to_front(self) -> None:
        """Have the run go before all others that wait."""
        (self.path / "front").write_text(str(time.time()), encoding="utf-8")

    def order(self) -> tuple[float, str]:
        """Sort key of its place in line: those moved to the front, the last one first."""
        try:
            return -float((self.path / "front").read_text(encoding="utf-8") or 0), self.run_id
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return 0.0, self.run_id

    def write_progress(self, done: int, total: int, message: str, memory_bytes: int = 0) -> None:
        """Replace the progress."""
        told = {"done": done, "total": total, "message": message, "memory_bytes": memory_bytes}
        write_json(self.path / "progress.json", told)

    def request_cancel(self) -> None:
        """Ask the run to stop."""
        (self.path / "cancel").touch()

    def cancel_requested(self) -> bool:
        """Whether somebody asked the run to stop."""
        return (self.path / "cancel").exists()

    def log(self, text: str) -> None:
        """Add a line to the log."""
        with (self.path / "log.txt").open("a", encoding="utf-8") as stream:
            stream.write(f"{now()} {text.rstrip()}\n")

    def read_log(self) -> str:
        """Return the log, empty if nothing was written."""
        self.manifest()
        path = self.path / "log.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def read(self) -> Run:
        """Return the run as the folder tells it."""
        manifest, state = self.manifest(), self.state()
        result = _read_or(self.path / "result.json") if state["state"] == "done" else {}
        progress = _read_or(self.path / "progress.json")
        return Run(
            run_id=self.run_id,
            kind=manifest["kind"],
            title=manifest["title"],
            params=manifest["params"],
            state=state["state"],
            done=progress.get("done", 0),
            total=progress.get("total", 0),
            message=progress.get("message", ""),
            result=result,
            error=state.get("error", ""),
            created_at=manifest["created_at"],
            started_at=state.get("started_at", ""),
            ended_at=state.get("ended_at", ""),
            spent_s=state.get("spent_s", 0.0),
            memory_bytes=progress.get("memory_bytes", 0),
            versions=manifest["versions"],
        )


def _read_or(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = read_json(path)
    except FileNotFoundError:
        return {}
    return found


def run_ids(workspace: Workspace) -> tuple[str, ...]:
    """Names of all runs, oldest first."""
    try:
        return tuple(sorted(p.name for p in workspace.runs.iterdir() if (p / MANIFEST).is_file()))
    except FileNotFoundError:
        return ()
