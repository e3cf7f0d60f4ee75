from types import SimpleNamespace

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import plain_taxonomy
from astro_core.errors import NotFoundError
from astro_core.workflows.browse import (
    UNLABELLED,
    count_bands,
    count_by,
    count_classes_by_split,
    open_view,
    unit_vectors,
)
from astro_core.workflows.browse_filters import (
    Cone,
    Filters,
    Range,
    in_cone,
    in_polygon,
    select,
)
from astro_core.workflows.browse_query import from_query, to_query

SMOOTH = "t01_smooth_or_features_a01_smooth_debiased"


@pytest.fixture
def view(survey):
    return open_view(survey)


@pytest.fixture
def frame(survey):
    return read_catalogue(survey)


def found(view, **filters):
    return select(view, Filters(**filters)).tolist()


def test_without_filters_everything_comes_in_stored_order(view):
    assert found(view) == list(range(60))
    assert found(view, descending=True) == list(range(59, -1, -1))


def test_counts_follow_the_taxonomy_and_name_what_has_no_label(view, frame):
    counts = count_by(view, "label")
    assert list(counts) == ["elliptical", "spiral", "merger", "ring", UNLABELLED]
    assert counts["ring"] == 0
    assert counts[UNLABELLED] == 2
    assert counts["spiral"] == (frame["label"] == "spiral").sum()
    table = count_classes_by_split(view)
    assert list(table.columns) == ["train", "validation", "test"]
    assert table.to_numpy().sum() == 60
    mask = (frame["label"] == "spiral") & (frame["split"] == "test")
    assert table.loc["spiral", "test"] == mask.sum()


def test_counts_can_be_of_chosen_rows(view):
    rows = np.array([0, 3, 4])
    assert count_by(view, "label", rows) == {
        "elliptical": 2,
        "spiral": 0,
        "merger": 0,
        "ring": 0,
        UNLABELLED: 1,
    }
    assert count_bands(view, rows) == {"R": 3, "G": 3, "B": 3}
    assert count_classes_by_split(view, rows).to_numpy().sum() == 3


def test_classes_are_or_and_conditions_are_and(view, frame):
    expected = frame["label"].isin(["merger", "elliptical"]) & (frame["split"] == "train")
    kept = found(view, classes=("merger", "elliptical"), splits=("train",))
    assert kept == np.flatnonzero(expected).tolist()
    assert found(view, classes=(UNLABELLED,)) == [4, 5]
    assert found(view, classes=("ring",)) == []


def test_ranges_include_their_bounds_and_leave_out_what_is_missing(view, frame):
    low, high = frame["redshift"][3], frame["redshift"][8]
    low, high = min(low, high), max(low, high)
    kept = found(view, ranges=(Range(column="redshift", low=low, high=high),))
    assert kept == np.flatnonzero(frame["redshift"].between(low, high)).tolist()
    assert len(found(view, ranges=(Range(column="redshift"),))) == 55
    votes = found(view, ranges=(Range(column=SMOOTH, low=0.5),))
    assert votes == np.flatnonzero(frame[SMOOTH] >= 0.5).tolist()


def test_large_integers_are_compared_exactly(view):
    kept = found(view, ranges=(Range(column="specobjid", low=2**62 + 1, high=2**62 + 1),))
    assert 1 in kept
    assert view.numbers("specobjid").dtype == np.int64


def test_part_of_an_id_is_enough(view, frame):
    assert found(view, text="826740") == [2]
    assert found(view, text="nothing like it") == []
    assert found(view, text="(.*") == []  # not a regular expression


def test_flags(view):
    assert found(view, flags=("votes",)) == list(range(20))
    assert found(view, flags=("no-votes",)) == list(range(20, 60))
    assert found(view, flags=("duplicates",)) == [7]
    assert found(view, flags=("no-position",)) == [10, 11, 12, 13, 14]


def test_sorting_is_stable_both_ways_and_puts_missing_last(view, frame):
    by_label = found(view, sort="label")
    assert by_label[-2:] == [4, 5]
    expected = frame["label"].sort_values(kind="stable").index.tolist()
    assert by_label == expected
    down = found(view, sort="label", descending=True)
    spirals = [r for r in down if frame["label"][r] == "spiral"]
    assert down[: len(spirals)] == spirals == sorted(spirals)
    assert down[-2:] == [4, 5]
    assert found(view, sort="redshift")[-5:] == [10, 11, 12, 13, 14]
    assert found(view, sort="redshift", descending=True)[-5:] == [10, 11, 12, 13, 14]


def test_an_unknown_column_is_said(view):
    with pytest.raises(NotFoundError, match="no column named 'mag'"):
        select(view, Filters(ranges=(Range(column="mag"),)))


@settings(max_examples=60, deadline=None)
@given(
    ra=st.floats(0, 360),
    dec=st.floats(-90, 90),
    radius=st.floats(0.001, 180),
    seed=st.integers(0, 5),
)
def test_a_cone_is_what_astropy_says(ra, dec, radius, seed):
    rng = np.random.default_rng(seed)
    ras = np.concatenate((rng.uniform(0, 360, 50), [0, 360, ra, 10, 20]))
    decs = np.concatenate((rng.uniform(-90, 90, 50), [0, 0, dec, 90, -90]))
    there = SkyCoord(ras, decs, unit=units.deg)
    separation = there.separation(SkyCoord(ra, dec, unit=units.deg)).deg
    clear = np.abs(separation - radius) > 1e-6
    inside = in_cone(unit_vectors(ras, decs), Cone(ra_deg=ra, dec_deg=dec, radius_deg=radius))
    assert np.array_equal(inside[clear], (separation <= radius)[clear])
    assert inside[52]


def test_a_cone_at_the_pole_and_across_ra_zero():
    near = unit_vectors(np.array([0.0, 180.0, 359.9, 0.1]), np.array([89.9, 89.9, 0.0, 0.0]))
    assert in_cone(near, Cone(ra_deg=90, dec_deg=90, radius_deg=0.2)).tolist() == [
        True,
        True,
        False,
        False,
    ]
    wrap = in_cone(near, Cone(ra_deg=0, dec_deg=0, radius_deg=0.15))
    assert wrap.tolist() == [False, False, True, True]


def test_objects_without_position_are_in_no_cone(view):
    kept = found(view, cone=Cone(ra_deg=0, dec_deg=0, radius_deg=180))
    assert kept == [r for r in range(60) if not 10 <= r <= 14]


def test_a_polygon_across_ra_zero():
    ra = np.array([359.0, 1.0, 10.0, 180.0, np.nan])
    dec = np.array([0.0, 0.0, 0.0, 0.0, 0.0])
    corners = ((-2.0, -1.0), (2.0, -1.0), (2.0, 1.0), (-2.0, 1.0))
    assert in_polygon(ra, dec, corners).tolist() == [True, True, False, False, False]
    shifted = tuple((x + 360, y) for x, y in corners)
    assert in_polygon(ra, dec, shifted).tolist() == [True, True, False, False, False]


EVERYTHING = Filters(
    classes=("spiral", UNLABELLED),
    splits=("train",),
    ranges=(
        Range(column="redshift", low=0.01, high=0.1),
        Range(column=SMOOTH, low=0.5),
        Range(column="width_px", high=100),
    ),
    text="58772, &=ü",
    cone=Cone(ra_deg=359.5, dec_deg=-12.25, radius_deg=0.5),
    region=((-2.0, -1.0), (2.0, -1.0), (2.0, 1.0)),
    flags=("votes", "duplicates"),
    sort="redshift",
    descending=True,
)


def test_filters_survive_the_address(view):
    query = to_query(EVERYTHING)
    assert from_query(query, view) == (EVERYTHING, ())
    assert to_query(Filters()) == {}
    assert from_query({}, view) == (Filters(), ())
    assert query["class"] == "spiral,~"
    assert EVERYTHING.n_active == 10


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("class", "dragon"),
        ("split", "tomorrow"),
        ("range", "mag:1:2"),
        ("range", "label:1:2"),
        ("range", "redshift:a:b"),
        ("range", "redshift:nan:"),
        ("cone", "1,2"),
        ("cone", "1,95,1"),
        ("cone", "1,2,0"),
        ("cone", "x,y,z"),
        ("region", "1,2;3,4"),
        ("region", "1;2;3"),
        ("region", ";".join(["1,2"] * 1000)),
        ("flag", "shiny"),
        ("sort", "-beauty"),
    ],
)
def test_nonsense_in_the_address_is_told_and_left_out(view, key, text):
    filters, problems = from_query({key: text, "id": "826740"}, view)
    assert filters == Filters(text="826740")
    assert len(problems) == 1
    assert f"'{key}'" in problems[0]


@settings(max_examples=80, deadline=None)
@given(
    query=st.dictionaries(
        st.sampled_from(("class", "split", "range", "id", "cone", "region", "flag", "sort")),
        st.text(max_size=30),
    )
)
def test_no_address_crashes(query):
    from_query(query, _STUB)


class _StubView:
    """Stands for a view in a test that draws hundreds of addresses."""

    columns = ("redshift", "label")
    dataset = SimpleNamespace(taxonomy=plain_taxonomy("stub", ("a",)))

    def is_numeric(self, name):
        return name == "redshift"

    def codes(self, name):
        return np.zeros(1, np.int32), ("a",)


_STUB = _StubView()


def test_reversed_bounds_are_put_right(view):
    filters, _ = from_query({"range": "redshift:0.2:0.1"}, view)
    assert filters.ranges == (Range(column="redshift", low=0.1, high=0.2),)


def test_a_row_has_every_value(view, frame):
    values = view.values_of(7)
    assert list(values) == list(frame.columns)
    assert values["duplicate_of"] == frame["object_id"][6]
    assert values["specobjid"] == 2**62 + 7
    with pytest.raises(NotFoundError):
        view.values_of(60)


def test_rows_and_ids_go_both_ways(view, frame):
    ids = view.ids(np.array([5, 2]))
    assert ids == frame["object_id"][[5, 2]].tolist()
    assert view.rows_of([*ids, "none"]).tolist() == [5, 2, -1]
    page = view.frame(np.array([5, 2]), ["object_id", "label", "redshift"])
    assert page["object_id"].tolist() == ids
    assert page["label"].isna().tolist() == [True, False]
