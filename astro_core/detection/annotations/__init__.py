"""Boxes in the forms that other programs read and write."""

from astro_core.detection.annotations import coco, voc, yolo
from astro_core.detection.annotations.base import ANNOTATIONS, Annotated, AnnotationSpec

__all__ = ["ANNOTATIONS", "Annotated", "AnnotationSpec", "coco", "voc", "yolo"]
