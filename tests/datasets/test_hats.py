"""Parts of HATS catalogues; what needs lsdb runs where the extra 'hats' is installed."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from astropy.coordinates import SkyCoord

from astro_core import extras
from astro_core.datasets.hats import Cone, HatsCatalogue, is_address, parse_cone
from astro_core.errors import BadInputError

N = 400
FIRST_ID = 2**62  # more than a float can hold
NEAR = Cone(ra_deg=359.5, dec_deg=-30.0, radius_deg=12.0)


def needs_lsdb(test):
    """lsdb 0.11 still does what pandas 3.1 calls deprecated."""
    quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning")(test)
    missing = find_spec("lsdb") is None
    return pytest.mark.skipif(missing, reason="the extra 'hats' is not installed")(quiet)


def test_a_circle_is_three_numbers_on_the_sky():
    assert parse_cone("359.5, -30,12") == NEAR
    for text in ("", "1,2", "1,2,3,4", "a,b,c", "361,0,1", "0,91,1", "0,0,0", "0,0,nan"):
        with pytest.raises(BadInputError, match="no circle"):
            parse_cone(text)


def test_addresses_are_told_from_files():
    assert is_address("https://data.lsdb.io/hats/gaia_dr3")
    assert not is_address("/data/https/survey")
    assert not is_address("http://insecure/survey")


def test_without_lsdb_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(BadInputError, match=r"needs the package lsdb.*'\.\[hats\]'"):
        HatsCatalogue(str(tmp_path), NEAR)


@pytest.fixture(scope="module")
def sky():
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "source_id": np.arange(N) + FIRST_ID,
            "ra": rng.uniform(0, 360, N),
            "dec": rng.uniform(-60, 0, N),
            "mag": rng.normal(18, 1, N),
        }
    )


@pytest.fixture(scope="module")
def folder(sky, tmp_path_factory):
    import lsdb

    place = tmp_path_factory.mktemp("hats") / "sky"
    catalogue = lsdb.from_dataframe(sky, partition_rows=50, margin_threshold=None)
    catalogue.write_catalog(place, progress_bar=False)
    return place


def near_ids(sky):
    middle = SkyCoord(NEAR.ra_deg, NEAR.dec_deg, unit="deg")
    places = SkyCoord(sky["ra"], sky["dec"], unit="deg")
    return set(sky["source_id"][middle.separation(places).deg < NEAR.radius_deg].astype(str))


@needs_lsdb
def test_a_circle_across_midnight_is_cut_out_to_the_last_digit(sky, folder):
    found = HatsCatalogue(str(folder), NEAR)
    rows = pd.concat(found.batches(["source_id", "mag"]))
    assert list(rows.columns) == ["source_id", "mag"]
    assert len(found) == len(rows) > 5
    assert set(rows["source_id"]) == near_ids(sky)
    whole = HatsCatalogue(str(folder))
    assert len(whole) == N == sum(map(len, whole.batches(["mag"])))
    assert whole.state[0] == N
    assert set(whole.columns) == set(sky.columns)


@needs_lsdb
def test_what_is_served_is_read_as_what_is_here(sky, folder):
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{folder.name}"
        found = HatsCatalogue(address, NEAR)
        assert found.name == folder.name
        rows = pd.concat(found.batches(["source_id"]))
        server.shutdown()
    assert set(rows["source_id"]) == near_ids(sky)


@needs_lsdb
def test_what_is_no_hats_catalogue_or_has_nothing_there_is_refused(folder, tmp_path):
    with pytest.raises(BadInputError, match="cannot be read as a HATS catalogue"):
        HatsCatalogue(str(tmp_path))
    with pytest.raises(BadInputError, match="no coverage"):
        HatsCatalogue(str(folder), Cone(ra_deg=10, dec_deg=80, radius_deg=1))
