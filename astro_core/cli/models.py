"""Commands for models: list, export, import, ask one about a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_core.cli.datasets import Name
from astro_core.cli.show import Json, follow, print_json, print_table, say
from astro_core.errors import BadInputError

ZIP = "zip"
FORMATS = (ZIP, "litert", "litert-int8", "onnx")

models = typer.Typer(help="List the models; export or import one.", rich_markup_mode=None)
ModelName = Annotated[
    str, typer.Argument(metavar="RUN_OR_MODEL", help="Name of a model, or id of a training.")
]


@models.callback(invoke_without_command=True)
def list_all(context: typer.Context, json: Json = False) -> None:
    """List the models; export or import one."""
    if context.invoked_subcommand is not None:
        return
    from astro_core.workflows.models import list_finders, list_models
    from astro_core.workspace import current

    found = [*(model.to_json() for model in list_models(current())), *list_finders()]
    for model in found:
        if model["problem"]:
            say(f"{model['name']}: {model['problem']}")
    if json:
        print_json(found)
    else:
        rows = [
            (
                m["name"],
                m["source"],
                m["kind"],
                m.get("recipe", ""),
                m.get("weights_from", ""),
                _answers(m["heads"]) or ", ".join(m["classes"]),
            )
            for m in found
        ]
        print_table(("model", "source", "kind", "recipe", "first weights", "answers"), rows)


def _answers(heads: list[dict[str, object]]) -> str:
    told = []
    for head in heads:
        outputs = head["outputs"]
        assert isinstance(outputs, list)
        votes = head["kind"] == "votes"
        told.append(f"{len(outputs)} vote fractions" if votes else ", ".join(outputs))
    return "; ".join(told)


@models.command("export")
def export_(
    model: ModelName,
    out: Annotated[
        Path, typer.Option(metavar="F", help="Ends in .zip, .tflite or .onnx; replaced.")
    ],
    format_: Annotated[
        str,
        typer.Option(
            "--format", metavar="|".join(FORMATS), help="zip holds all and can be imported again."
        ),
    ] = ZIP,
    json: Json = False,
) -> None:
    """Write a model as a file to hand on, or to run without Keras and what that costs."""
    from astro_core.workflows.models import export_model
    from astro_core.workspace import current

    if format_ not in FORMATS:
        raise BadInputError(
            f"There is no format '{format_}'", expected="one of " + ", ".join(FORMATS)
        )
    if format_ != ZIP:
        _export_network(model, format_, out, json=json)
        return
    export_model(current(), model, out.absolute())
    if json:
        print_json({"files": [str(out)]})
    else:
        typer.echo(f"Wrote {out}")


def _export_network(model: str, format_name: str, out: Path, *, json: bool) -> None:
    from astro_core.classifiers.export_card import cost_words
    from astro_core.workflows import model_export
    from astro_core.workspace import current

    workspace = current()
    model_export.check_suffix(format_name, out.absolute())
    run_id = model_export.submit_export(workspace, model, format_name)
    run = follow(workspace, run_id, title=f"Writing {model} as {format_name}")
    files = [str(path) for path in model_export.save_export(workspace, run_id, out.absolute())]
    if json:
        print_json({"run_id": run_id, "files": files, **run.result})
        return
    for line in cost_words(run.result):
        typer.echo(line.removeprefix("- ").replace("`", ""))
    typer.echo("Wrote " + ", ".join(Path(name).name for name in files) + f" in {out.parent}")


@models.command("import")
def import_(
    path: Annotated[Path, typer.Argument(metavar="F.zip", help="A model that was exported.")],
    name: Annotated[str, typer.Option(help="What to call it.")],
    json: Json = False,
) -> None:
    """Take in a model that somebody exported; nothing in it is trusted."""
    from astro_core.workflows.models import import_model
    from astro_core.workspace import current

    found = import_model(current(), path.absolute(), name).to_json()
    if json:
        print_json(found)
    else:
        typer.echo(f"Imported '{found['name']}': {_answers(found['heads'])}")


def predict(
    model: ModelName,
    name: Name,
    out: Annotated[Path, typer.Option(metavar="F.parquet", help="Replaced if it is there.")],
    json: Json = False,
) -> None:
    """Ask a model about every galaxy of dataset N."""
    import pyarrow as pa

    from astro_core.workflows.export_tables import write_table
    from astro_core.workflows.predict import open_predicted, predict_dataset
    from astro_core.workspace import current

    if out.suffix.lower() != ".parquet" or out.is_dir():
        raise BadInputError(
            f"The answers cannot be written to '{out}'", expected="a file that ends in .parquet"
        )
    workspace = current()
    run_id = predict_dataset(workspace, model, name)
    run = follow(workspace, run_id, title=f"Asking {model} about {name}")
    found = open_predicted(workspace, run_id)
    for row in found.problems.to_dict("records"):
        say(f"{row['object_id']}: {row['reason']}")
    table = pa.Table.from_pandas(found.table(), preserve_index=False)
    write_table(table, "parquet", out.absolute())
    if json:
        print_json({"run_id": run_id, **run.result})
        return
    trusted = "calibrated" if run.result["calibrated"] else "not calibrated"
    typer.echo(f"{run.result['n_objects']:,} galaxies, {trusted}")
    typer.echo(f"Wrote {out}")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(models, name="models")
    cli.command()(predict)
