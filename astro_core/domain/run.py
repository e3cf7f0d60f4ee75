"""One piece of long work and all it made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

RunState = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED: tuple[RunState, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is known of a run, as its folder tells it.

    Attributes
    ----------
    kind : str
        Name in the registry of run kinds.
    params : Mapping
        Plain JSON values: ids, settings and paths, never a dataset or a model.
    done, total, message
        Progress; total is 0 until it is known.
    result : Mapping
        What the run's function returned, once it is done.
    error : str
        Why it failed, in words for the reader.
    created_at, started_at, ended_at : str
        ISO 8601 UTC, empty until it happened; the newest start, where it was started again.
    spent_s : float
        Seconds that earlier starts took.
    memory_bytes : int
        Memory of the process that does it, when it last reported; 0 before.
    """

    run_id: str
    kind: str
    title: str
    params: Mapping[str, Any]
    state: RunState = "queued"
    done: int = 0
    total: int = 0
    message: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    created_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    spent_s: float = 0.0
    memory_bytes: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in FINISHED

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)
