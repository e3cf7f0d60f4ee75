import numpy as np
import pytest

from astro_core.figures.galaxy_map import MISSING, by_kind, by_value, densest, ramp


def luminance(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_kinds_have_their_colour_their_mark_and_their_count():
    xy = np.array([[0, 0], [0.1, 0], [9, 9], [5, 5]], dtype=np.float32)
    look = by_kind(
        np.array([1, 1, 0, -1]), ["ring", "spiral", "unused"], ["#111111", "#222222", "#333333"],
        xy, of="class", title="class", marks=["R", "S", "U"], nobody="no label",
    )  # fmt: skip
    assert [look.palette[code] for code in look.codes[:3]] == ["#222222", "#222222", "#111111"]
    assert look.codes[3] == MISSING
    told = [(e.name, e.mark, e.count) for e in look.entries]
    assert told == [("ring", "R", 1), ("spiral", "S", 2), ("no label", "", 1)]
    assert look.entries[0].place == (9, 9)
    assert look.entries[-1].place is None
    assert look.values is None


def test_kinds_without_marks_put_none_on_the_map():
    look = by_kind(np.array([0]), ["a"], ["#111111"], np.zeros((1, 2)), of="x", title="x")
    assert look.entries[0].place is None


def test_values_run_between_robust_ends():
    values = np.append(np.linspace(0, 1, 999), 1e6)
    look = by_value(values, of="z", title="redshift")
    assert look.limits == pytest.approx((0.02, 0.98), abs=0.002)
    assert "2nd and 98th percentile" in look.note
    assert look.codes[0] == 1
    assert look.codes[-1] == len(look.palette) - 1
    assert (np.diff(look.codes[:-1].astype(int)) >= 0).all()
    assert look.entries == ()


def test_values_that_are_missing_are_counted_and_grey():
    look = by_value(np.array([1.0, np.nan, 3.0, np.inf]), of="z", title="z")
    np.testing.assert_array_equal(look.codes == MISSING, [False, True, False, True])
    assert [(e.name, e.count) for e in look.entries] == [("no value", 2)]
    assert np.isnan(look.values[[1, 3]]).all()


@pytest.mark.parametrize("values", [[np.nan, np.nan], [4.0, 4.0, 4.0], []])
def test_nothing_to_tell_apart_is_still_drawn(values):
    look = by_value(np.array(values), of="z", title="z")
    assert len(look.codes) == len(values)
    assert look.note == ""


def test_two_values_of_which_one_is_rare_have_both_ends():
    look = by_value(np.array([0.0] * 99 + [1.0]), of="z", title="z")
    assert look.limits == (0.0, 1.0)


@pytest.mark.parametrize("light", [False, True])
def test_colours_of_values_grow_lighter_and_stand_out_from_the_ground(light):
    brightness = [luminance(colour) for colour in ramp(light=light)]
    assert (np.diff(brightness) > 0).all()
    ground = 1.0 if light else 0.0
    nearest = min(abs(b - ground) for b in brightness)
    assert nearest > 0.03


def test_a_mark_stands_in_the_crowd_not_between_crowds():
    rng = np.random.default_rng(0)
    crowd = rng.normal((10, 10), 0.2, (200, 2))
    few = rng.normal((-10, -10), 0.2, (50, 2))
    assert densest(np.vstack((crowd, few))) == pytest.approx((10, 10), abs=0.5)
    assert densest(np.empty((0, 2))) is None
    assert densest(np.ones((5, 2))) == (1, 1)
