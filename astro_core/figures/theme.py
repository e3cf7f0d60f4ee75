"""How every figure looks, and which colour is which class.

The palette was found by maximising the smallest difference (Oklab, Ottosson 2020) between any
two of its colours as seen with normal vision and with full protan-, deuter- and tritanopia
(Machado et al. 2009, IEEE TVCG 15, 1291). Colour is never the only carrier: every class also
has a letter, and from the twelfth class on a pattern.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from astro_core.domain import Taxonomy

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PALETTE = (
    "#56B4E9",
    "#F2A23A",
    "#B5E59B",
    "#AE57BB",
    "#FF68A0",
    "#EBF43E",
    "#4782FA",
    "#C75370",
    "#9FFCF2",
    "#C68129",
    "#87D7F7",
)
PALETTE_LIGHT = (
    "#085388",
    "#5C2507",
    "#687C02",
    "#A974F7",
    "#8E0C59",
    "#605A11",
    "#1B1C97",
    "#9C5A6F",
    "#059EB1",
    "#C48366",
    "#2176B9",
)
NOBODY = "#9AA3B2"  # no label yet
NOBODY_LIGHT = "#6B7482"
# what `figures.group_colours` hands out
GROUPS = (
    "#A5B8F2", "#5E6A30", "#3F6D95", "#884E68", "#9E7965", "#817EB3", "#56A19B", "#F9E7AF",
    "#AA9F61", "#DFA3BF", "#CDE3FF", "#D3C9AE", "#BFCBD6", "#9194BE", "#9EE8D6", "#9C5A61",
    "#86B5A7", "#C2B471", "#477E90", "#EDEDFC", "#8D914E", "#F6D09C", "#837330", "#B7827F",
)  # fmt: skip
GROUPS_LIGHT = (
    "#71517E", "#126E55", "#AB6F48", "#49305C", "#6D71AA", "#62A896", "#693F1F", "#AB9852",
    "#2F4D4A", "#8C5626", "#957A89", "#9492C6", "#7B6478", "#7896A6", "#555E98", "#563932",
    "#655233", "#55282E", "#50466D", "#495A63", "#278666", "#5089AE", "#C78686", "#193E46",
)  # fmt: skip
# drawn things that are neither a class nor a group: lines and words, the ground, what is in between
INK, INK_LIGHT = "#E7E9EE", "#171B24"
GROUND, GROUND_LIGHT = "#0B0D12", "#FFFFFF"
RAMP = ("#161A23", "#34415C", "#6B82AB", "#C9D6EE")  # a quantity, from little to much
RAMP_LIGHT = ("#F1F3F7", "#BFCADF", "#7388B3", "#27365A")
PATTERNS = ("", "/", "x", "-", "\\", "+", "|", ".")
LEGEND_BELOW = {"yref": "container", "y": 0, "yanchor": "bottom", "font": {"size": 12}}
TEMPLATE = "tuning_fork"
TEMPLATE_LIGHT = "tuning_fork_light"
_TITLE_LINE_PX, _TITLE_PAD_PX, _TITLE_ROOM_PX = 20, 8, 42
FONT = "'Plex Sans', 'Segoe UI', 'Helvetica Neue', sans-serif"

_DARK = {"text": INK, "soft": NOBODY, "grid": "#232936", "paper": GROUND}
_LIGHT = {"text": INK_LIGHT, "soft": "#59616F", "grid": "#E2E5EA", "paper": GROUND_LIGHT}


def class_colours(taxonomy: Taxonomy, *, light: bool = False) -> dict[str, str]:
    """Colour of each class as "#RRGGBB", fixed by its place in the taxonomy.

    Stamps are dark whatever the theme, so rings and badges on them always use the dark palette.
    Colours repeat after the eleventh class; `class_patterns` tells the repeats apart.
    """
    palette = PALETTE_LIGHT if light else PALETTE
    return {name: palette[i % len(palette)] for i, name in enumerate(taxonomy.class_names)}


def class_patterns(taxonomy: Taxonomy) -> dict[str, str]:
    """Plotly fill pattern of each class; empty for the first eleven."""
    names = taxonomy.class_names
    return {name: PATTERNS[(i // len(PALETTE)) % len(PATTERNS)] for i, name in enumerate(names)}


def class_letters(taxonomy: Taxonomy) -> dict[str, str]:
    """One to three letters for each class, all different, taken from its name.

    "spiral_clockwise" and "spiral_anticlockwise" become "SC" and "SA".
    """
    return dict(_letters(taxonomy.class_names))


@lru_cache(maxsize=64)
def _letters(names: tuple[str, ...]) -> Mapping[str, str]:
    """Letters of classes; pages ask again for every caption."""
    letters: dict[str, str] = {}
    taken: set[str] = set()
    for place, name in enumerate(names, start=1):
        choice = next((c for c in _abbreviations(name) if c not in taken), str(place))
        taken.add(choice)
        letters[name] = choice
    return letters


def _abbreviations(name: str) -> list[str]:
    words = [w for w in name.replace("-", "_").replace(" ", "_").split("_") if w]
    if not words:
        return []
    initials = "".join(w[0] for w in words)[:3]
    first = words[0]
    ways = [initials] if len(words) > 1 else [first[:1]]
    ways += [first[:2], first[0] + first[2:3], initials[:2] + words[-1][1:2], first[:3]]
    return [way.upper() for way in ways if way]


def finish(
    figure: Figure,
    title: str,
    *,
    n: int | None = None,
    x: str | None = None,
    y: str | None = None,
    height: int | None = None,
    key: str = "",
    wrap: int = 0,
) -> Figure:
    """Give a figure the look of the house and return it.

    Parameters
    ----------
    title : str
        A sentence that says the finding or asks the question.
    n : int, optional
        How many objects it shows; stated after the title.
    x, y : str, optional
        Axis titles with their units.
    height : int, optional
        Height in pixels.
    key : str
        Zoom and selection survive a redraw as long as this stays the same.
    wrap : int
        Characters after which the title goes on in another line, for which the figure grows;
        0 for a title that is never so long.
    """
    install()
    lines = textwrap.wrap(title, wrap) if wrap else [title]
    count = "" if n is None else f" <span style='font-weight:400'>n = {n:,}</span>"
    said = "<br>".join(lines) + count
    more = _TITLE_LINE_PX * (len(lines) - 1)
    figure.update_layout(template=TEMPLATE, title={"text": said}, uirevision=key or title)
    if more:
        figure.update_layout(title_pad_t=_TITLE_PAD_PX + more / 2, margin_t=_TITLE_ROOM_PX + more)
    if height is not None:
        figure.update_layout(height=height + more)
    if x is not None:
        figure.update_xaxes(title_text=x)
    if y is not None:
        figure.update_yaxes(title_text=y)
    return figure


def in_either_theme(colour: str) -> str:
    """CSS for a class colour: the browser takes the light or the dark one with the theme."""
    light = dict(zip((*PALETTE, NOBODY), (*PALETTE_LIGHT, NOBODY_LIGHT), strict=True))
    return f"light-dark({light[colour]}, {colour})"


def lighten(figure: Figure) -> Figure:
    """Return the figure for the light theme: its template and the light colours."""
    import plotly.graph_objects as go

    install()
    text = figure.to_json()  # knows how to write arrays
    written = re.compile("|".join(map(re.escape, _in_light())))
    text = written.sub(lambda found: _in_light()[found[0]], text)
    return go.Figure(json.loads(text)).update_layout(template=TEMPLATE_LIGHT)


@cache
def _in_light() -> dict[str, str]:
    """How each dark colour may be written, and what stands there in the light theme."""
    dark = (*PALETTE, *GROUPS, *RAMP, NOBODY, INK, GROUND)
    light = (*PALETTE_LIGHT, *GROUPS_LIGHT, *RAMP_LIGHT, NOBODY_LIGHT, INK_LIGHT, GROUND_LIGHT)
    pairs = list(zip(dark, light, strict=True))
    solid = {f'"{a}"': f'"{b}"' for a, b in pairs}
    return solid | {_rgba(a): _rgba(b) for a, b in pairs}


def _rgba(colour: str) -> str:
    return "rgba({},{},{},".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def faded(colour: str, opacity: float) -> str:
    """Give "#RRGGBB" an opacity from 0 to 1, such that `lighten` still knows it."""
    return f"{_rgba(colour)}{opacity:g})"


def install() -> None:
    """Register both templates with plotly; doing it again changes nothing."""
    import plotly.io as pio

    for name, colours, palette in (
        (TEMPLATE, _DARK, PALETTE),
        (TEMPLATE_LIGHT, _LIGHT, PALETTE_LIGHT),
    ):
        if name not in pio.templates:
            pio.templates[name] = _template(colours, palette)


def _template(colours: dict[str, str], palette: tuple[str, ...]) -> dict[str, Any]:
    axis = {
        "gridcolor": colours["grid"],
        "linecolor": colours["soft"],
        "tickcolor": colours["soft"],
        "zerolinecolor": colours["grid"],
        "ticks": "outside",
        "ticklen": 4,
        "tickfont": {"size": 12, "color": colours["soft"]},
        "title": {"font": {"size": 13, "color": colours["soft"]}, "standoff": 8},
        "automargin": True,
    }
    layout = {
        "colorway": list(palette),
        "font": {"family": FONT, "size": 13, "color": colours["text"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "title": {
            "font": {"size": 15, "weight": 600},
            "x": 0,
            "xanchor": "left",
            "xref": "paper",
            "y": 1,
            "yanchor": "top",
            "yref": "container",
            "pad": {"t": _TITLE_PAD_PX},
        },
        "margin": {"l": 12, "r": 12, "t": _TITLE_ROOM_PX, "b": 12},
        "xaxis": axis,
        "yaxis": axis,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title_text": ""},
        "hoverlabel": {
            "bgcolor": colours["paper"],
            "bordercolor": colours["soft"],
            "font": {"family": FONT, "size": 13, "color": colours["text"]},
            "align": "left",
        },
        "bargap": 0.25,
        "dragmode": "lasso",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colours["soft"]},
    }
    bar = {"marker": {"line": {"width": 0}, "pattern": {"solidity": 0.35}}}
    return {"layout": layout, "data": {"bar": [bar]}}
