"""What goes to a person, counted by hand."""

import numpy as np
import pytest

from astro_core.errors import BadInputError
from astro_core.evaluation.report import report
from astro_core.evaluation.thresholds import (
    STEPS,
    at_threshold,
    band_table,
    in_band,
    threshold_table,
)

RNG = np.random.default_rng(0)
P = RNG.dirichlet((0.6, 0.6, 0.6), 3000)
Y = (P.cumsum(axis=1) < RNG.random((3000, 1))).sum(axis=1)
SECOND = np.array([0.0, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 1.0])
TWO = np.column_stack([1 - SECOND, SECOND])
LABELS = np.array([0, 0, 1, 0, 1, 1, 0, 1])


def at(table, threshold):
    return table.iloc[int(np.abs(STEPS - threshold).argmin())]


def test_the_table_is_what_each_threshold_gives():
    table = threshold_table(P, Y)
    for threshold in (0.0, 0.4, 0.755, 0.9):
        found, row = at_threshold(P, Y, threshold), at(table, threshold)
        assert row["defined"] == pytest.approx(found.n_defined / 3000)
        assert row["accuracy"] == pytest.approx(found.n_right / found.n_defined)
    first = report(P, Y, ("a", "b", "c"))
    assert table.iloc[0]["accuracy"] == pytest.approx(first.accuracy)
    assert table.iloc[0]["recall"] == pytest.approx(first.balanced_accuracy)
    assert table.iloc[0]["f1"] == pytest.approx(first.macro_f1)
    assert table.iloc[0]["precision"] == pytest.approx(first.by_class["precision"].mean())


def test_a_higher_threshold_leaves_more_undefined_and_is_more_often_right():
    table = threshold_table(P, Y)
    assert (table["defined"].diff().dropna() <= 0).all()
    assert at(table, 0.8)["accuracy"] > at(table, 0.35)["accuracy"]
    assert at(table, 0.8)["recall"] < at(table, 0.35)["recall"]


def test_the_usual_band_is_what_undefined_means():
    band, one = in_band(TWO, LABELS, 0.25, 0.75), at_threshold(TWO, LABELS, 0.75)
    assert band.undefined.tolist() == [False] * 3 + [True] * 2 + [False] * 3
    assert band.undefined.tolist() == one.undefined.tolist()
    assert (band.n, band.n_undefined, band.n_defined, band.n_right) == (8, 2, 6, 4)
    assert band.n_right == one.n_right


def test_a_band_need_not_lie_around_one_half():
    found = in_band(TWO, LABELS, 0.55, 0.8)
    assert found.undefined.tolist() == [False] * 4 + [True] * 2 + [False] * 2
    assert found.n_right == 4  # 0.5 is the first class now
    assert in_band(TWO, LABELS, 0.5, 0.5).n_undefined == 0


def test_the_band_table_is_what_each_end_gives():
    table = band_table(TWO, LABELS)
    row = at(table, 0.6)
    assert (row["precision_1"], row["recall_1"]) == (3 / 4, 3 / 4)
    assert (row["precision_0"], row["recall_0"]) == (3 / 5, 3 / 4)
    assert row["below"] == 4 / 8
    assert row["f1_0"] == pytest.approx(2 / 3)
    assert np.isfinite(table.iloc[-1]["precision_1"])  # 1.0 reaches 1


@pytest.mark.parametrize(
    ("p", "band", "said"), [(P[:8], (0.2, 0.8), "do not belong"), (TWO, (0.8, 0.2), "has to end")]
)
def test_what_is_no_band_is_refused(p, band, said):
    with pytest.raises(BadInputError, match=said):
        in_band(p, LABELS, *band)
