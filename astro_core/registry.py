"""Named entries that pages, command line and contract tests all read from one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from astro_core.errors import ConflictError, NotFoundError


class Named(Protocol):
    """Anything with a name of its own."""

    @property
    def name(self) -> str:
        """The name a person types."""
        ...


SpecT = TypeVar("SpecT", bound=Named)


class Registry(Generic[SpecT]):
    """Frozen specs by name, in the order in which they were added.

    Parameters
    ----------
    what : str
        What one entry is, in the singular: "reader", "transform".
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, SpecT] = {}

    def add(self, spec: SpecT) -> SpecT:
        """Register `spec`.

        Raises
        ------
        ConflictError
            If the name is taken.
        """
        if spec.name in self._entries:
            raise ConflictError(f"There is already a {self.what} named '{spec.name}'")
        self._entries[spec.name] = spec
        return spec

    def get(self, name: str) -> SpecT:
        """Return the entry named `name`.

        Raises
        ------
        NotFoundError
            If there is none; the message lists what there is.
        """
        try:
            return self._entries[name]
        except KeyError:
            raise NotFoundError(
                f"There is no {self.what} named '{name}'",
                expected="one of " + ", ".join(self._entries),
            ) from None

    def names(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(self._entries)

    def __iter__(self) -> Iterator[SpecT]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries
