"""What a person says of a galaxy in an uploaded picture: it is kept, with its image.

SQLAlchemy is heavy, so the store is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from astro_core.domain import Dataset, Head, Person, Taxonomy, plain_taxonomy, require
from astro_core.domain.taxonomy import GalaxyClass
from astro_core.errors import BadInputError
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.kept_galaxies import GALAXIES, UPLOADS, kept_id, put_in
from astro_core.workflows.kept_images import kept_dataset
from astro_core.workflows.review import answer, undo
from astro_core.workflows.review_suggestions import Suggestion
from astro_core.workflows.taxonomies import review_taxonomy, taxonomy_versions
from astro_core.workspace import Workspace


def keep_galaxy(
    workspace: Workspace,
    classified: Classified,
    found: Found,
    person: Person,
    class_name: str,
    *,
    into: str = UPLOADS,
    event_id: str = "",
) -> str:
    """Put a galaxy into a dataset and store what a person says that it is.

    Parameters
    ----------
    class_name : str
        One of the classes of the head that was asked.
    into : str
        Name of the dataset; it is made where it is not there.
    event_id : str
        Made where the person acted: sent twice, it is stored once.

    Returns
    -------
    str
        Its id in the dataset.

    Raises
    ------
    ForbiddenError
        If the person may only look.
    BadInputError
        If the model was asked for votes, and as `kept_images.put_image`.
    LabelStoreError
        If it could not be stored; the same call can be made again.
    """
    require(person, "reviewer", "answer")
    if classified.head.kind == "votes":
        raise BadInputError("Votes are no classes", todo="Choose another question of the model")
    dataset = put_in(workspace, into, classified, found)
    taxonomy = _classes_of(workspace, dataset, classified.head, person)
    object_id = kept_id(classified, found)
    said = Suggestion(
        class_name=found.label, model_id=classified.model,
        probability=float(found.answers[classified.head.name].max()),
    )  # fmt: skip
    answer(
        workspace, dataset, "", person, [object_id], taxonomy=taxonomy, class_name=class_name,
        shown=True, suggested={object_id: said}, event_ids=[event_id] if event_id else [],
    )  # fmt: skip
    return object_id


def said_of(
    workspace: Workspace, classified: Classified, person: Person, *, into: str = UPLOADS
) -> Mapping[str, str]:
    """What a person said of the galaxies of a picture, by their ids in the dataset."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    dataset = kept_dataset(workspace, into, GALAXIES)
    if dataset is None:
        return {}
    ids = [kept_id(classified, found) for found in classified.found]
    rows = open_store(workspace).current(dataset_key(dataset), ids)
    mine = (rows["reviewer"] == person.name) & (rows["action"] == "label")
    asked = rows[mine & rows["said"].isin(classified.head.outputs)]
    return dict(zip(asked["object_id"], asked["said"], strict=True))


def _classes_of(workspace: Workspace, dataset: Dataset, head: Head, person: Person) -> Taxonomy:
    """The set of classes that is called as a head is; it gets those of the head that it lacks."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store
    from astro_core.labels.taxonomies import add_taxonomy

    there = taxonomy_versions(workspace, dataset, head.name)
    if not there:
        wanted = plain_taxonomy(head.name, head.outputs)
    else:
        known = review_taxonomy(workspace, dataset, head.name)
        lacking = [name for name in head.outputs if name not in known.class_names]
        if not lacking:
            return known
        more = tuple(GalaxyClass(name=name) for name in lacking)
        wanted = replace(known, version=there[0] + 1, classes=(*known.classes, *more)).with_keys()
    add_taxonomy(open_store(workspace), dataset_key(dataset), wanted, made_by=person.name)
    return wanted


def take_back(workspace: Workspace, person: Person, *, into: str = UPLOADS) -> str:
    """Take back the last thing that a person said of a kept galaxy, and say so in a sentence.

    The image stays in the dataset.

    Raises
    ------
    ForbiddenError, LabelStoreError
        As `review.undo`.
    """
    require(person, "reviewer", "take an answer back")
    dataset = kept_dataset(workspace, into, GALAXIES)
    undone = None if dataset is None else undo(workspace, dataset, person)
    return "There is nothing to take back." if undone is None else f"{undone.words}."
