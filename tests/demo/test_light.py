import galsim
import numpy as np
import pytest

from astro_core.datasets.demo.bands import BAND_NAMES, BANDS, R, flux_ujy, magnitude_ab
from astro_core.datasets.demo.canvas import DIFFUSION_PX, Canvas
from astro_core.datasets.demo.components import Drawing, sersic
from astro_core.datasets.demo.frames import draw_night, expose
from astro_core.datasets.demo.galaxies import draw
from astro_core.datasets.demo.population import MIX, deal_kinds, draw_galaxy, stream
from astro_core.datasets.demo.spectra import (
    KNOT,
    OLD,
    YOUNG,
    halpha_in_f660,
    spectrum,
    star_spectrum,
)

GALAXIES = [kind for kind in MIX if kind != "star"]
U, G, F660, NEAR_IR = (BAND_NAMES.index(b) for b in ("U", "G", "F660", "I"))


def noiseless(kind, mag_r, seed=0, size=256):
    rng = np.random.default_rng([seed, GALAXIES.index(kind)])
    galaxy = draw_galaxy(rng, kind, mag_r)
    canvas = Canvas(size)
    drawing = draw(galaxy, rng, canvas.n)
    drawing.put(canvas)
    psfs = [canvas.spectrum_of(galsim.Moffat(beta=3.5, fwhm=b.seeing_arcsec)) for b in BANDS]
    return galaxy, drawing, canvas.render(psfs)


@pytest.mark.parametrize("kind", GALAXIES)
def test_a_noiseless_galaxy_has_the_magnitude_that_the_catalogue_says(kind):
    galaxy, drawing, images = noiseless(kind, 16.8)
    measured = magnitude_ab(images.sum(axis=(1, 2)))
    true = magnitude_ab(drawing.total())
    assert true[R] == pytest.approx(galaxy.mag_r, abs=1e-6)
    assert measured == pytest.approx(true, abs=0.06)


@pytest.mark.parametrize("kind", GALAXIES)
def test_light_is_nowhere_negative_beyond_a_trace_and_has_no_edge(kind):
    _, _, images = noiseless(kind, 14.8)
    image = images[R]
    assert image.min() > -0.02 * image.max()
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert border.max() < 0.35 * BANDS[R].sky_sigma


def test_a_profile_is_as_galsim_draws_it():
    canvas = Canvas(64)
    profile = sersic(1.0, 3.0, 0.6, 0.4)
    canvas.add_profile(profile, np.full(len(BANDS), 100.0))
    psf = galsim.Moffat(beta=3.5, fwhm=1.3)
    ours = canvas.render([canvas.spectrum_of(psf)] * len(BANDS))[R]
    diffusion = galsim.Gaussian(sigma=DIFFUSION_PX * 0.55)
    drawn = galsim.Convolve(profile * 100.0, psf, diffusion).drawImage(
        image=galsim.ImageD(galsim.BoundsI(-32, 31, -32, 31), scale=0.55), use_true_center=False
    )
    assert np.abs(ours - drawn.array).max() < 0.005 * drawn.array.max()


def test_bright_stars_do_not_ring():
    canvas = Canvas(64)
    canvas.add_star(0.11, -0.07, np.ones(len(BANDS)))
    rng = np.random.default_rng(0)
    for image in canvas.render(draw_night(rng).psfs(canvas)):
        assert image.min() > -0.002 * image.max()
        y, x = np.mgrid[-32:32, -32:32]
        halo = image[(np.hypot(x, y) > 7) & (np.hypot(x, y) < 14)]
        assert halo.max() < 0.006 * image.max()


def test_ellipticals_are_redder_than_spirals():
    def colour(kind):
        values = []
        for seed in range(12):
            _, drawing, _ = noiseless(kind, 15.5, seed, 64)
            mags = magnitude_ab(drawing.total())
            values.append(mags[G] - mags[NEAR_IR])
        return np.median(values)

    assert 1.0 < colour("elliptical") < 1.5
    assert colour("spiral") < colour("elliptical") - 0.25


def test_knots_shine_in_f660_while_halpha_is_in_the_band():
    near = spectrum(KNOT, 0.01)[F660]
    assert magnitude_ab(near) < magnitude_ab(spectrum(KNOT, 0.06)[F660]) - 1.0
    assert spectrum(OLD, 0.01)[F660] == pytest.approx(spectrum(OLD, 0.06)[F660], rel=0.05)
    assert halpha_in_f660(0.005) > 0.99
    assert halpha_in_f660(0.03) < 0.01


def test_f660_excess_sits_in_the_knots_of_a_nearby_spiral():
    rng = stream(5, "object", 1)
    galaxy = draw_galaxy(rng, "spiral", 13.4)
    drawing = draw(galaxy, rng, 192)
    canvas = Canvas(128)
    for layer, fluxes in zip(drawing.layers, drawing.fluxes(), strict=True):
        excess = layer.spectrum[F660] / layer.spectrum[R]
        if isinstance(layer.light, np.ndarray) and layer.weight > 0 and excess > 2.5:
            canvas.add_image(layer.light[:191, :191], fluxes)
            break
    else:
        pytest.fail("no knots were drawn")
    psfs = [canvas.spectrum_of(galsim.Moffat(beta=3.5, fwhm=1.3))] * len(BANDS)
    knots = canvas.render(psfs)
    assert knots[F660].max() > 2.5 * knots[R].max()


def test_hot_stars_are_blue_and_cool_ones_red():
    hot, cool = star_spectrum(0.1), star_spectrum(1.4)
    assert hot[U] > cool[U]
    assert cool[NEAR_IR] > hot[NEAR_IR]


def test_noise_is_that_of_the_sky_and_grows_with_light():
    rng = np.random.default_rng(0)
    night = draw_night(rng)
    clean = np.zeros((len(BANDS), 200, 200), dtype=np.float32)
    empty = expose(clean, night, rng)
    assert empty.std(axis=(1, 2)) == pytest.approx(night.sky_sigma, rel=0.03)
    bright = expose(clean + 50.0, night, rng)
    gain = np.array([band.gain for band in BANDS])
    expected = np.sqrt(night.sky_sigma**2 + 50.0 / gain)
    assert bright.std(axis=(1, 2)) == pytest.approx(expected, rel=0.03)


def test_neighbouring_pixels_have_independent_noise():
    rng = np.random.default_rng(1)
    clean = np.zeros((len(BANDS), 256, 256), dtype=np.float32)
    plane = expose(clean, draw_night(rng), rng)[R]
    plane = plane - plane.mean()
    assert abs((plane[:, 1:] * plane[:, :-1]).mean()) < 0.02 * plane.var()


def test_the_mix_is_kept_for_any_number():
    for n in (12, 30, 1500):
        kinds = deal_kinds(n, 0)
        assert len(kinds) == n
        for kind, share in MIX.items():
            assert abs(kinds.count(kind) - share * n) <= 1.0
    assert deal_kinds(300, 0) != deal_kinds(300, 1)


def test_no_two_galaxies_are_alike():
    _, _, first = noiseless("spiral", 15.0, 1, 64)
    _, _, second = noiseless("spiral", 15.0, 2, 64)
    a, b = first[R].ravel(), second[R].ravel()
    assert np.corrcoef(a, b)[0, 1] < 0.97


def test_dust_takes_more_blue_than_red():
    rng = np.random.default_rng(2)
    galaxy = draw_galaxy(rng, "spiral", 15.0)
    drawing = Drawing(galaxy, 96)
    drawing.add(sersic(1.0, 3.0), 1.0, "disc")
    before = drawing.total()
    image = np.full((5, 5), 0.02, dtype=np.float32)
    drawing.take(image, np.linspace(0.9, 0.3, len(BANDS)), "disc")
    after = drawing.total()
    assert after[R] == pytest.approx(float(flux_ujy(galaxy.mag_r)))
    assert after[G] / after[NEAR_IR] < before[G] / before[NEAR_IR]
    assert YOUNG.g_r < OLD.g_r
