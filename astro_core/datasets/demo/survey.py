"""Objects of the demo survey, one after the other: the truth, the frame, the panel's votes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.demo.bands import BANDS, PIXEL_SCALE_ARCSEC, Floats, R, magnitude_ab
from astro_core.datasets.demo.boxes import TrueBox, box_row, true_box
from astro_core.datasets.demo.canvas import Canvas, Image, Spectrum
from astro_core.datasets.demo.consensus import consensus
from astro_core.datasets.demo.damage import count_damaged, damage_file, damage_pixels, deal_damage
from astro_core.datasets.demo.frames import (
    BackgroundGalaxy,
    Night,
    add_field_star,
    draw_night,
    expose,
    populate,
    signal_to_noise,
)
from astro_core.datasets.demo.galaxies import draw
from astro_core.datasets.demo.panel import Panel, clarity, draw_panel, vote
from astro_core.datasets.demo.places import position
from astro_core.datasets.demo.population import Galaxy, deal_kinds, draw_galaxy, stream
from astro_core.datasets.demo.spectra import star_spectrum
from astro_core.datasets.demo.stamps import Pointing, write_frame

STAMP_SIZES_PX = (128, 192, 256)
_REACH = {"elliptical": 4.4, "lenticular": 4.8}  # widths of a stamp, in half-light radii
_REACH_OTHERWISE = 5.6
_ROOM = 1.15
_STAR_IN_FWHM = 2.2  # a star is known by its sharpness and spikes, not by its size


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A simulated frame.

    Attributes
    ----------
    images : array, shape (n_bands, size, size)
        In microjansky per pixel.
    fluxes : array, shape (n_bands,)
        True total flux of the object in microjansky.
    box : TrueBox or None
        None for a star, and for a galaxy that is lost in the sky.
    behind : tuple of (BackgroundGalaxy, TrueBox)
        Other galaxies that are seen in it.
    """

    images: Image
    fluxes: Floats
    night: Night
    box: TrueBox | None
    behind: tuple[tuple[BackgroundGalaxy, TrueBox], ...]


@cache
def _dealt(n_good: int, seed: int) -> tuple[tuple[str, ...], dict[int, str]]:
    total = n_good + count_damaged(n_good)
    return tuple(deal_kinds(total, seed)), deal_damage(n_good, seed)


@cache
def _panel(seed: int) -> Panel:
    return draw_panel(seed)


def object_name(number: int) -> str:
    """Name of an object, and of its files."""
    return f"SIM-{number + 1:05d}"


def galaxy_of(number: int, n_good: int, seed: int) -> Galaxy:
    """Return the truth about object `number`."""
    kinds, _damage = _dealt(n_good, seed)
    return draw_galaxy(stream(seed, "object", number), kinds[number])


def stamp_size(galaxy: Galaxy) -> int:
    """Side of the smallest stamp in pixels that holds the galaxy, or nearly."""
    wide = _REACH.get(galaxy.kind, _REACH_OTHERWISE) * galaxy.radius_arcsec / PIXEL_SCALE_ARCSEC
    fits = [size for size in STAMP_SIZES_PX if size * _ROOM >= wide]
    return fits[0] if fits else STAMP_SIZES_PX[-1]


def put_object(canvas: Canvas, galaxy: Galaxy, rng: np.random.Generator) -> Floats:
    """Put an object on a canvas, within a pixel of its origin; return its flux in each band."""
    x, y = rng.uniform(-0.5, 0.5, 2) * PIXEL_SCALE_ARCSEC
    if galaxy.kind != "star":
        drawing = draw(galaxy, rng, canvas.n)
        drawing.put(canvas, float(x), float(y))
        return drawing.total()
    add_field_star(canvas, (float(x), float(y)), galaxy.mag_r, galaxy.redder)
    if rng.random() < 0.6:  # a close pair passes for a galaxy more easily
        away = rng.uniform(1.2, 3.0) * np.exp(1j * rng.uniform(0, 2 * np.pi))
        second = galaxy.mag_r + rng.uniform(0.2, 1.5)
        add_field_star(canvas, (x + away.real, y + away.imag), second, galaxy.redder + 0.3)
    total: Floats = 10 ** (-0.4 * (galaxy.mag_r - 23.9)) * star_spectrum(galaxy.redder)
    return total


def take_frame(galaxy: Galaxy, number: int, seed: int) -> Frame:
    """Draw an object with its surroundings and photograph it."""
    rng = stream(seed, "frame", number)
    night = draw_night(rng)
    canvas = Canvas(stamp_size(galaxy))
    psfs = night.psfs(canvas)
    fluxes = put_object(canvas, galaxy, rng)
    box = None
    if galaxy.kind != "star":
        box = true_box(canvas.render_band(psfs[R], R), float(night.sky_sigma[R]))
    others = populate(canvas, rng)
    return Frame(
        images=expose(canvas.render(psfs), night, rng),
        fluxes=fluxes,
        night=night,
        box=box,
        behind=tuple(_seen(canvas, others, psfs[R], float(night.sky_sigma[R]))),
    )


def _seen(
    canvas: Canvas, galaxies: Sequence[BackgroundGalaxy], psf: Spectrum, sigma: float
) -> Iterator[tuple[BackgroundGalaxy, TrueBox]]:
    """Background galaxies that exceed the sky, with their boxes.

    One whose middle is beyond the edge has no signal to noise: what is left of it is no galaxy
    that anybody has to find.
    """
    edge = canvas.size_px / 2 * PIXEL_SCALE_ARCSEC
    for galaxy in galaxies:
        box = true_box(canvas.render_band(psf, R, galaxy.layer), sigma)
        if box is not None:
            inside = max(map(abs, galaxy.place)) < edge
            yield galaxy, box if inside else replace(box, snr=0.0)


def measured(frame: Frame, snr: Floats, rng: np.random.Generator) -> dict[str, float]:
    """Magnitudes as a catalogue has them: the true ones with noise, and their errors."""
    error = np.hypot(1.0857 / np.maximum(snr, 0.5), 0.012)
    magnitude = magnitude_ab(frame.fluxes) + rng.normal(size=error.size) * np.minimum(error, 1.0)
    out = {}
    for i, band in enumerate(BANDS):
        out[f"mag_{band.name.lower()}"] = round(float(magnitude[i]), 3)
        out[f"err_{band.name.lower()}"] = round(float(error[i]), 3)
    return out


def describe(galaxy: Galaxy, frame: Frame, number: int, seed: int) -> dict[str, Any]:
    """Return the catalogue row of an object: position, photometry, truth, votes."""
    rng = stream(seed, "panel", number)
    snr = signal_to_noise(frame.fluxes, galaxy.radius_arcsec, galaxy.axis_ratio, frame.night)
    fwhm = float(frame.night.fwhm_arcsec[R])
    ra, dec = position(galaxy, seed, number)
    apparent = _STAR_IN_FWHM * fwhm if galaxy.kind == "star" else galaxy.radius_arcsec
    given = vote(galaxy, clarity(float(snr[R]), apparent, fwhm), _panel(seed), rng)
    said = consensus(given)
    return {
        "object_id": object_name(number),
        "ra_deg": round(ra, 6),
        "dec_deg": round(dec, 6),
        "label": said.pop("label"),
        "gz2_class": said.pop("gz2_class"),
        **measured(frame, snr, rng),
        "redshift": round(galaxy.redshift, 5),
        "radius_arcsec": round(galaxy.radius_arcsec, 3),
        "snr_r": round(float(snr[R]), 2),
        "seeing_r_arcsec": round(fwhm, 3),
        **truth_columns(galaxy),
        **said,
    }


def truth_columns(galaxy: Galaxy) -> dict[str, Any]:
    """Columns with what was drawn, which no survey could know."""
    return {
        "true_type": galaxy.kind,
        "true_mag_r": round(galaxy.mag_r, 4),
        "true_axis_ratio": round(galaxy.axis_ratio, 4),
        "true_position_angle_deg": round(galaxy.position_angle_deg, 2),
        "true_bulge_fraction": round(galaxy.bulge_fraction, 4),
        "true_sersic_index": galaxy.sersic_index,
        "true_hubble_stage": round(galaxy.stage, 2),
        "true_n_arms": galaxy.n_arms,
        "true_pitch_deg": round(galaxy.pitch_deg, 2) if galaxy.n_arms else float("nan"),
        "true_bar_scale_lengths": round(galaxy.bar, 3),
        "true_dust_av_mag": round(galaxy.dust_mag, 3),
    }


def make_object(folder: Path, seed: int, n_good: int, number: int) -> dict[str, Any]:
    """Make one object: write its stamp, return its catalogue row and its boxes, one or none."""
    galaxy = galaxy_of(number, n_good, seed)
    frame = take_frame(galaxy, number, seed)
    row = describe(galaxy, frame, number, seed)
    name, place = row["object_id"], (row["ra_deg"], row["dec_deg"])
    pointing = Pointing(name=name, ra_deg=place[0], dec_deg=place[1], seed=seed)
    kind = _dealt(n_good, seed)[1].get(number, "")
    band = number % len(BANDS)
    images = damage_pixels(frame.images, kind, band) if kind else frame.images
    write_frame(folder, pointing, images, frame.night.fwhm_arcsec, frame.night.sky_sigma)
    if kind:
        damage_file(folder, name, kind, band)
    return {"row": row, "boxes": list(_boxes(frame, galaxy, pointing))}


def _boxes(frame: Frame, galaxy: Galaxy, pointing: Pointing) -> Iterator[dict[str, Any]]:
    """Rows of the table of boxes: the object, if it is a galaxy, and those behind it."""
    side = frame.images.shape[-1]
    middle = side // 2
    if frame.box:
        place = (pointing.ra_deg, pointing.dec_deg)
        yield box_row(pointing.name, pointing, galaxy, frame.box, (middle, middle), place)
    for number, (other, box) in enumerate(frame.behind, 1):
        centre = [middle + round(along / PIXEL_SCALE_ARCSEC) for along in other.place]
        name = f"{pointing.name}-{number:03d}"
        yield box_row(name, pointing, other, box, centre, pointing.position(centre, side))


def make_objects(
    folder: str, seed: int, n_good: int, numbers: Sequence[int]
) -> list[dict[str, Any]]:
    """Make some objects of the survey: write their stamps, return their rows and boxes.

    The result depends on the arguments only, not on which others are made where.

    Parameters
    ----------
    folder : str
        Where the stamps are written, ``<name>_<BAND>.fits``.
    n_good : int
        Undamaged objects in the whole survey.
    numbers : sequence of int
        Which to make, from 0 to ``n_good + count_damaged(n_good) - 1``.
    """
    return [make_object(Path(folder), seed, n_good, number) for number in numbers]
