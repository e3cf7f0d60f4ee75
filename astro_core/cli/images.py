"""Commands that make images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_core.cli.show import do_run, say

Band = Annotated[Path, typer.Argument(help="FITS file of this band, also .gz or .bz2.")]


def lupton(
    red: Band,
    green: Band,
    blue: Band,
    stretch: Annotated[float, typer.Option(help="Brightness at which the linear part ends.")],
    Q: Annotated[float, typer.Option("--Q", help="How strongly bright parts are compressed.")],
    out: Annotated[Path, typer.Option(metavar="FILE.png", help="Image to write.")],
    minimum: Annotated[float, typer.Option(help="Value shown as black in every band.")] = 0.0,
) -> None:
    """Combine three band files to one colour image, the array's first row at the top."""
    from astro_core.workflows.lupton_image import write_lupton_image

    height, width = write_lupton_image(
        red, green, blue, out=out, stretch=stretch, Q=Q, minimum=minimum
    )
    typer.echo(f"Wrote {out}, {width} x {height} px")


def render(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the images.")],
    recipe: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Render recipe; by default the dataset's own."),
    ] = None,
) -> None:
    """Write the image of every object of a dataset under a recipe."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.recipes import check_bands, read_recipe
    from astro_core.workspace import current

    workspace = current()
    dataset = open_dataset(workspace, name)
    how = read_recipe(recipe) if recipe else dataset.recipe
    check_bands(dataset, how)
    params = {"dataset": dataset.name, "recipe": how.to_json(), "out": str(out.absolute())}
    result = do_run(workspace, "render", params, title=f"Rendering {dataset.name}").result
    for problem in result["problems"]:
        say(f"{problem['object_id']}: {problem['reason']}")
    hidden = result["n_bad"] - len(result["problems"])
    if hidden:
        say(f"and {hidden:,} more, listed in problems.csv beside the images")
    typer.echo(f"Wrote {result['n_written']:,} images to {result['folder']}")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command()(lupton)
    cli.command()(render)
