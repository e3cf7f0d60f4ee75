import numpy as np
import pandas as pd
import pytest

from astro_core.datasets.catalogue import read_catalogue
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.browse import open_view
from astro_core.workflows.browse_filters import Filters, Range, select
from astro_core.workflows.crossmatch import (
    CrossmatchParams,
    crossmatch,
    delete_match,
    guess_positions,
    list_matches,
    matches_state,
    positions,
    save_match,
)

ARCSEC = 1 / 3600


@pytest.fixture
def table(survey):
    """Sources 1 arcsec north of objects 30..34, one 5 arcsec off object 40, one far away."""
    ours = read_catalogue(survey, ["ra_deg", "dec_deg"])
    ra = [*ours["ra_deg"][30:35], ours["ra_deg"][40], 123.0, np.nan]
    dec = [*(ours["dec_deg"][30:35] + ARCSEC), ours["dec_deg"][40] + 5 * ARCSEC, 7.0, 1.0]
    return pd.DataFrame(
        {
            "RAJ2000": ra,
            "DEJ2000": dec,
            "flux": np.arange(8) * 1.5,
            "id": [2**62 + i for i in range(8)],
            "name": [f"src {i}" for i in range(7)] + [None],
        }
    )


def test_the_nearest_source_within_the_radius(survey, table):
    match = crossmatch(survey, table, "RAJ2000", "DEJ2000", CrossmatchParams(radius_arcsec=2))
    assert match.n_matched == 5
    assert match.n_without_position == 5
    assert len(match.object_ids) == 55
    assert match.separations_arcsec[match.matched] == pytest.approx([1] * 5, abs=1e-6)
    assert match.table_rows[match.matched].tolist() == [0, 1, 2, 3, 4]
    wider = crossmatch(survey, table, "RAJ2000", "DEJ2000", CrossmatchParams(radius_arcsec=6))
    assert wider.n_matched == 6
    assert wider.n_shared == 0


def test_a_source_shared_by_two_objects_is_counted(survey, table):
    one = table.iloc[[0]]
    match = crossmatch(survey, one, "RAJ2000", "DEJ2000", CrossmatchParams(radius_arcsec=3600))
    assert match.n_matched == 1
    assert match.n_shared == 0


def test_a_match_becomes_columns_that_filter_and_sort(survey, table):
    match = crossmatch(survey, table, "RAJ2000", "DEJ2000")
    before = matches_state(survey)
    save_match(survey, "my x-rays", match, table)
    assert list_matches(survey) == ("my_x_rays",)
    assert matches_state(survey) != before
    view = open_view(survey)
    assert "my_x_rays_separation_arcsec" in view.extra_columns
    kept = select(view, Filters(ranges=(Range(column="my_x_rays_flux", low=3),)))
    assert kept.tolist() == [32, 33, 34]
    assert view.values_of(31)["my_x_rays_id"] == 2**62 + 1
    assert view.values_of(31)["my_x_rays_name"] == "src 1"
    assert view.values_of(0)["my_x_rays_flux"] is None
    delete_match(survey, "my_x_rays")
    assert open_view(survey).extra_columns == ()
    with pytest.raises(NotFoundError):
        delete_match(survey, "my_x_rays")


def test_nothing_within_the_radius_is_not_kept(survey, table):
    match = crossmatch(survey, table, "RAJ2000", "DEJ2000", CrossmatchParams(radius_arcsec=0.01))
    with pytest.raises(BadInputError, match="larger radius"):
        save_match(survey, "none", match, table)
    assert list_matches(survey) == ()


@pytest.mark.parametrize("name", ["../out", "", "a/b"])
def test_a_name_cannot_leave_the_folder(survey, table, name):
    match = crossmatch(survey, table, "RAJ2000", "DEJ2000")
    with pytest.raises(BadInputError):
        save_match(survey, name, match, table)


def test_position_columns_are_found_by_name(table):
    assert guess_positions(table) == ("RAJ2000", "DEJ2000")
    assert guess_positions(pd.DataFrame({" Ra ": [], "DEC": []})) == (" Ra ", "DEC")
    assert guess_positions(pd.DataFrame({"x": [], "dec": []})) is None


def test_sexagesimal_positions():
    table = pd.DataFrame({"ra": ["10:30:00", None], "dec": ["-02:30:00", "1"]})
    ra, dec = positions(table, "ra", "dec")
    assert ra[0] == pytest.approx(157.5)
    assert dec[0] == pytest.approx(-2.5)
    assert np.isnan(ra[1])


def test_numbers_written_as_text_are_degrees():
    ra, dec = positions(pd.DataFrame({"ra": ["-10.5"], "dec": ["3"]}), "ra", "dec")
    assert ra[0] == 349.5
    assert dec[0] == 3


@pytest.mark.parametrize(
    ("ra", "dec", "said"),
    [
        (["here"], ["there"], "cannot be read"),
        ([1.0], [100.0], "not a declination"),
    ],
)
def test_what_is_no_position_is_said(ra, dec, said):
    with pytest.raises(BadInputError, match=said):
        positions(pd.DataFrame({"ra": ra, "dec": dec}), "ra", "dec")


def test_missing_column_and_missing_positions_are_said(survey, table):
    with pytest.raises(BadInputError, match="no column named 'ra'"):
        crossmatch(survey, table, "ra", "dec")
    with pytest.raises(BadInputError, match="Your table has no positions"):
        crossmatch(survey, table.iloc[[7]], "RAJ2000", "DEJ2000")
