"""The frozen types that every room shares."""

from astro_core.domain.box_event import BoxEvent, MarkedBox
from astro_core.domain.boxes import USUAL_FINDER, Boxes, no_boxes
from astro_core.domain.dataset import SPLITS, Dataset, ImagePart, Pixels, Problem, Source
from astro_core.domain.features import ClusteringResult, Features
from astro_core.domain.head import Head, HeadKind
from astro_core.domain.label import (
    LABEL_ACTIONS,
    LabelAction,
    LabelEvent,
    new_event_id,
    utc_now,
    utc_text,
)
from astro_core.domain.person import MAX_PERSON_NAME, ROLES, Person, Role, require
from astro_core.domain.progress import Cancelled, Progress, no_progress
from astro_core.domain.recipe import INTERVALS, ORIGINS, TRANSFORMS, RenderRecipe
from astro_core.domain.run import FINISHED, Run, RunState
from astro_core.domain.taxonomy import (
    KEYS,
    Answer,
    GalaxyClass,
    Question,
    Taxonomy,
    VoteKind,
    plain_taxonomy,
)

__all__ = [
    "FINISHED",
    "INTERVALS",
    "KEYS",
    "LABEL_ACTIONS",
    "MAX_PERSON_NAME",
    "ORIGINS",
    "ROLES",
    "SPLITS",
    "TRANSFORMS",
    "USUAL_FINDER",
    "Answer",
    "BoxEvent",
    "Boxes",
    "Cancelled",
    "ClusteringResult",
    "Dataset",
    "Features",
    "GalaxyClass",
    "Head",
    "HeadKind",
    "ImagePart",
    "LabelAction",
    "LabelEvent",
    "MarkedBox",
    "Person",
    "Pixels",
    "Problem",
    "Progress",
    "Question",
    "RenderRecipe",
    "Role",
    "Run",
    "RunState",
    "Source",
    "Taxonomy",
    "VoteKind",
    "new_event_id",
    "no_boxes",
    "no_progress",
    "plain_taxonomy",
    "require",
    "utc_now",
    "utc_text",
]
