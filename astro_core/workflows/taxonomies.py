"""Classes and questions for reviewing: a dataset's own, and those that people made.

Made ones are kept beside the labels. A version is written once and never changed, so that a label
keeps the meaning of the version that it names.

SQLAlchemy is heavy, so the store is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from astro_core.domain import Dataset, Taxonomy
from astro_core.domain.person import Person, require
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.workflows.object_rows import object_table
from astro_core.workspace import Workspace, check_name

MAX_NAME = 80
NEW = 0  # the version of what has no earlier one


def list_taxonomies(workspace: Workspace, dataset: Dataset) -> tuple[Taxonomy, ...]:
    """All that a dataset can be reviewed with, its own first, each in its newest version.

    Every class has a key as far as there are keys.
    """
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store
    from astro_core.labels.taxonomies import key_of, versions_of

    made = versions_of(open_store(workspace), dataset_key(dataset))
    names = [key for key in made if key != key_of(dataset.taxonomy.name)]
    found = [review_taxonomy(workspace, dataset, name) for name in ("", *names)]
    return tuple(t for t in found if t.classes or t.questions)


def review_taxonomy(
    workspace: Workspace, dataset: Dataset, name: str = "", version: int = 0
) -> Taxonomy:
    """Return the classes and questions of that name.

    Parameters
    ----------
    name : str
        Case does not matter; the dataset's own when empty, which may have no classes yet.
    version : int
        The newest when 0.

    Raises
    ------
    NotFoundError
        If there is none of that name, or not in that version.
    """
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store
    from astro_core.labels.taxonomies import read_taxonomy

    own = dataset.taxonomy
    name = name or own.name
    known = taxonomy_versions(workspace, dataset, name)
    if not known:
        raise NotFoundError(f"'{dataset.name}' has no classes named '{name}'")
    wanted = version or known[0]
    found = read_taxonomy(open_store(workspace), dataset_key(dataset), name, wanted)
    if found is not None:
        return found
    if wanted not in known:
        raise NotFoundError(
            f"The classes '{name}' have no version {version}",
            expected="one of " + ", ".join(map(str, sorted(known))),
        )
    return own.with_keys()


def queue_taxonomy(workspace: Workspace, dataset: Dataset, request: Mapping[str, Any]) -> Taxonomy:
    """Return what a queue is answered with.

    Parameters
    ----------
    request : Mapping
        That of a `ReviewQueue`; one made without a choice takes the dataset's own, the newest.
    """
    chosen = request.get("taxonomy") or {}
    name, version = str(chosen.get("name", "")), int(chosen.get("version", 0))
    return review_taxonomy(workspace, dataset, name, version)


def taxonomy_versions(workspace: Workspace, dataset: Dataset, name: str) -> tuple[int, ...]:
    """The versions that there are of a name, the newest first."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store
    from astro_core.labels.taxonomies import key_of, versions_of

    own = dataset.taxonomy
    made = versions_of(open_store(workspace), dataset_key(dataset)).get(key_of(name), ())
    first = (own.version,) if key_of(name) == key_of(own.name) else ()
    return tuple(sorted({*first, *made}, reverse=True))


def save_taxonomy(
    workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy, *, by: Person
) -> Taxonomy:
    """Keep classes and questions as a new version; older versions stay as they are.

    Parameters
    ----------
    taxonomy : Taxonomy
        Its version is the one that was edited, or `NEW`.

    Returns
    -------
    Taxonomy
        With its new version; what is there already when nothing was changed.

    Raises
    ------
    ForbiddenError
        If the person is no lead.
    BadInputError
        If there is nothing to choose from, a name cannot be used, an example is not in the
        dataset, or a question is never asked.
    ConflictError
        If somebody made a newer version meanwhile, or a new set has the name of another.
    """
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store
    from astro_core.labels.taxonomies import add_taxonomy

    require(by, "lead", "change the classes")
    wanted = checked(dataset, taxonomy)
    newest = next(iter(taxonomy_versions(workspace, dataset, wanted.name)), 0)
    if newest:
        there = review_taxonomy(workspace, dataset, wanted.name, newest)
        wanted = replace(wanted, name=there.name)
        if taxonomy.version == NEW:
            raise ConflictError(
                f"There is already a set of classes named '{there.name}'",
                todo="Choose another name, or change that one",
            )
        if replace(there, version=taxonomy.version) == wanted:
            return there
        if newest != taxonomy.version:
            raise _newer(wanted.name, newest)
    made = replace(wanted, version=newest + 1)
    store = open_store(workspace)
    if not add_taxonomy(store, dataset_key(dataset), made, made_by=by.name):
        raise _newer(made.name, made.version)  # somebody saved in the same moment
    return made


def checked(dataset: Dataset, taxonomy: Taxonomy) -> Taxonomy:
    """Return the same with a key for every class, as it could be saved.

    Raises
    ------
    BadInputError, NotFoundError
        As `save_taxonomy`.
    """
    check_name(taxonomy.name, "set of classes")
    if not taxonomy.classes and not taxonomy.questions:
        raise BadInputError("There is nothing to choose from", todo="Add a class or a question")
    _check_texts("class", taxonomy.class_names)
    for question in taxonomy.questions:
        _check_texts("question", (question.name, question.text))
        _check_texts("answer", [t for a in question.answers for t in (a.name, a.text)])
        if not question.answers:
            raise BadInputError(f"'{question.text}' has no answers", todo="Give it two or more")
    _check_asked(taxonomy)
    object_table(dataset).positions([i for c in taxonomy.classes for i in c.example_ids])
    kept = {a: b for a, b in taxonomy.mirror.items() if {a, b} <= set(taxonomy.class_names)}
    return replace(taxonomy, name=taxonomy.name.strip(), mirror=kept).with_keys()


def _newer(name: str, version: int) -> ConflictError:
    return ConflictError(
        f"Somebody made version {version} of '{name}' while you were changing it",
        todo="Look at that version, and make your changes to it",
    )


def _check_texts(what: str, texts: Iterable[str]) -> None:
    for text in texts:
        if text != text.strip() or not text.isprintable() or not 0 < len(text) <= 2 * MAX_NAME:
            raise BadInputError(
                f"A {what} cannot be called '{text[:MAX_NAME]}'",
                expected=f"1 to {2 * MAX_NAME} characters in one line",
            )


def _check_asked(taxonomy: Taxonomy) -> None:
    """Refuse a question that follows from no answer; the first one starts."""
    reached = {a.next_question for a in taxonomy.answers()}
    for question in taxonomy.questions[1:]:
        if question.name not in reached:
            raise BadInputError(
                f"'{question.text}' is never asked",
                todo="Let an answer to another question lead to it, or take it out",
            )
