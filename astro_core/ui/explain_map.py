"""Where a model looked in a galaxy: maps by four ways, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.explain.agreement import agreement
from astro_core.explain.results import Cams, Integrated, Maps, Occlusion
from astro_core.ui import explain_answers, explain_ask
from astro_core.ui.address import keep, parameter
from astro_core.ui.explain_ask import Asked
from astro_core.ui.explain_board import Panel, board
from astro_core.ui.explain_state import Shown
from astro_core.workflows.explain_store import Explanation
from astro_core.workflows.stack import stamps

CAM, PLUS, OCCLUSION, INTEGRATED = "gradcam", "gradcam_pp", "occlusion", "integrated"
TITLES = {
    CAM: "Grad-CAM",
    PLUS: "Grad-CAM++",
    OCCLUSION: "Occlusion",
    INTEGRATED: "Integrated gradients",
}
_SCALE = "0 is nothing, 1 its strongest place. Below small maps: correlation with the large one."
_OFF = 0.06  # of the side, from which on it is not the centre
_MEANS = {
    CAM: "Grad-CAM: where the last convolution saw what speaks for the answer.",
    PLUS: "Grad-CAM++: as Grad-CAM, weighted so that several places may speak at once.",
    OCCLUSION: "Occlusion: how far the answer falls when a patch of sky hides a place.",
    INTEGRATED: "Integrated gradients: the share of each pixel, on the way from empty sky to it.",
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One way of looking, as far as it is known.

    Attributes
    ----------
    maps : Maps or None
        None as long as `saying` tells why.
    note : str
        What 1 stands for, where the way has a unit.
    """

    maps: Maps | None
    note: str = ""
    saying: str = ""


def panel(shown: Shown) -> list[Asked]:
    """Draw the maps on the left, the answers on the right; return what was asked for."""
    cam = explain_ask.ask(shown, "cam", wait_s=explain_ask.WAIT_S)
    left, right = st.columns([2.6, 1], gap="small")
    found = cam.found
    if found is None:
        with left:
            _board(shown, _image(shown), shown.output, _to_come(cam))
            explain_ask.follow([cam])
        return [cam]
    output = shown.output or explain_answers.own_answer(shown, found)
    checks = {
        OCCLUSION: explain_ask.ask(shown, "occlusion"),
        INTEGRATED: explain_ask.ask(shown, "integrated", output=output),
    }
    with left:
        _board(shown, found.image, output, looks(found, output, checks))
        explain_ask.follow(list(checks.values()))
    with right:
        made = [one.found for one in checks.values()]
        explain_answers.panel(shown, found, output, [found, *(m for m in made if m)])
    return [cam, *checks.values()]


def _image(shown: Shown) -> NDArray[np.uint8]:
    """The galaxy as it will be shown to the network, before that is loaded."""
    images, _ = stamps(shown.workspace, shown.dataset, shown.info.render, [shown.object_id])
    return images[0]


def _to_come(cam: Asked) -> dict[str, Look]:
    """The same pictures as when all is there, so that nothing moves."""
    first = parameter("method", TITLES, CAM)
    return {name: Look(maps=None, saying=cam.saying if name == first else "") for name in TITLES}


def looks(found: Explanation, output: str, checks: Mapping[str, Asked]) -> dict[str, Look]:
    """Every way of looking at one answer."""
    cams = found.result
    assert isinstance(cams, Cams)
    cells = "x".join(map(str, cams.gradcam.values.shape[1:]))
    at = f"{cells} cells of layer {cams.layer}"
    return {
        CAM: Look(maps=cams.gradcam, note=at),
        PLUS: Look(maps=cams.gradcam_pp, note=at),
        OCCLUSION: _occlusion(checks[OCCLUSION], output),
        INTEGRATED: _integrated(checks[INTEGRATED]),
    }


def _occlusion(asked: Asked, output: str) -> Look:
    found = asked.found
    if found is None:
        return Look(maps=None, saying=asked.saying)
    result = found.result
    assert isinstance(result, Occlusion)
    falls = result.maps.raw_max(output)
    note = f"patch of {result.patch_px} px; 1 is a fall by {falls:.2f}"
    return Look(maps=result.maps, note=note)


def _integrated(asked: Asked) -> Look:
    found = asked.found
    if found is None:
        return Look(maps=None, saying=asked.saying)
    result = found.result
    assert isinstance(result, Integrated)
    difference = result.answer - result.baseline
    note = f"pixels sum to {result.total:+.2f}; answer against empty sky {difference:+.2f}"
    return Look(maps=result.maps, note=note)


def _board(shown: Shown, image: NDArray[np.uint8], output: str, every: Mapping[str, Look]) -> None:
    method = parameter("method", TITLES, CAM)
    order = [method, *(name for name in TITLES if name != method)]
    panels = [_panel(shown, image, output, name, every, large=name == method) for name in order]
    alone = Panel(
        name="alone", title="The galaxy", image=image, note=_seen(image),
        alt=f"{shown.object_id} as the network sees it", file=f"{shown.object_id}.png",
    )  # fmt: skip
    board(
        [panels[0], alone, *panels[1:]], key=f"{shown.key}:board",
        on_pick=lambda name: keep("method", name, CAM),
    )  # fmt: skip
    st.caption(f"{_MEANS[method]} {_SCALE}")


def _seen(image: NDArray[np.uint8]) -> str:
    height, width = image.shape[:2]
    return f"{width} x {height} px"


def _panel(
    shown: Shown,
    image: NDArray[np.uint8],
    output: str,
    name: str,
    every: Mapping[str, Look],
    *,
    large: bool,
) -> Panel:
    look = every[name]
    words = explain_answers.words(shown, output)
    zero = look.maps is not None and look.maps.is_zero(output)
    heat = look.maps.shown(output) if look.maps is not None and not zero else None
    saying = f"Nothing in it speaks for {words}: this map is zero." if zero else look.saying
    note = look.note if large else _agrees(every, name, output)
    told = saying or f"{note}; {where(heat)}"
    return Panel(
        name=name, title=TITLES[name], image=image, heat=heat, line=name != INTEGRATED,
        saying=saying, note=note, pick=not large,
        alt=f"{TITLES[name]} of {words or 'its answer'} on {shown.object_id}: {told}",
        file=f"{shown.object_id}-{name}-{output}.png",
    )  # fmt: skip


def _agrees(every: Mapping[str, Look], name: str, output: str) -> str:
    """How a small map agrees with the large one."""
    method = parameter("method", TITLES, CAM)
    one, other = every[name].maps, every[method].maps
    if one is None or other is None:
        return ""
    r = agreement(one, other, output)
    return "" if r is None else f"agrees {r:.2f}"


def where(heat: NDArray[np.float32] | None) -> str:
    """Say in words where a map is strong, for who cannot see it."""
    if heat is None:
        return "no map"
    weight = heat / max(float(heat.sum()), 1e-12)
    size = heat.shape[0]
    at = (np.arange(size) + 0.5) / size - 0.5
    x, y = float(weight.sum(axis=0) @ at), float(weight.sum(axis=1) @ at)
    sides = [
        *(["above"] if y < -_OFF else ["below"] if y > _OFF else []),
        *(["left"] if x < -_OFF else ["right"] if x > _OFF else []),
    ]
    share = float((heat > 0.5).mean())
    place = " and ".join(sides) + " of the centre" if sides else "around the centre"
    return f"strongest {place}, above half on {share:.0%} of the image"
