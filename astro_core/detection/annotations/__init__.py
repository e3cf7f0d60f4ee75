"""Boxes in the forms that other programs read and write."""

from astro_core.detection.annotations import coco, voc, yolo
from astro_core.detection.annotations.base import (
    ANNOTATIONS,
    GALAXY,
    Annotated,
    AnnotationSpec,
)

__all__ = ["ANNOTATIONS", "GALAXY", "Annotated", "AnnotationSpec", "coco", "voc", "yolo"]
