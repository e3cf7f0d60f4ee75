"""Where a model looks, on the mean over galaxies that it got right and wrong."""

from __future__ import annotations

from astro_core import runs
from astro_core.params import digest
from astro_core.runs import Run
from astro_core.workflows.explain import question
from astro_core.workflows.explain_store import MeanMaps, path_of, read_stored
from astro_core.workspace import Workspace

KIND = "explain-mean"
GROUPS = ("right", "missed", "taken")
N_EACH = 100  # galaxies of each group that are averaged
PART = "test"


def submit_mean_maps(
    workspace: Workspace, model: str, dataset: str, output: str, *, head: str = "", part: str = PART
) -> Run:
    """Have the maps of one class averaged over galaxies that a model got right and wrong.

    Parameters
    ----------
    output : str
        The class.
    part : str
        Part of the dataset that galaxies are drawn from, or "all". A dataset that the model was
        not trained on is taken whole.

    Raises
    ------
    NotFoundError, BadInputError
        See `explain`; also for a head of vote fractions, which has no right and wrong.
    """
    key = mean_key(workspace, model, dataset, output, head=head, part=part)
    asked = {
        "model": model,
        "dataset": dataset,
        "output": output,
        "head": head,
        "part": part,
        "key": key,
    }
    run_id = runs.submit(workspace, KIND, asked, title=f"Mean maps of {output} by {model}")
    return runs.get_run(workspace, run_id)


def mean_key(
    workspace: Workspace, model: str, dataset: str, output: str, *, head: str = "", part: str = PART
) -> str:
    """Name of the mean maps of a class."""
    asked = question(workspace, model, dataset, "", "integrated", head=head, output=output)
    return digest({"mean of": asked["key"], "part": part, "n": N_EACH})


def find_mean_maps(
    workspace: Workspace, model: str, dataset: str, output: str, *, head: str = "", part: str = PART
) -> str | None:
    """Return the key of mean maps that are there already, else None."""
    key = mean_key(workspace, model, dataset, output, head=head, part=part)
    return key if path_of(workspace, key).is_file() else None


def open_mean_maps(workspace: Workspace, key: str) -> MeanMaps:
    """Open mean maps.

    Raises
    ------
    NotFoundError
        If there are none of that key.
    """
    found = read_stored(workspace, key)
    assert isinstance(found, MeanMaps)
    return found
