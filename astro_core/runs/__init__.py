"""Long work: the engine, the run folder, progress, cancel.

A run is a folder. Submitting one writes the folder and makes sure that the workspace's engine
is there; the engine takes it up, and everybody else reads the folder.
"""

from astro_core.domain import Run
from astro_core.runs.context import RunContext
from astro_core.runs.control import (
    cancel,
    delete_run,
    execute,
    find_same,
    get_done,
    get_run,
    list_runs,
    read_log,
    resume,
    submit,
    submit_once,
    wait,
)
from astro_core.runs.kinds import RUN_KINDS, RunKind
from astro_core.runs.line import look_after, move_to_front, places
from astro_core.runs.locate import ensure_engine, stop_engine

__all__ = [
    "RUN_KINDS",
    "Run",
    "RunContext",
    "RunKind",
    "cancel",
    "delete_run",
    "ensure_engine",
    "execute",
    "find_same",
    "get_done",
    "get_run",
    "list_runs",
    "look_after",
    "move_to_front",
    "places",
    "read_log",
    "resume",
    "stop_engine",
    "submit",
    "submit_once",
    "wait",
]
