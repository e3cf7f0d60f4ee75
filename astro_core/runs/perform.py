"""Do the work of one run and record how it ended."""

from __future__ import annotations

import traceback

from astro_core.domain import Cancelled, Progress, no_progress
from astro_core.errors import TuningForkError
from astro_core.runs.context import Mapper, RunContext
from astro_core.runs.folder import RunFolder
from astro_core.runs.kinds import find_kind

_NO_MEMORY = ("ResourceExhaustedError", "ArrowMemoryError")  # libraries' own ways to say it


def perform(store: RunFolder, *, mapper: Mapper, listener: Progress = no_progress) -> None:
    """Do the work of a run; whatever happens is told in its folder, not raised.

    Raises
    ------
    KeyboardInterrupt
        After the run has been recorded as cancelled.
    """
    starts = store.start()
    if starts > 1:
        store.log(f"Started again (start {starts})")
    try:
        if store.cancel_requested():
            raise Cancelled
        manifest = store.manifest()
        kind = find_kind(manifest["kind"])
        context = RunContext(
            store, store.workspace, manifest["params"], mapper=mapper, listener=listener
        )
        store.end("done", result=kind.function(context))
    except Cancelled:
        store.end("cancelled")
    except KeyboardInterrupt:
        store.end("cancelled")
        raise
    except Exception as error:  # noqa: BLE001 - the edge of the run: all that fails is told
        _fail(store, error)


def _fail(store: RunFolder, error: Exception) -> None:
    store.log("".join(traceback.format_exception(error)))
    if store.cancel_requested():
        store.end("cancelled")
    else:
        store.end("failed", error=in_words(error))


def in_words(error: Exception) -> str:
    """Say why something failed, for the reader of a run."""
    if isinstance(error, TuningForkError):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ in _NO_MEMORY:
        return "The memory of this machine was not enough. Try fewer or smaller images."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    if isinstance(error, ModuleNotFoundError):
        return f"The library '{error.name}' is not installed. Install what requirements.txt names."
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"It stopped with an error of the program ({text}). The run's log has the details."
