"""What kinds of long work there are; workflows add theirs when they are imported."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from astro_core.registry import Registry
from astro_core.runs.context import RunContext

WORKFLOWS = "astro_core.workflows.register"  # named, not imported: this room is below that one


@dataclass(frozen=True, kw_only=True)
class RunKind:
    """One kind of long work.

    Attributes
    ----------
    label : str
        What it does, for a list of runs: "Import".
    function : callable
        ``function(context) -> dict`` of plain JSON values. It may be started again from the
        beginning when its process dies.
    quick : bool
        Whether somebody sits and waits for it: it is taken before runs that are not.
    holds_worker : bool
        Whether it computes in its own process for long instead of spreading its work with
        `RunContext.map`. Such runs queue for all workers but one, so that the others go on.
    resumes : bool
        Whether it keeps what it has reached in its folder and goes on from there.
    """

    name: str
    label: str
    function: Callable[[RunContext], dict[str, Any]]
    quick: bool = False
    holds_worker: bool = False
    resumes: bool = False


RUN_KINDS: Registry[RunKind] = Registry("run kind")


def find_kind(name: str) -> RunKind:
    """Return the kind named `name`, importing the workflows if it is not known yet.

    Raises
    ------
    NotFoundError
        If no workflow registers it.
    """
    if name not in RUN_KINDS:
        importlib.import_module(WORKFLOWS)
    return RUN_KINDS.get(name)
