"""What each method has to show that the others have not."""

from __future__ import annotations

from collections.abc import Callable

from astro_core.ui import (
    cluster_density,
    cluster_mixture,
    cluster_scan,
    cluster_som,
    cluster_tree,
)
from astro_core.ui.cluster_state import Shown

METHOD_VIEWS: dict[str, tuple[str, Callable[[Shown], None]]] = {
    "kmeans": ("How many?", cluster_scan.panel),
    "hierarchical": ("Tree", cluster_tree.panel),
    "hdbscan": ("Density", cluster_density.panel),
    "som": ("Grid", cluster_som.panel),
    "gmm": ("Mixture", cluster_mixture.panel),
}
