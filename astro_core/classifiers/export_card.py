"""The card that goes with an exported network: how to feed it, and what the format cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.classifiers.export_formats import ExportSpec
from astro_core.domain import Head


def write_export_card(
    path: Path, file: str, spec: ExportSpec, info: BundleInfo, cost: Mapping[str, Any]
) -> None:
    """Write what an exported network takes, answers and lost, as Markdown."""
    lines = [f"# {info.name} as {spec.label}", "", spec.description, ""]
    lines += ["## What it takes", "", *_takes(info), "", "```python", _use(file, spec, info, cost)]
    lines += ["```", "", "## What it answers", "", *map(_answers, info.heads), *_calibrated(info)]
    lines += ["", "## What the format cost", "", *cost_words(cost), ""]
    lines += ["## The model", "", *_model(info), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def _takes(info: BundleInfo) -> list[str]:
    size, crop = info.render.size_px, info.render.crop_px
    colour = "in one channel, the mean of red, green and blue" if info.grey else "in three channels"
    cut = f"the central {crop} px" if crop else "the whole image"
    return [
        f"- {size} x {size} pixels from 0 to 255 {colour}: {cut} of a galaxy, resized.",
        "- The colours are made by the render recipe in export.json; others give other answers.",
        "- Scaling of the pixels is inside.",
    ]


def _use(file: str, spec: ExportSpec, info: BundleInfo, cost: Mapping[str, Any]) -> str:
    size, channels = info.render.size_px, 1 if info.grey else 3
    return spec.use.format(file=file, input=cost["input"], size=size, channels=channels)


def _answers(head: Head) -> str:
    outputs = ", ".join(head.outputs)
    if head.kind == "binary":
        other, one = head.outputs
        return f"- `{head.name}`: one number, the probability of {one}; the rest is {other}."
    meaning = "fractions of people" if head.kind == "votes" else "probabilities"
    if head.concentrations:
        meaning = "concentrations of votes, whose shares of their question are the fractions"
    return f"- `{head.name}`: {meaning}, in this order: {outputs}."


def _calibrated(info: BundleInfo) -> list[str]:
    said = ["- The numbers are not calibrated; the temperatures are in export.json."]
    if info.views > 1:
        said.append(
            f"- Tuning Fork averages {info.views} turned and mirrored views of each galaxy; the "
            "file answers for one view. Average views yourself for its scores."
        )
    return said


def cost_words(cost: Mapping[str, Any]) -> list[str]:
    """Say in a few lines what a format cost."""
    size, before = cost["size_bytes"] / 1e3, cost["keras_bytes"] / 1e3
    lines = [f"- Size: {size:,.0f} kB; the Keras file has {before:,.0f} kB."]
    lines.append(
        f"- One image: {cost['latency_ms']:.2f} ms on one thread, with Keras "
        f"{cost['keras_latency_ms']:.2f} ms (medians, {cost['machine']})."
    )
    if not cost["heads"]:
        return [*lines, f"- Scores were not measured: {cost['why_not']}"]
    return lines + [_score(name, told, cost["part"]) for name, told in cost["heads"].items()]


def _score(name: str, told: Mapping[str, Any], part: str) -> str:
    if not told["n"]:
        return f"- `{name}`: not measured, no galaxy of {part} has an answer."
    changed = f"; {told['n_changed']} got another answer" if "n_changed" in told else ""
    return (
        f"- `{name}`: {told['score']} {told['export']:.4f} on {part} (n = {told['n']:,}), Keras "
        f"{told['keras']:.4f}, both with one view{changed}."
    )


def _model(info: BundleInfo) -> list[str]:
    return [
        f"- Recipe `{info.training.get('recipe', 'unknown')}`, first weights: {info.weights_from}.",
        f"- Learned from: dataset '{info.dataset}' ({info.fingerprint}), {info.created_at}.",
    ]
