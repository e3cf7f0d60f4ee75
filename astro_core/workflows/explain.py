"""Ask a model why it said what it said of a galaxy.

`explain` names the look by a key and has it made, in a process that keeps the network loaded
(`astro_core.runs.desk`), unless it is there already. A page follows `explanation_state` and
draws what `open_explanation` returns; it never loads a network.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from astro_core.classifiers.bundle_info import BundleInfo, read_info
from astro_core.datasets.store import open_dataset
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.params import digest
from astro_core.runs import desk
from astro_core.workflows.explain_methods import METHODS
from astro_core.workflows.explain_networks import find_network
from astro_core.workflows.explain_store import Explanation, path_of, read_stored
from astro_core.workspace import Workspace

DESK = "astro_core.workflows.explain_desk"
N_MAPS = 64  # maps of a layer in one look
N_FILTERS = 8
_POLL_S = 0.005


@dataclass(frozen=True, kw_only=True)
class ExplanationState:
    """How far a look is.

    Attributes
    ----------
    state : str
        "none" (not asked for, or cancelled), "starting" (the network is being loaded first),
        "waiting", "running", "done", "failed".
    done, total : int
        Total is 0 before it is known.
    """

    state: Literal["none", "starting", "waiting", "running", "done", "failed"]
    done: int = 0
    total: int = 0
    message: str = ""
    error: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("none", "done", "failed")


def why_not(info: BundleInfo) -> str:
    """Say why a model cannot be looked into; empty if it can."""
    if info.kind == "keras":
        return ""
    if info.kind == "forest":
        return "A forest has no layers to look into. Choose a training of a network."
    return "An ensemble is explained by its members. Choose one of the networks it consists of."


def explain(
    workspace: Workspace,
    model: str,
    dataset: str,
    object_id: str,
    method: str = "cam",
    *,
    head: str = "",
    output: str = "",
    layer: str = "",
    first: int = 0,
    again: bool = False,
    wait_s: float = 0.0,
) -> str:
    """Have a look made unless it is there, wait for it a little, and return its key.

    Parameters
    ----------
    model : str
        Name of a model, or the id of the run that trained it; "<model>/member-0" for the first
        member of an ensemble.
    dataset : str
        Empty for an image that is in none.
    object_id : str
        Of an image that is in no dataset, what `keep_image` returned; empty for filters.
    method : str
        One of `METHODS`.
    head, output : str
        Empty takes the first head, and the answer with the largest value.
    layer : str
        As `model_layers` names it; empty takes the last convolution.
    first : int
        For activations and filters: the first map or filter, counted from 0; `N_MAPS` or
        `N_FILTERS` are looked at from there.
    again : bool
        Whether a look that failed is tried again; else it stays failed.
    wait_s : float
        How long to wait before returning; a look at a small network takes less than 0.3 s.

    Raises
    ------
    NotFoundError
        If there is no such model, dataset, head, output or method.
    BadInputError
        If the model cannot be looked into.
    """
    asked = question(
        workspace, model, dataset, object_id, method,
        head=head, output=output, layer=layer, first=first,
    )  # fmt: skip
    key = asked["key"]
    if not path_of(workspace, key).is_file():
        quick = METHODS.get(method).quick
        desk.ask(workspace, key, f"{DESK}:answer", asked, quick=quick, again=again)
        wait(workspace, key, wait_s)
    return key


def question(
    workspace: Workspace,
    model: str,
    dataset: str,
    object_id: str,
    method: str = "cam",
    *,
    head: str = "",
    output: str = "",
    layer: str = "",
    first: int = 0,
) -> dict[str, Any]:
    """Write a look as plain JSON values with its "key"; same arguments as `explain`."""
    info, spec = _explainable(workspace, model), METHODS.get(method)
    chosen = info.head(head) if head else info.heads[0]
    given = {"object_id": object_id, "output": output, "layer": layer, "first": first}
    asked: dict[str, Any] = {
        "method": method,
        "head": chosen.name,
    } | {name: given[name] for name in spec.takes}
    seen = _identity(workspace, info, chosen, dataset if "object_id" in spec.takes else "", output)
    key = digest(asked | seen)
    dataset = dataset if "object_id" in spec.takes else ""
    return asked | {"model": model, "dataset": dataset, "key": key}


def _identity(
    workspace: Workspace, info: BundleInfo, head: Head, dataset: str, output: str
) -> dict[str, str]:
    """Return what tells the same question about other weights or other galaxies apart."""
    if output and output not in head.outputs:
        raise BadInputError(
            f"The model '{info.name}' does not answer '{output}'",
            expected="one of " + ", ".join(head.outputs),
        )
    data = open_dataset(workspace, dataset).fingerprint if dataset else ""
    return {"weights": info.files[info.weights], "data": data, "render": info.render.key}


def _explainable(workspace: Workspace, model: str) -> BundleInfo:
    info = read_info(find_network(workspace, model))
    why = why_not(info)
    if why:
        what, _, todo = why.partition(". ")
        raise BadInputError(what, todo=todo.rstrip("."))
    return info


def wait(workspace: Workspace, key: str, wait_s: float) -> None:
    """Wait until nothing more comes of a question, at most so long."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until and not explanation_state(workspace, key).finished:
        time.sleep(_POLL_S)


def explanation_state(workspace: Workspace, key: str) -> ExplanationState:
    """Say how far a look is."""
    if path_of(workspace, key).is_file():
        return ExplanationState(state="done")
    told: Mapping[str, Any] | None = desk.look(workspace, key)
    if told is None:  # it may have become done in between
        there = path_of(workspace, key).is_file()
        return ExplanationState(state="done" if there else "none")
    return ExplanationState(**told)


def open_explanation(workspace: Workspace, key: str) -> Explanation:
    """Open a look that is done.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    found = read_stored(workspace, key)
    assert isinstance(found, Explanation)
    return found


def cancel_explanation(workspace: Workspace, key: str) -> None:
    """Give up a look that was asked for; nothing happens to one that is done."""
    desk.withdraw(workspace, key)


def prepare(workspace: Workspace, model: str) -> None:
    """Have the process started and the network loaded, without waiting; for when a page opens.

    Raises
    ------
    NotFoundError, BadInputError
        See `explain`.
    """
    info = _explainable(workspace, model)
    key = f"load-{digest({'weights': info.files[info.weights]})}"
    desk.ask(workspace, key, f"{DESK}:load", {"model": model}, quick=True, again=True)
