import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from astro_core.datasets.boxes import BACKGROUND
from astro_core.datasets.demo.bands import BAND_NAMES, BANDS, PIXEL_SCALE_ARCSEC, R
from astro_core.datasets.demo.damage import KINDS, count_damaged, deal_damage
from astro_core.datasets.demo.stamps import Pointing, fits_bytes, frame_cards, pack
from astro_core.datasets.demo.survey import galaxy_of, make_objects, stamp_size, take_frame

N_GOOD, SEED = 40, 7


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    made = make_objects(str(folder), SEED, N_GOOD, range(14))
    return folder, [each["row"] for each in made]


def names_and_bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_files_do_not_depend_on_how_the_work_is_shared_out(made, tmp_path):
    folder, rows = made
    again = []
    for numbers in ([9, 3], [0], [13, 12, 1, 2]):
        made_now = make_objects(str(tmp_path), SEED, N_GOOD, numbers)
        again += [each["row"] for each in made_now]
    first, second = names_and_bytes(folder), names_and_bytes(tmp_path)
    assert second
    assert all(first[name] == raw for name, raw in second.items())
    known = {row["object_id"]: row for row in rows}
    for row in again:
        np.testing.assert_equal(row, known[row["object_id"]])


def test_another_seed_gives_another_sky(made, tmp_path):
    folder, _ = made
    make_objects(str(tmp_path), SEED + 1, N_GOOD, [0])
    first = names_and_bytes(folder)
    assert all(first.get(name) != raw for name, raw in names_and_bytes(tmp_path).items())


def good_names(rows):
    damaged = deal_damage(N_GOOD, SEED)
    return [row for i, row in enumerate(rows) if i not in damaged]


def test_headers_say_what_a_stamp_is(made):
    folder, rows = made
    row = good_names(rows)[0]
    for band in BANDS:
        with fits.open(folder / f"{row['object_id']}_{band.name}.fits") as hdus:
            hdus.verify("exception")
            header = hdus[0].header
            raw_bitpix = header["BITPIX"]
            data = hdus[0].data
        assert header["FILTER"] == band.name
        assert header["SIMULATE"] is True
        assert "simulated" in header.comments["SIMULATE"]
        assert header["BUNIT"] == "uJy"
        assert raw_bitpix in (8, 16, -32)  # astropy rewrites it once data are scaled
        assert data.shape == (header["NAXIS2"], header["NAXIS1"])
        assert min(data.shape) >= 128


def test_stamps_are_stored_as_scaled_integers(made):
    folder, rows = made
    for row in good_names(rows):
        raw = (folder / f"{row['object_id']}_R.fits").read_bytes()
        assert len(raw) % 2880 == 0
        header = fits.Header.fromstring(raw[:2880].decode("ascii"))
        assert header["BITPIX"] in (8, 16)
        assert header["BSCALE"] > 0


def test_the_wcs_points_at_the_object(made):
    folder, rows = made
    row = good_names(rows)[0]
    header = fits.getheader(folder / f"{row['object_id']}_G.fits")
    wcs = WCS(header)
    middle = header["NAXIS1"] // 2
    ra, dec = wcs.pixel_to_world_values(middle, middle)
    assert ra == pytest.approx(row["ra_deg"], abs=1e-6)
    assert dec == pytest.approx(row["dec_deg"], abs=1e-6)
    scales = wcs.proj_plane_pixel_scales()
    assert [s.to_value("arcsec") for s in scales] == pytest.approx([PIXEL_SCALE_ARCSEC] * 2)
    east, _ = wcs.pixel_to_world_values(middle - 10, middle)
    assert east > ra


def test_pixels_come_back_within_half_a_step(made):
    folder, rows = made
    damaged = deal_damage(N_GOOD, SEED)
    number = next(i for i in range(14) if i not in damaged)
    frame = take_frame(galaxy_of(number, N_GOOD, SEED), number, SEED)
    for i, band in enumerate(BAND_NAMES):
        path = folder / f"{rows[number]['object_id']}_{band}.fits"
        raw_header = fits.Header.fromstring(path.read_bytes()[:2880].decode("ascii"))
        step = raw_header["BSCALE"]
        read = fits.getdata(path)
        assert np.abs(read - frame.images[i]).max() <= 0.52 * step
        assert step <= 0.51 * frame.night.sky_sigma[i] or frame.images[i].max() > 1000


def test_the_box_of_a_galaxy_is_in_its_stamp_and_a_star_has_none():
    kinds = {galaxy_of(i, 300, SEED).kind: i for i in range(300)}
    star = take_frame(galaxy_of(kinds["star"], 300, SEED), kinds["star"], SEED)
    assert star.box is None
    spiral = take_frame(galaxy_of(kinds["spiral"], 300, SEED), kinds["spiral"], SEED)
    x0, y0, x1, y1 = spiral.box.corners
    side = spiral.images.shape[-1]
    assert 0 <= x0 < side // 2 < x1 <= side
    assert 0 <= y0 < side // 2 < y1 <= side
    inside = spiral.images[R, y0:y1, x0:x1]
    assert inside.mean() > spiral.night.sky_sigma[R]
    assert spiral.box.snr > 5


def test_galaxies_behind_have_boxes_that_hold_their_light_and_only_theirs():
    frames = {i: take_frame(galaxy_of(i, 300, SEED), i, SEED) for i in range(40)}
    found = [(frame, *each) for frame in frames.values() for each in frame.behind]
    assert len(found) > 80  # 4.5 in a square arcmin, most of them brighter than the sky
    inside = [each for each in found if each[2].snr]
    for frame, galaxy, box in found:
        x0, y0, x1, y1 = box.corners
        side = frame.images.shape[-1]
        assert 0 <= x0 < x1 <= side
        assert 0 <= y0 < y1 <= side
        beyond = max(map(abs, galaxy.place)) >= side / 2 * PIXEL_SCALE_ARCSEC
        assert beyond == (box.snr == 0)
    for frame, galaxy, box in inside:
        middle = frame.images.shape[-1] // 2 + np.array(galaxy.place) / PIXEL_SCALE_ARCSEC
        assert (middle >= np.array(box.corners[:2]) - 1).all()
        assert (middle <= np.array(box.corners[2:]) + 1).all()
    bright = [each for each in inside if each[2].snr > 25]
    assert len(bright) >= 3
    for frame, _galaxy, box in bright:
        x0, y0, x1, y1 = box.corners
        light = frame.images[R, y0:y1, x0:x1]
        assert light.mean() > frame.night.sky_sigma[R]


def test_the_table_of_boxes_names_what_is_behind(tmp_path):
    (told,) = make_objects(str(tmp_path), SEED, 300, [1])
    frame = take_frame(galaxy_of(1, 300, SEED), 1, SEED)
    own, *others = told["boxes"]
    assert (own["object_id"], own["snr"]) == ("SIM-00002", round(frame.box.snr, 2))
    assert len(others) == len(frame.behind) > 0
    wcs = WCS(fits.getheader(tmp_path / "SIM-00002_R.fits"))
    for row in others:
        assert (row["field"], row["type"]) == ("SIM-00002", BACKGROUND)
        x, y = wcs.all_world2pix(row["ra_deg"], row["dec_deg"], 0)
        assert abs(x - row["x_centre"]) < 0.1
        assert abs(y - row["y_centre"]) < 0.1
    assert len({row["object_id"] for row in told["boxes"]}) == len(told["boxes"])


@pytest.mark.parametrize(("peak", "bits"), [(20.0, 8), (3000.0, 16), (1e6, 16)])
def test_eight_bits_only_where_they_hold_the_range(peak, bits):
    rng = np.random.default_rng(0)
    image = rng.normal(0, 0.5, (32, 32)).astype(np.float32)
    image[5, 5] = peak
    integers, scale, zero = pack(image, 0.5)
    assert 8 * integers.dtype.itemsize == bits
    assert np.abs(zero + scale * integers.astype(float) - image).max() <= 0.51 * scale


def test_a_band_without_data_reads_as_nan():
    pointing = Pointing(name="x", ra_deg=1.0, dec_deg=2.0, seed=0)
    cards = frame_cards(pointing, (8, 8))
    raw = fits_bytes(np.full((8, 8), np.nan, dtype=np.float32), 0, 1.5, 0.3, cards)
    data = fits.HDUList.fromstring(raw)[0].data
    assert np.isnan(data).all()


def test_every_kind_of_damage_is_dealt_once_before_any_twice():
    assert count_damaged(1500) == 15
    assert sorted(deal_damage(40, 3).values()) == sorted(KINDS)
    assert len(deal_damage(1500, 0)) == 15


def test_sizes_of_stamps_follow_the_galaxy():
    sizes = [stamp_size(galaxy_of(i, 1500, 0)) for i in range(1515)]
    assert set(sizes) == {128, 192, 256}
    assert 0.85 < sizes.count(128) / len(sizes) < 0.99
