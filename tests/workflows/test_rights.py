"""Every workflow that a person is named to asks for a role, or only looks."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import astro_core.workflows
from astro_core.domain import ROLES, Person
from astro_core.errors import ForbiddenError

PEOPLE = {role: Person(name=role, role=role) for role in ROLES}
LEAD, REVIEWER = "lead", "reviewer"
NEEDS = {
    "box_labels.bring": REVIEWER,
    "box_labels.change": REVIEWER,
    "box_labels.confirm": REVIEWER,
    "box_labels.undo": REVIEWER,
    "catalogue_dataset.review_undefined": REVIEWER,
    "conflicts.settle": LEAD,
    "conflicts.undo_settling": LEAD,
    "conflicts.reopen": LEAD,
    "keep_upload.keep_galaxy": REVIEWER,
    "keep_upload.take_back": REVIEWER,
    "label_import.import_labels": LEAD,
    "new_queue.start_queue": REVIEWER,
    "people.set_role": LEAD,
    "rerank.rerank": LEAD,
    "rerank.submit_rerank": LEAD,
    "retrain.submit_retraining": LEAD,
    "review.answer": REVIEWER,
    "review.undo": REVIEWER,
    "review.start_random": REVIEWER,
    "review_queues.start_review": REVIEWER,
    "review_queues.change_rules": LEAD,
    "taxonomies.save_taxonomy": LEAD,
}
LOOKS = {
    "blind.blind_for",
    "blind.said_of",
    "blind.unseen",
    "keep_upload.said_of",
    "label_export.export_labels",
    "rerank.after_training",
    "tree_path.left_in_the_middle",
    "tree_path.path_of",
}
GIVEN = {"chosen": ("1",), "object_ids": ("1",), "class_name": "spiral"}  # looked at before


def takes_a_person(function):
    every = [*function.args.args, *function.args.kwonlyargs]
    return any(a.annotation and "Person" in ast.unparse(a.annotation) for a in every)


def named_functions():
    folder = Path(astro_core.workflows.__file__).parent
    for path in sorted(folder.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and takes_a_person(node):
                yield f"{path.stem}.{node.name}"


def test_nothing_that_a_person_does_is_left_out():
    assert set(named_functions()) == set(NEEDS) | LOOKS


@pytest.mark.parametrize("name", NEEDS)
def test_who_may_not_is_refused_before_anything_happens(name, tmp_path):
    module, _, function = name.partition(".")
    act = getattr(import_module(f"astro_core.workflows.{module}"), function)
    below = PEOPLE[ROLES[ROLES.index(NEEDS[name]) - 1]]
    arguments = {}
    for parameter in inspect.signature(act).parameters.values():
        if "Person" in str(parameter.annotation):
            arguments[parameter.name] = below
        elif parameter.default is inspect.Parameter.empty:
            arguments[parameter.name] = GIVEN.get(parameter.name)
    with pytest.raises(ForbiddenError, match="Only a "):
        act(**arguments)
