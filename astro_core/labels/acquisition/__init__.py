"""Which galaxies people should look at next: one file per way to choose."""

# isort: off
from astro_core.labels.acquisition import (  # the page lists them in this order
    random_order,
    undefined,
    margin,
    margin_drawn,
    entropy,
    bald,
    set_size,
    kcenter,
    disagreement,
    label_errors,
    like_this,
)

# isort: on
from astro_core.labels.acquisition.choose import Chosen, choose
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    NEEDS,
    NO_LABEL,
    AcquisitionSpec,
    Pool,
)

__all__ = [
    "ACQUISITIONS",
    "NEEDS",
    "NO_LABEL",
    "AcquisitionSpec",
    "Chosen",
    "Pool",
    "bald",
    "choose",
    "disagreement",
    "entropy",
    "kcenter",
    "label_errors",
    "like_this",
    "margin",
    "margin_drawn",
    "random_order",
    "set_size",
    "undefined",
]
