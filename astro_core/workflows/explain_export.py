"""Maps of a galaxy as numbers to take along."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from astro_core.explain.results import Cams, Integrated, Occlusion
from astro_core.workflows.explain_store import Explanation


def numbers(looks: Sequence[Explanation]) -> bytes:
    """Write looks at one galaxy as one NumPy ``.npz`` file, without pickle.

    Returns
    -------
    bytes
        ``image`` as the network saw it, ``outputs`` and ``answers``; ``gradcam``, ``gradcam_pp``
        and ``occlusion`` of shape (n_outputs, height, width) at the resolution they were found
        at; ``integrated_<output>`` of shape (height, width). Above zero speaks for the answer.
    """
    arrays: dict[str, Any] = {}
    for look in looks:
        arrays |= {
            "image": look.image,
            "outputs": np.array(look.outputs, dtype=str),
            "answers": look.answers,
        }
        result = look.result
        if isinstance(result, Cams):
            arrays |= {"gradcam": result.gradcam.values, "gradcam_pp": result.gradcam_pp.values}
        elif isinstance(result, Occlusion):
            arrays["occlusion"] = result.maps.values
        elif isinstance(result, Integrated):
            arrays[f"integrated_{result.maps.outputs[0]}"] = result.maps.values[0]
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()
