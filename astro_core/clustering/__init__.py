"""Vectors to groups: one file per method, and how good a grouping is."""

# isort: off
from astro_core.clustering import (  # the page lists them in this order
    kmeans,
    hierarchical,
    hdbscan_method,
    som,
    gmm,
    spectral,
)

# isort: on
from astro_core.clustering.agreement import agreement
from astro_core.clustering.cluster import cluster
from astro_core.clustering.measures import MEASURES, MeasureSpec
from astro_core.clustering.registry import CLUSTERERS, ClustererSpec, Grouping
from astro_core.clustering.representatives import representatives
from astro_core.clustering.scan import scan
from astro_core.clustering.tree import branch_members, cut_tree
from astro_core.clustering.validity import validity

__all__ = [
    "CLUSTERERS",
    "MEASURES",
    "ClustererSpec",
    "Grouping",
    "MeasureSpec",
    "agreement",
    "branch_members",
    "cluster",
    "cut_tree",
    "gmm",
    "hdbscan_method",
    "hierarchical",
    "kmeans",
    "representatives",
    "scan",
    "som",
    "spectral",
    "validity",
]
