"""Look at every pixel that a reader found, on all workers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from astro_core.datasets.check import ROW_COLUMNS, check_images
from astro_core.datasets.readers import Scan

_CHUNKS = 120
_SMALLEST, _LARGEST = 16, 256


class Work(Protocol):
    """What long work needs of its run: report, and do many calls at once."""

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Report, and stop when told to."""
        ...

    def map(
        self,
        function: Callable[..., Any],
        items: Sequence[Mapping[str, Any]],
        *,
        message: str = "",
    ) -> Iterator[tuple[int, Any]]:
        """Call ``function(**item)`` for every item; yield its position and what it returned."""
        ...


def check_scan(work: Work, scan: Scan) -> list[dict[str, Any]]:
    """Read all images of a scan.

    Returns
    -------
    list of dict
        What `check_image` says of each row of the catalogue, in its order.
    """
    columns = [c for c in ROW_COLUMNS if c in scan.catalogue]
    rows = scan.catalogue[columns].to_dict("records")
    size = min(_LARGEST, max(_SMALLEST, len(rows) // _CHUNKS))
    parts = [asdict(part) for part in scan.parts]
    items = [
        {"folder": "/", "parts": parts, "rows": rows[i : i + size]}
        for i in range(0, len(rows), size)
    ]
    results: list[list[dict[str, Any]]] = [[] for _ in items]
    done = 0
    work.progress(0, len(rows), "Checking images")
    for index, result in work.map(check_images, items, message="Checking images"):
        results[index] = result
        done += len(result)
        work.progress(done, len(rows), "Checking images")
    return [check for result in results for check in result]
