"""What the desk does with a question of `astro_core.workflows.explain`: it alone loads networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle import Bundle
from astro_core.datasets.store import open_dataset
from astro_core.domain import Head, Progress
from astro_core.errors import BadInputError
from astro_core.explain.activations import activations
from astro_core.explain.filters import excite_filters
from astro_core.explain.gradcam import class_activation_maps
from astro_core.explain.integrated_gradients import integrated_gradients
from astro_core.explain.occlusion import occlusion
from astro_core.explain.rotation import rotation
from astro_core.workflows.explain import N_FILTERS, N_MAPS
from astro_core.workflows.explain_model import Opened, open_model
from astro_core.workflows.explain_store import (
    Explanation,
    Result,
    kept_images,
    sweep,
    write_stored,
)
from astro_core.workflows.predict import answer_table
from astro_core.workflows.stack import open_stack, render_now
from astro_core.workspace import Workspace


def load(workspace: Workspace, params: Mapping[str, Any], progress: Progress) -> None:
    """Load a model and compile what the first look needs, so that it need not wait."""
    progress(0, 1, "Loading the network")
    opened = open_model(workspace, params["model"])
    size = opened.network.size
    nothing = np.zeros((size, size, 3), dtype=np.uint8)
    opened.bundle.predict(nothing[None])
    class_activation_maps(opened.network, nothing, opened.bundle.info.heads[0], opened.last_conv)
    sweep(workspace)


def answer(workspace: Workspace, params: Mapping[str, Any], progress: Progress) -> None:
    """Take a look and store it; params as `explain.question` writes them."""
    progress(0, 0, "Loading the network")
    opened = open_model(workspace, params["model"])
    head = opened.bundle.info.head(params["head"])
    if params["dataset"]:
        image = _image(workspace, opened.bundle, params["dataset"], params["object_id"])
    elif params.get("object_id"):
        image = kept_images(workspace, params["object_id"])[0]
    else:
        image = np.zeros((opened.network.size, opened.network.size, 3), dtype=np.uint8)
    answers = _answers(opened.bundle, image, head)
    found = Explanation(
        method=params["method"],
        model=params["model"],
        dataset=params["dataset"],
        object_id=params.get("object_id", ""),
        head=head.name,
        outputs=head.outputs,
        answers=answers,
        calibrated=bool(opened.bundle.info.calibration.get(head.name)),
        image=image,
        result=_look(opened, image, head, answers, params, progress),
    )
    write_stored(workspace, params["key"], found)


def _image(
    workspace: Workspace, bundle: Bundle, dataset_name: str, object_id: str
) -> NDArray[np.uint8]:
    dataset = open_dataset(workspace, dataset_name)
    stack = open_stack(workspace, dataset, bundle.info.render)
    if stack is not None:
        image, reason = stack.image(object_id)
    else:
        images, reasons = render_now(dataset, bundle.info.render, [object_id])
        image, reason = images[0], reasons[0]
    if reason:
        raise BadInputError(f"The galaxy '{object_id}' cannot be shown", given=reason)
    return image


def _answers(bundle: Bundle, image: NDArray[np.uint8], head: Head) -> NDArray[np.float32]:
    """Return what `predict` writes of a galaxy."""
    answers = bundle.predict(image[None])[head.name]
    table = answer_table((head,), {head.name: answers}, bundle.info.calibration)
    return table.iloc[0].to_numpy(dtype=np.float32)


def _look(
    opened: Opened,
    image: NDArray[np.uint8],
    head: Head,
    answers: NDArray[np.float32],
    params: Mapping[str, Any],
    progress: Progress,
) -> Result:
    network = opened.network
    layer = params.get("layer", "") or opened.last_conv
    first = params.get("first", 0)
    output = params.get("output", "") or head.outputs[int(answers.argmax())]
    looks: dict[str, Any] = {
        "cam": lambda: class_activation_maps(network, image, head, layer),
        "activations": lambda: activations(network, image, layer, first=first, most=N_MAPS),
        "rotation": lambda: rotation(network, image, head, layer=layer, progress=progress),
        "occlusion": lambda: occlusion(network, image, head, progress=progress),
        "integrated": lambda: integrated_gradients(network, image, head, output, progress=progress),
        "filters": lambda: excite_filters(
            network, layer, first=first, most=N_FILTERS, progress=progress
        ),
    }
    found: Result = looks[params["method"]]()
    return found
