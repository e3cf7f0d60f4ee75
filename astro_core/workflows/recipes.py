"""Saved render recipes: named files of a workspace, to share between datasets and people."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from astro_core.datasets.store import open_dataset, set_recipe
from astro_core.domain import Dataset, RenderRecipe
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.imaging import find_band
from astro_core.params import validate
from astro_core.workspace import Workspace, check_name, write_json

MAX_BYTES = 65_536


def list_recipes(workspace: Workspace) -> tuple[RenderRecipe, ...]:
    """All saved recipes, by name; a file that is none is passed over."""
    found = []
    for path in workspace.recipes.glob("*.json"):
        try:
            found.append(import_recipe(path.read_bytes()))
        except (BadInputError, FileNotFoundError):
            continue
    return tuple(sorted(found, key=lambda recipe: recipe.name.lower()))


def load_recipe(workspace: Workspace, name: str) -> RenderRecipe:
    """Return the saved recipe named `name`; case does not matter.

    Raises
    ------
    NotFoundError
        If there is none; the message lists what there is.
    """
    recipes = list_recipes(workspace)
    for recipe in recipes:
        if recipe.name.lower() == name.strip().lower():
            return recipe
    raise NotFoundError(
        f"There is no saved recipe named '{name}'",
        expected="one of " + ", ".join(r.name for r in recipes) if recipes else "",
        todo="" if recipes else "Save one first",
    )


def save_recipe(
    workspace: Workspace, recipe: RenderRecipe, *, name: str | None = None, overwrite: bool = False
) -> RenderRecipe:
    """Save a recipe under its name, or under another.

    Returns
    -------
    RenderRecipe
        As it was saved.

    Raises
    ------
    BadInputError
        If the name cannot be used or a value is out of bounds.
    ConflictError
        If there is one of that name and `overwrite` is not set.
    """
    named = validate(replace(recipe, name=check_name(name or recipe.name, "recipe")))
    path = _path(workspace, named.name)
    if path.exists() and not overwrite:
        raise ConflictError(
            f"There is already a recipe named '{named.name}'",
            todo="Choose another name or replace it",
        )
    write_json(path, named.to_json())
    return named


def delete_recipe(workspace: Workspace, name: str) -> None:
    """Delete a saved recipe; datasets that use it keep their own copy.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    _path(workspace, load_recipe(workspace, name).name).unlink(missing_ok=True)


def export_recipe(recipe: RenderRecipe) -> bytes:
    """Return the recipe as JSON text, as `import_recipe` and the command line read it."""
    return (json.dumps(recipe.to_json(), indent=1, ensure_ascii=False) + "\n").encode()


def import_recipe(content: bytes | str) -> RenderRecipe:
    """Read a recipe from JSON text.

    Raises
    ------
    BadInputError
        If it is too large, no JSON, or no recipe that can be used.
    """
    if len(content) > MAX_BYTES:
        raise BadInputError(
            "This is too large for a recipe",
            expected=f"at most {MAX_BYTES:,} bytes",
            given=f"{len(content):,}",
        )
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInputError("The recipe is not JSON", given=str(error)) from None
    return RenderRecipe.from_json(value)


def read_recipe(path: Path) -> RenderRecipe:
    """Read a recipe from a JSON file.

    Raises
    ------
    NotFoundError
        If there is no such file.
    BadInputError
        As `import_recipe`.
    """
    try:
        with path.open("rb") as stream:
            return import_recipe(stream.read(MAX_BYTES + 1))
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"There is no recipe file '{path}'") from None


def set_default(workspace: Workspace, dataset_name: str, recipe: RenderRecipe) -> Dataset:
    """Make a recipe the default of a dataset.

    Raises
    ------
    BadInputError
        If the dataset lacks one of the recipe's bands.
    NotFoundError
        If there is no such dataset.
    """
    check_bands(open_dataset(workspace, dataset_name), recipe)
    return set_recipe(workspace, dataset_name, validate(recipe))


def check_bands(dataset: Dataset, recipe: RenderRecipe) -> None:
    """Refuse a recipe whose bands a dataset does not have.

    Raises
    ------
    BadInputError
        Naming the band and what there is.
    """
    if dataset.bands == ("grey",) and recipe.bands == ("R", "G", "B"):
        return
    for band in recipe.bands:
        find_band(dataset.bands, band)


def _path(workspace: Workspace, name: str) -> Path:
    return workspace.recipes / f"{name.lower()}.json"
