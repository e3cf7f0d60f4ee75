"""A dataset as the key of what is kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from astro_core.domain import Dataset


@dataclass(frozen=True)
class DatasetState:
    """A dataset that equals another of the same folder and content, however often it was opened."""

    dataset: Dataset = field(compare=False, repr=False)
    key: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (str(self.dataset.folder), self.dataset.fingerprint))
