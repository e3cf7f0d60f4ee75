"""The card of a model: what it is, in words for the person who was handed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.classifiers.pretrained import IMAGENET, SCRATCH, could_be_pretrained


def write_card(path: Path, info: BundleInfo) -> None:
    """Write what a model answers, what it learned from and how it was judged, as Markdown."""
    lines = [f"# {info.name}", "", *_what(info), "", "## Scores", "", *_scores(info)]
    lines += ["", "## Limits", "", *_limits(info), ""]
    lines += [info.notes, ""] if info.notes else []
    path.write_text("\n".join(lines), encoding="utf-8")


def _what(info: BundleInfo) -> list[str]:
    kind = {"keras": "a network", "forest": "a random forest", "ensemble": "an ensemble"}[info.kind]
    learnt = info.training.get("training", {}).get("seed", 0)
    size, crop = info.render.size_px, info.render.crop_px
    lines = [
        f"- Model: {kind}, recipe `{info.training.get('recipe', 'unknown')}`, seed {learnt}.",
        f"- First weights: {_first(info)}.",
        *_members(info),
        f"- Learned from: dataset '{info.dataset}' ({info.fingerprint}), {info.created_at}.",
        *_labels(info),
        f"- Images: {size} x {size} px{' in grey' if info.grey else ''}, "
        + (f"the central {crop} px." if crop else "the whole image."),
        f"- Views averaged: {info.views}.",
    ]
    for head in info.heads:
        meaning = "fractions of people" if head.kind == "votes" else "probabilities"
        lines.append(f"- Head `{head.name}`, {meaning}: {', '.join(head.outputs)}.")
    return lines


def _first(info: BundleInfo) -> str:
    if info.weights_from == SCRATCH and not could_be_pretrained(info.training):
        return "drawn at random"
    return {
        SCRATCH: "from scratch, without the pretrained weights that the recipe is made for: its "
        "scores say nothing of the pretrained network",
        IMAGENET: "learnt on ImageNet",
    }.get(info.weights_from, info.weights_from)


def _members(info: BundleInfo) -> list[str]:
    told = info.training.get("members", [])
    return [f"- Member `{one['recipe']}` counts {one['share']:.2f}." for one in told]


def _labels(info: BundleInfo) -> list[str]:
    said = info.training.get("labels")
    if not said:
        return []
    votes = f"{said['n_votes']:,} votes of {len(said['reviewers'])} people"
    of = f"{votes} on {said['n_labelled']:,} galaxies"
    return [f"- Labels: {said['labels']}, {of}, {said['at']}."]


def _scores(info: BundleInfo) -> list[str]:
    if not info.metrics:
        return ["It was not judged."]
    return [f"- {part}: {_numbers(values)}" for part, values in info.metrics.items()]


def _numbers(values: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in values.items()
    )


def _limits(info: BundleInfo) -> list[str]:
    trusted = [
        f"Probabilities of `{name}` are calibrated with a temperature of "
        f"{found['temperature']:.3g}, found on {found.get('n_temperature', 0)} galaxies kept aside."
        for name, found in info.calibration.items()
        if "temperature" in found
    ]
    return [
        *(trusted or ["Its answers are not calibrated."]),
        "It knows only what its dataset held: another telescope, depth or scale may mislead it.",
    ]
