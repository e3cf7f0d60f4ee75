"""Kinds of runs for the tests; the engine's workers load this file when they start."""

import os
import signal
import time
from pathlib import Path

from astro_core.errors import BadInputError
from astro_core.runs import RUN_KINDS, RunContext, RunKind


def square(value, seconds=0.0, mark=""):
    if mark:
        Path(mark, str(value)).touch()
    time.sleep(seconds)
    return {"value": value * value, "pid": os.getpid()}


def _begin(ctx: RunContext):
    """Something half-made, and a note of where the work is done."""
    made = ctx.workspace.scratch_folder("made")
    (made / "half.txt").write_text("half")
    (ctx.folder / "begun").write_text(str(os.getpid()))
    return made


def squares(ctx: RunContext):
    made = _begin(ctx)
    settings = {key: ctx.params[key] for key in ("seconds", "mark") if key in ctx.params}
    items = [{"value": v, **settings} for v in ctx.params["values"]]
    out = [0] * len(items)
    pids, order = set(), []
    for done, (index, result) in enumerate(ctx.map(square, items, message="Squares"), start=1):
        out[index] = result["value"]
        order.append(index)
        pids.add(result["pid"])
        ctx.progress(done, len(items), "squaring")
    (made / "half.txt").rename(ctx.folder / "whole.txt")
    return {"squares": out, "pids": sorted(pids), "order": order}


def count(ctx: RunContext):
    _begin(ctx)
    for done in range(ctx.params["steps"]):
        time.sleep(ctx.params.get("seconds", 0.01))
        ctx.progress(done + 1, ctx.params["steps"], f"step {done + 1}")
    return {"steps": ctx.params["steps"]}


def deaf(ctx: RunContext):
    _begin(ctx)
    time.sleep(60)
    return {}


def deaf_map(ctx: RunContext):
    _begin(ctx)
    return dict(ctx.map(square, [{"value": 1, "seconds": 60.0}] * 2))


def dies_once(ctx: RunContext):
    first = not (ctx.folder / "begun").exists()
    _begin(ctx)
    if first:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"done": True}


def dies_always(ctx: RunContext):
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def refuse(value):
    raise BadInputError("Bands differ in shape", expected="equal shapes", given=str(value))


def refuse_map(ctx: RunContext):
    return dict(ctx.map(refuse, [{"value": 3}]))


def fail(ctx: RunContext):
    _begin(ctx)
    match ctx.params["how"]:
        case "words":
            refuse(3)
        case "bug":
            raise KeyError("spiral")
        case "disk":
            (ctx.folder / "nowhere" / "file").read_text()
        case "keyboard":
            raise KeyboardInterrupt
        case "result":
            return {"path": ctx.folder}
    return {}


for name, function in {
    "squares": squares,
    "count": count,
    "deaf": deaf,
    "deaf-map": deaf_map,
    "dies-once": dies_once,
    "dies-always": dies_always,
    "refuse-map": refuse_map,
    "fail": fail,
}.items():
    RUN_KINDS.add(RunKind(name=f"test-{name}", label=name, function=function))


def add_up(ctx: RunContext):
    """Counts to ten and keeps its count, unless told to stop on the way."""
    kept = ctx.folder / "kept.txt"
    for step in range(int(kept.read_text()) if kept.exists() else 0, 10):
        if step == 5 and not (ctx.folder / "failed").exists():
            (ctx.folder / "failed").touch()
            raise BadInputError("Half way")
        kept.write_text(str(step + 1))
        ctx.progress(step + 1, 10, "adding")
    return {"sum": int(kept.read_text())}


def pieces(ctx: RunContext):
    for place in range(ctx.params["of"]):
        inner = ctx.inside(f"piece-{place}", place, ctx.params["of"], f"Piece {place + 1}")
        for step in range(2):
            inner.progress(step + 1, 2, "stepping")
        (inner.folder / "done.txt").write_text("yes")
        inner.log(f"piece {place} is done")
    return {}


RUN_KINDS.add(RunKind(name="test-pieces", label="pieces", function=pieces))
RUN_KINDS.add(RunKind(name="test-add-up", label="adds", function=add_up, resumes=True))
RUN_KINDS.add(RunKind(name="test-hold", label="holds", function=count, holds_worker=True))
RUN_KINDS.add(RunKind(name="test-quick", label="quick", function=count, quick=True))


def keep_counting(ctx: RunContext):
    """Counts and keeps its count; notes in which process each step was taken."""
    kept = ctx.folder / "kept.txt"
    steps = kept.read_text().split() if kept.exists() else []
    while len(steps) < ctx.params["steps"]:
        time.sleep(ctx.params.get("seconds", 0.01))
        steps.append(str(os.getpid()))
        kept.write_text(" ".join(steps))
        ctx.progress(len(steps), ctx.params["steps"], "counting")
    return {"steps": len(steps), "processes": len(set(steps))}


RUN_KINDS.add(
    RunKind(
        name="test-keep", label="keeps", function=keep_counting, resumes=True, holds_worker=True
    )
)
