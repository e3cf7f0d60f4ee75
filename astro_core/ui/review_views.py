"""The views of Review; one line makes one more."""

from __future__ import annotations

from collections.abc import Callable

from astro_core.ui import (
    frame,
    review_classes,
    review_grid,
    review_one,
    review_queues,
    review_record,
    review_tree,
)
from astro_core.ui.review_state import FIRST_VIEW, Shown

VIEWS: dict[str, tuple[str, Callable[[Shown], None]]] = {
    FIRST_VIEW: ("One by one", review_one.panel),
    "grid": ("Grid", review_grid.panel),
    "tree": ("Decision tree", review_tree.panel),
    review_queues.VIEW: ("Queues", review_queues.panel),
    "record": ("My record", review_record.panel),
    "classes": ("Classes", review_classes.panel),
}


def panel(shown: Shown) -> None:
    """Draw the view that the address asks for."""
    _, view = VIEWS.get(shown.view, VIEWS[FIRST_VIEW])
    with frame.in_words():
        view(shown)
