import plotly.graph_objects as go

from astro_core.figures import theme
from astro_core.figures.group_colours import (
    counted,
    group_colour,
    group_label,
    in_order,
)


def test_colours_repeat_and_noise_is_grey():
    colours = [group_colour(g) for g in range(26)]
    assert len(set(colours[:24])) == 24
    assert colours[24:] == colours[:2]
    assert group_colour(-1) == theme.NOBODY


def test_the_light_figure_has_light_groups_also_where_they_are_faded():
    figure = go.Figure(
        go.Scatter(
            x=[1], y=[2], fillcolor=theme.faded(theme.GROUPS[3], 0.25), marker_color=theme.INK
        )
    )
    figure.add_bar(x=[1], y=[1], marker_color=[theme.GROUPS[0], theme.GROUND, theme.RAMP[1]])
    light = theme.lighten(theme.finish(figure, "t"))
    assert light.data[0].fillcolor == theme.faded(theme.GROUPS_LIGHT[3], 0.25)
    assert light.data[0].marker.color == theme.INK_LIGHT
    assert list(light.data[1].marker.color) == [
        theme.GROUPS_LIGHT[0], theme.GROUND_LIGHT, theme.RAMP_LIGHT[1]
    ]  # fmt: skip


def test_a_group_is_called_by_its_number_and_its_name():
    assert [group_label(g, {3: "rings"}) for g in (0, 3, -1)] == ["0", "3 rings", "noise"]
    assert in_order([2, -1, 0]) == [0, 2, -1]
    assert counted(1, "galaxy") == "1 galaxy"
    assert [counted(n, w) for n, w in ((3615, "galaxy"), (2, "branch"), (0, "group"))] == [
        "3,615 galaxies", "2 branches", "0 groups"
    ]  # fmt: skip
