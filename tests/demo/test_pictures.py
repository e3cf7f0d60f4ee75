import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.demo.lensing import Blob, Lens, lensed_image
from astro_core.datasets.demo.pictures import PICTURE_MIX, PICTURE_PX, deal_pictures, make_pictures

AXIS = np.linspace(-60, 60, 480)  # no pixel on the singular middle
X, Y = np.meshgrid(AXIS, AXIS)


def test_a_source_behind_a_round_lens_is_seen_as_a_ring_at_the_einstein_radius():
    lens = Lens(einstein_radius=30.0)
    blob = Blob(x=0.0, y=0.0, radius=2.0, flux=1.0, colour=(1.0, 1.0, 1.0))
    image = lensed_image(lens, [blob], X, Y)[0]
    r = np.hypot(X, Y)
    assert (r * image).sum() / image.sum() == pytest.approx(30.0, rel=0.01)
    angles = np.arctan2(Y, X)[image > 0.5]
    assert np.histogram(angles, 16, (-np.pi, np.pi))[0].min() > 0


def test_a_shifted_source_has_two_images_where_the_lens_equation_puts_them():
    lens = Lens(einstein_radius=30.0)
    for x in (40.0, -20.0):  # theta = beta + theta_E and beta - theta_E for beta = 10
        bx, by = lens.source_position(np.array([x]), np.array([1e-6]))
        assert bx[0] == pytest.approx(10.0, abs=1e-3)
        assert by[0] == pytest.approx(0.0, abs=1e-3)


def test_an_ellipse_becomes_a_sphere_as_it_gets_round():
    sphere, ellipse = Lens(einstein_radius=20.0), Lens(einstein_radius=20.0, axis_ratio=0.9999)
    for a, b in zip(sphere.deflection(X, Y), ellipse.deflection(X, Y), strict=True):
        assert np.abs(a - b).max() < 0.01


def test_the_deflection_of_an_ellipse_has_its_convergence():
    lens = Lens(einstein_radius=20.0, axis_ratio=0.6, angle_rad=0.5)
    step = AXIS[1] - AXIS[0]
    ax, ay = lens.deflection(X, Y)
    kappa = 0.5 * (np.gradient(ax, step, axis=1) + np.gradient(ay, step, axis=0))
    c, s = np.cos(0.5), np.sin(0.5)
    u, v = c * X + s * Y, c * Y - s * X
    expected = 20.0 * np.sqrt(0.6) / (2 * np.sqrt(0.36 * u**2 + v**2))
    away = np.hypot(X, Y) > 8
    inner = np.zeros_like(away)
    inner[2:-2, 2:-2] = away[2:-2, 2:-2]
    assert kappa[inner] == pytest.approx(expected[inner], rel=0.02)


def test_shear_moves_light_without_adding_mass():
    lens = Lens(einstein_radius=1e-9, shear=0.1, shear_angle_rad=0.3)
    ax, ay = lens.deflection(X, Y)
    step = AXIS[1] - AXIS[0]
    kappa = 0.5 * (np.gradient(ax, step, axis=1) + np.gradient(ay, step, axis=0))
    assert np.abs(kappa).max() < 1e-6


def test_pictures_are_in_four_folders_and_always_the_same(tmp_path):
    names = deal_pictures(8)
    make_pictures(str(tmp_path / "a"), 1, names)
    make_pictures(str(tmp_path / "b"), 1, names[::-1])
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in tmp_path.glob("a/*/*.jpg")}
    second = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in tmp_path.glob("b/*/*.jpg")}
    assert first == second
    assert {p.parts[0] for p in first} == set(PICTURE_MIX)
    assert len(set(first.values())) == 8
    for path in tmp_path.glob("a/*/*.jpg"):
        with Image.open(path) as image:
            assert image.size == (PICTURE_PX, PICTURE_PX)
            assert image.mode == "RGB"
            assert b"simulated" in image.info["comment"]
            assert np.asarray(image).std() > 4


def test_the_classes_of_pictures_are_unbalanced_and_none_is_missing():
    names = [name for name, _ in deal_pictures(400)]
    assert len(names) == 400
    assert names.count("galaxy") > names.count("lens") > 0
    assert min(names.count(c) for c in PICTURE_MIX) >= 70
