"""Simulated pictures for who has none at hand."""

from __future__ import annotations

from pathlib import Path

from astro_core.workspace import Workspace

GALAXY, FIELD = "galaxy", "field"
EXAMPLES = {GALAXY: "A simulated galaxy", FIELD: "A simulated field"}
MODEL = "demo-morphology"  # learned from galaxies of the same simulation
_SEED, _SPIRAL, _FIELD_PX = 0, 3, 512


def make_example(workspace: Workspace, kind: str) -> Path:
    """Draw a galaxy of the demo survey, or a field of many, and return its folder in scratch."""
    from astro_core.datasets.demo.fields import make_field
    from astro_core.datasets.demo.survey import make_objects

    folder = workspace.scratch_folder("example")
    if kind == FIELD:
        make_field(str(folder), _SEED, 0, _FIELD_PX)
    else:
        make_objects(str(folder), _SEED, 1500, [_SPIRAL])
    return folder
