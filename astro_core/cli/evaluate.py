"""The command that judges a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astro_core.cli.show import Json, follow, print_json, print_table, say
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from astro_core.evaluation.report import Report
    from astro_core.evaluation.votes import VoteReport
    from astro_core.workflows.evaluate import Evaluation

SPLITS = ("test", "validation", "calibration", "train", "unseen", "all")
_MOST_ANSWERS = 60


def evaluate(
    run_or_model: Annotated[
        str, typer.Argument(metavar="RUN_OR_MODEL", help="Id of a training, or name of a model.")
    ],
    dataset: Annotated[
        str,
        typer.Option(metavar="N", help="Judge by another dataset than the one it was trained on."),
    ] = "",
    split: Annotated[
        str,
        typer.Option(
            help="test, validation, calibration, train, unseen (all that it did not learn from) "
            "or all."
        ),
    ] = "test",
    head: Annotated[str, typer.Option(help="Which answers of a model that gives several.")] = "",
    report: Annotated[
        Path | None, typer.Option(metavar="F.html", help="Write a page about it, too.")
    ] = None,
    json: Json = False,
) -> None:
    """Say how good a model is on galaxies that it did not learn from."""
    from astro_core.workflows import evaluate as judging
    from astro_core.workspace import current

    if split not in SPLITS:
        raise BadInputError(f"There is no part '{split}'", expected="one of " + ", ".join(SPLITS))
    workspace = current()
    run_id, notes = _answers(run_or_model, dataset, split)
    for note in notes:
        say(note)
    found = judging.evaluate(workspace, run_id, split=split, head=head or None)
    if report is not None:
        from astro_core.workflows.evaluation_report import write_report

        write_report(workspace, run_id, report.absolute(), part=split, head=found.head.name)
    if json:
        told = {"run_id": run_id, "split": split, "head": found.head.name, "notes": notes}
        print_json(found.scores() | told)
        return
    _tell(found)


def _answers(run_or_model: str, dataset: str, split: str) -> tuple[str, list[str]]:
    """The run with the answers, which may have to be made first, and what to know of them."""
    from astro_core import runs
    from astro_core.workflows.answer_files import JUDGE
    from astro_core.workflows.judge_model import answers_of, judged_words
    from astro_core.workspace import current

    workspace = current()
    run_id = answers_of(workspace, run_or_model, dataset)
    run = runs.get_run(workspace, run_id)
    if run.kind != JUDGE:
        return run_id, ["The galaxies that it was trained on are among these: the scores flatter."
                        ] if split == "all" else []  # fmt: skip
    run = follow(workspace, run_id, title=run.title)
    return run_id, judged_words(run.result, split)


def _tell(found: Evaluation) -> None:
    typer.echo("On all galaxies:" if found.split == "all" else f"On the {found.split} part:")
    for name, value in found.scores().items():
        typer.echo(f"  {name}: {value:,}" if name == "n" else f"  {name}: {value:.4f}")
    if found.classes is not None:
        _by_class(found.classes)
    elif found.votes is not None:
        _by_answer(found.votes)


def _by_class(found: Report) -> None:
    rows = [
        (r["class"], *(f"{r[k]:.3f}" for k in ("precision", "recall", "f1")), f"{r['support']:,}")
        for _, r in found.by_class.reset_index().iterrows()
    ]
    print_table(("class", "precision", "recall", "f1", "galaxies"), rows)


def _by_answer(found: VoteReport) -> None:
    told = found.by_answer.reset_index().head(_MOST_ANSWERS)
    rows = [
        (r["answer"], f"{r['rmse']:.4f}", f"{r['rmse_of_mean']:.4f}", f"{r['bias']:+.4f}")
        for _, r in told.iterrows()
    ]
    print_table(("answer", "rmse", "rmse of the mean", "bias"), rows)


def add_to(cli: typer.Typer) -> None:
    """Register this command."""
    cli.command("evaluate")(evaluate)
