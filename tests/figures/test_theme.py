import numpy as np
import plotly.graph_objects as go
import pytest

from astro_core.domain import plain_taxonomy
from astro_core.figures import theme

# Machado et al. 2009, severity 1.0, linear RGB
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(colours):
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colours, sight="normal"):
    seen = np.clip(linear(colours) @ np.array(SIGHT[sight]).T, 0, 1)
    return np.cbrt(seen @ np.array(TO_LMS).T) @ np.array(TO_LAB).T


def smallest_difference(colours, sight):
    seen = lab(colours, sight)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    return apart[np.triu_indices(len(colours), 1)].min()


def contrast(colours, background):
    light = linear([*colours, background]) @ [0.2126, 0.7152, 0.0722]
    pairs = [sorted((value, light[-1])) for value in light[:-1]]
    return min((high + 0.05) / (low + 0.05) for low, high in pairs)


@pytest.mark.parametrize("palette", [theme.PALETTE, theme.PALETTE_LIGHT])
@pytest.mark.parametrize("sight", SIGHT)
def test_classes_are_told_apart_by_everybody(palette, sight):
    okabe_ito = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"]
    worst = min(smallest_difference(okabe_ito, s) for s in SIGHT)
    assert smallest_difference(palette, sight) > worst


def test_colours_stand_out_from_their_background():
    assert contrast(theme.PALETTE, "#0B0D12") >= 4.5
    assert contrast(theme.PALETTE_LIGHT, "#FFFFFF") >= 3.0
    assert contrast([theme.NOBODY], "#0B0D12") >= 3.0
    assert contrast([theme.NOBODY_LIGHT], "#FFFFFF") >= 3.0


# the table in the docstring of figures.group_colours
GROUPS_APART = {
    ("dark", 12): (0.099, 0.070, 0.074, 0.082),
    ("dark", 24): (0.052, 0.038, 0.044, 0.044),
    ("light", 12): (0.089, 0.064, 0.063, 0.073),
    ("light", 24): (0.048, 0.038, 0.035, 0.041),
}
PALETTES = {"dark": theme.GROUPS, "light": theme.GROUPS_LIGHT}


@pytest.mark.parametrize(("ground", "n"), GROUPS_APART)
def test_groups_are_as_far_apart_as_we_say(ground, n):
    found = [smallest_difference(PALETTES[ground][:n], sight) for sight in SIGHT]
    assert found == pytest.approx(GROUPS_APART[ground, n], abs=0.0006)


@pytest.mark.parametrize(
    ("groups", "classes"),
    [(theme.GROUPS, theme.PALETTE), (theme.GROUPS_LIGHT, theme.PALETTE_LIGHT)],
)
def test_nobody_takes_a_group_for_a_class(groups, classes):
    apart = np.linalg.norm(lab(groups)[:, None] - lab(classes)[None], axis=-1)
    assert apart.min() > 0.04
    chroma = np.linalg.norm(lab(groups)[:, 1:], axis=1)
    assert chroma.max() < 0.102 < np.median(np.linalg.norm(lab(classes)[:, 1:], axis=1))


def test_groups_and_ink_stand_out_from_their_background():
    assert contrast(theme.GROUPS, theme.GROUND) >= 3
    assert contrast(theme.GROUPS_LIGHT, theme.GROUND_LIGHT) >= 2.7
    assert contrast([theme.INK], theme.GROUND) >= 7
    assert contrast([theme.INK_LIGHT], theme.GROUND_LIGHT) >= 7


def test_a_class_keeps_its_colour_and_its_repeat_has_a_pattern():
    taxonomy = plain_taxonomy("t", tuple(f"class_{i}" for i in range(13)))
    colours, patterns = theme.class_colours(taxonomy), theme.class_patterns(taxonomy)
    assert colours["class_0"] == colours["class_11"] == theme.PALETTE[0]
    assert (patterns["class_0"], patterns["class_10"], patterns["class_11"]) == ("", "", "/")
    assert theme.class_colours(taxonomy, light=True)["class_1"] == theme.PALETTE_LIGHT[1]


def test_letters_are_short_and_all_different():
    names = ("elliptical", "edge_on", "spiral_clockwise", "spiral_anticlockwise", "E", "spiral")
    letters = theme.class_letters(plain_taxonomy("t", names))
    assert (letters["elliptical"], letters["spiral_clockwise"]) == ("E", "SC")
    assert len(set(letters.values())) == len(names)
    many = plain_taxonomy("t", tuple(f"Class {i}" for i in range(40)))
    assert len(set(theme.class_letters(many).values())) == 40
    assert max(map(len, theme.class_letters(many).values())) <= 3


def test_the_light_figure_has_the_light_palette_and_the_same_numbers():
    bars = go.Bar(x=["a", "b"], y=[1, 2], marker_color=list(theme.PALETTE[:2]))
    dark = theme.finish(go.Figure(bars), "There are two", n=3, x="class", y="objects")
    light = theme.lighten(dark)
    assert list(light.data[0].marker.color) == list(theme.PALETTE_LIGHT[:2])
    assert list(dark.data[0].marker.color) == list(theme.PALETTE[:2])
    assert list(light.data[0].y) == [1, 2]
    assert "n = 3" in light.layout.title.text
    assert light.layout.template.layout.font.color == "#171B24"
    assert dark.layout.template.layout.font.color == "#E7E9EE"


def test_css_has_a_colour_for_either_theme():
    assert theme.in_either_theme(theme.PALETTE[2]) == (
        f"light-dark({theme.PALETTE_LIGHT[2]}, {theme.PALETTE[2]})"
    )
    assert theme.in_either_theme(theme.NOBODY).startswith(f"light-dark({theme.NOBODY_LIGHT}")
