"""What a trained network sees in a galaxy: its last layer but one. Listed until there is one."""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.domain import Dataset
from astro_core.features.registry import EXTRACTORS, ExtractorSpec


@dataclass(frozen=True, kw_only=True)
class EmbeddingParams:
    """Settings of learned embeddings; there are none yet."""


def _no_model(dataset: Dataset) -> str:  # noqa: ARG001
    return "No trained model yet: it comes with training"


EMBEDDING = EXTRACTORS.add(
    ExtractorSpec(
        name="embedding",
        label="What a trained network sees",
        description="The last layer but one of a trained network, which knows the classes it was "
        "taught.",
        params=EmbeddingParams,
        unavailable=_no_model,
    )
)
