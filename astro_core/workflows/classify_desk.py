"""What the desk does for models that need Keras, or are no networks, to answer at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from astro_core.domain import Progress
from astro_core.workflows.explain_model import open_bundle
from astro_core.workflows.explain_store import Said, kept_images, write_stored
from astro_core.workspace import Workspace


def answer(workspace: Workspace, params: Mapping[str, Any], progress: Progress) -> None:
    """Ask a model about kept images; params are "key", "model" and "images"."""
    progress(0, 0, "Loading the model")
    bundle = open_bundle(workspace, params["model"])
    images = kept_images(workspace, params["images"])
    told = bundle.predict(images, progress=progress)
    vectors = bundle.embed(images) if bundle.info.embedding else np.zeros((len(images), 0))
    answers = np.concatenate([told[head.name] for head in bundle.info.heads], axis=1)
    said = Said(answers=answers, vectors=vectors.astype(np.float32))
    write_stored(workspace, params["key"], said)
