import warnings

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from astro_core.domain import Pixels
from astro_core.errors import BadInputError
from astro_core.features import EXTRACTORS
from astro_core.features.morphology import STATISTICS, MorphologyParams, measure_morphology
from astro_core.features.segmentation import block_means, segment_centre

SIZE = 120
SEEING_PX = 2.5


def sersic(n, *, ellipticity=0.0, r_eff=9.0, light=60.0, size=SIZE, at=(0, 0)):
    """A galaxy of known shape, averaged over 5 x 5 points in every pixel and blurred."""
    from astropy.modeling.models import Sersic2D

    over = 5
    y, x = np.mgrid[: size * over, : size * over]
    x0, y0 = ((size * over - 1) / 2 + over * shift for shift in at)
    fine = Sersic2D(light, r_eff * over, n, x0, y0, ellipticity, 0.6)(x, y)
    coarse = fine.reshape(size, over, size, over).mean(axis=(1, 3))
    return gaussian_filter(coarse, SEEING_PX / 2.355)


def pixels(plane, *, sky=50.0, noise=1.0, seed=0):
    noisy = plane + sky + np.random.default_rng(seed).normal(0, noise, plane.shape)
    return Pixels(object_id="g", bands=("r",), values=noisy[None].astype("f4"), display=False)


def measure(plane, **params):
    return measure_morphology(pixels(plane), MorphologyParams(**params))


@pytest.fixture(scope="module")
def disc():
    return measure(sersic(1.0, ellipticity=0.5), psf_fwhm_px=SEEING_PX)


@pytest.fixture(scope="module")
def bulge():
    return measure(sersic(4.0), psf_fwhm_px=SEEING_PX)


def test_a_disc_and_a_bulge_get_their_sersic_index_back(disc, bulge):
    assert disc["sersic_n"] == pytest.approx(1.0, abs=0.08)
    assert bulge["sersic_n"] == pytest.approx(4.0, rel=0.15)
    assert disc["sersic_rhalf"] == pytest.approx(9.0, rel=0.05)


def test_a_bulge_is_more_concentrated_than_a_disc(disc, bulge):
    assert bulge["concentration"] > disc["concentration"] + 0.5
    assert bulge["gini"] > disc["gini"]
    assert bulge["m20"] < disc["m20"]


def test_axis_ratio_one_half_is_ellipticity_one_half(disc, bulge):
    assert disc["ellipticity_asymmetry"] == pytest.approx(0.5, abs=0.04)
    assert bulge["ellipticity_asymmetry"] < 0.05


def test_good_galaxies_have_no_flag_and_every_statistic(disc, bulge):
    for one in (disc, bulge):
        assert (one["flag"], one["flag_sersic"], one["binned"], one["remark"]) == (0, 0, 1, "")
        assert all(np.isfinite(one[name]) for name in STATISTICS)
        assert one["sn_per_pixel"] > 10


def test_two_clumps_are_less_symmetric_than_one(disc):
    two = sersic(1.0, r_eff=5.0) + 0.6 * sersic(1.0, r_eff=4.0, at=(12, 8))
    merger = measure(two, contrast=1.0)
    assert abs(disc["asymmetry"]) < 0.03
    assert merger["asymmetry"] > disc["asymmetry"] + 0.2
    assert merger["m20"] > disc["m20"] + 0.3


def test_a_neighbour_is_taken_off_where_deblending_is_asked_for():
    scene = sersic(1.0, r_eff=5.0) + 0.5 * sersic(1.0, r_eff=4.0, at=(24, 0))
    together, apart = (measure(scene, contrast=contrast) for contrast in (1.0, 0.005))
    assert apart["ellipticity_asymmetry"] < 0.2 < together["ellipticity_asymmetry"]


def test_without_the_seeing_a_bulge_looks_less_steep(bulge):
    assert measure(sersic(4.0))["sersic_n"] < bulge["sersic_n"] - 1


def test_a_large_galaxy_is_measured_on_means_of_pixels():
    plane = sersic(1.0, ellipticity=0.5, r_eff=14.0, size=240)
    whole, binned = measure(plane, max_px=2048), measure(plane, max_px=64)
    assert (whole["binned"], binned["binned"] > 1) == (1, True)
    assert binned["rhalf_ellip"] == pytest.approx(whole["rhalf_ellip"], rel=0.05)
    assert binned["ellipticity_asymmetry"] == pytest.approx(0.5, abs=0.06)
    assert binned["concentration"] == pytest.approx(whole["concentration"], abs=0.15)


def test_the_gain_sets_the_noise_of_bright_pixels(disc):
    plane = sersic(1.0, ellipticity=0.5)
    assert measure(plane, gain=1.0)["sn_per_pixel"] < 0.6 * disc["sn_per_pixel"]


def test_numbers_are_those_of_the_library():
    from statmorph import SourceMorphology

    scene = sersic(1.0, ellipticity=0.3) + 0.5 * sersic(1.0, r_eff=4.0, at=(30, 10))
    given = pixels(scene)
    found = segment_centre(given.values[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = SourceMorphology(
            found.plane, found.labels, found.label, cutout_extent=1.5,
            weightmap=np.full(found.plane.shape, found.sky_sigma),
        )  # fmt: skip
    ours = measure_morphology(given, MorphologyParams())
    for name in (*STATISTICS, "rpetro_circ", "rhalf_ellip", "sn_per_pixel"):
        assert ours[name] == pytest.approx(library[name], rel=1e-6), name
    assert ours["flag"] == library.flag


def test_missing_pixels_do_not_spoil_a_galaxy(disc):
    holes = sersic(1.0, ellipticity=0.5)
    holes[20:24, :] = np.nan
    holes[70, 64] = np.nan
    ours = measure(holes, psf_fwhm_px=SEEING_PX)
    assert ours["ellipticity_asymmetry"] == pytest.approx(disc["ellipticity_asymmetry"], abs=0.05)


@pytest.mark.parametrize(
    ("plane", "says"),
    [
        (np.zeros((80, 80)), "No light stands out|No source is at"),
        (sersic(1.0, r_eff=3.0, size=80, at=(-28, -28)), "No source is at the centre"),
        (np.full((80, 80), np.nan), "The band has no data"),
        (np.zeros((8, 8)), "too small to measure"),
    ],
    ids=["sky", "off-centre", "nothing", "tiny"],
)
def test_what_cannot_be_measured_says_why(plane, says):
    with pytest.raises(BadInputError, match=says):
        measure(plane)


def test_a_constant_picture_is_refused():
    flat = Pixels(
        object_id="g", bands=("R", "G", "B"), values=np.zeros((3, 64, 64), "u1"), display=True
    )
    with pytest.raises(BadInputError, match="No light"):
        measure_morphology(flat, MorphologyParams())


def picture(size, r_eff, *, noise):
    """A disc in three colours above a dark sky, in whole numbers."""
    light = sersic(1.0, r_eff=r_eff, size=size) * np.array([2.0, 1.7, 1.2])[:, None, None]
    sky = np.array([4.0, 3.0, 1.0])[:, None, None]
    noisy = light + sky + np.random.default_rng(0).normal(0, noise, light.shape)
    values = np.clip(np.rint(noisy), 0, 255).astype("u1")
    return Pixels(object_id="g", bands=("R", "G", "B"), values=values, display=True)


@pytest.mark.parametrize("max_px", [160, 64])
def test_a_sky_that_rounding_made_flat_hides_no_galaxy(max_px):
    flat, rough = (
        measure_morphology(picture(160, 9.0, noise=noise), MorphologyParams(max_px=max_px))
        for noise in (0.2, 1.5)
    )
    assert flat["flag"] == 0
    assert (flat["binned"] > 1) == (max_px == 64)
    for name in ("concentration", "gini", "sersic_n"):
        assert flat[name] == pytest.approx(rough[name], rel=0.1), name


def test_an_unknown_band_is_named():
    with pytest.raises(BadInputError, match="no band 'z'"):
        measure_morphology(pixels(sersic(1.0, size=64)), MorphologyParams(band="z"))


def test_a_galaxy_that_fills_the_frame_is_kept_with_its_flag_and_a_remark():
    ours = measure(sersic(1.0, r_eff=40.0))
    assert ours["flag"] >= 2
    assert "background" in ours["remark"]


def test_block_means_cut_off_what_is_left():
    plane = np.arange(35.0).reshape(5, 7)
    assert block_means(plane, 2).shape == (2, 3)
    assert block_means(plane, 2)[0, 0] == plane[:2, :2].mean()


def test_half_turns_are_those_of_the_library():
    from skimage.transform import rotate

    from astro_core.features.statmorph_fast import first_empty_box, half_turn, half_turn_mask

    rng = np.random.default_rng(0)
    image, mask = rng.normal(size=(21, 30)), rng.random((21, 30)) > 0.8
    for centre in [(14.0, 10.0), (14.3, 9.7), (3.2, 18.4), (14.5, 10.5)]:
        np.testing.assert_allclose(
            half_turn(image, centre), rotate(image, 180, center=centre), atol=1e-12
        )
        turned = rotate(mask, 180, center=centre) >= 0.5
        np.testing.assert_array_equal(half_turn_mask(mask, centre), turned)
    taken = np.ones((10, 12), dtype=bool)
    taken[3:6, 4:7] = False
    assert first_empty_box(taken, 3) == (3, 4)
    assert first_empty_box(taken, 4) is None


def test_the_summary_counts_flags():
    import pandas as pd

    spec = EXTRACTORS.get("morphology")
    said = spec.summarise(pd.DataFrame({"flag": [0, 0, 1, 2]}))
    assert said == "7 shape statistics; 50% of 4 without a flag, 1 flagged as bad"
