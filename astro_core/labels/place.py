"""Where labels are, said without opening them: what reads a database takes its time to load."""

from __future__ import annotations

import os

from astro_core.workspace import Workspace

ENVIRONMENT_VARIABLE = "TUNINGFORK_DATABASE"
FILE_NAME = "labels.sqlite"


def is_made(workspace: Workspace) -> bool:
    """Whether there is a label store already, so that there may be labels."""
    named = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    return bool(named) or (workspace.labels / FILE_NAME).is_file()
