"""The parts that galaxies are drawn from: a list of layers, each with its spectrum."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from astro_core.datasets.demo.bands import Floats, R, flux_ujy
from astro_core.datasets.demo.canvas import Canvas, Image
from astro_core.datasets.demo.population import Galaxy
from astro_core.datasets.demo.spectra import POPULATIONS, spectrum


@dataclass(frozen=True)
class Layer:
    """Light (or, with a negative weight, light lost) of one spectrum.

    Attributes
    ----------
    light : GalSim profile of flux 1, or image in camera pixels of sum 1.
    weight : float
        Share in the galaxy's light in R, before all shares are brought to 1.
    spectrum : array, shape (n_bands,)
        Flux relative to R.
    """

    light: Any
    weight: float
    spectrum: Floats


@dataclass
class Drawing:
    """A galaxy in the making; the order in which layers are added does not matter."""

    galaxy: Galaxy
    most_px: int
    layers: list[Layer] = field(default_factory=list)

    def spectrum(self, population: str) -> Floats:
        """Spectrum of a population in this galaxy."""
        galaxy = self.galaxy
        return spectrum(POPULATIONS[population], galaxy.redshift, galaxy.redder)

    def add(self, light: Any, weight: float, population: str) -> None:
        """Add light of a population."""
        self.layers.append(Layer(light, weight, self.spectrum(population)))

    def take(self, image: Image, lost: Floats, population: str) -> None:
        """Take the share `lost`, shape (n_bands,), of the light in `image` away, as dust does.

        The image is in the units in which the layers' weights are.
        """
        total = float(image.sum())
        if total > 0:
            seen = self.spectrum(population) * lost
            self.layers.append(Layer(image / total, -total * seen[R], seen / seen[R]))

    def fluxes(self) -> list[Floats]:
        """Flux of each layer in each band, in microjansky; in R they sum to the magnitude."""
        total = sum(layer.weight * layer.spectrum[R] for layer in self.layers)
        scale = float(flux_ujy(self.galaxy.mag_r)) / total
        return [scale * layer.weight * layer.spectrum for layer in self.layers]

    def total(self) -> Floats:
        """Flux in each band, shape (n_bands,), in microjansky."""
        summed: Floats = np.sum(self.fluxes(), axis=0)
        return summed

    def put(self, canvas: Canvas, x_arcsec: float = 0.0, y_arcsec: float = 0.0) -> None:
        """Put the galaxy on a canvas."""
        for layer, fluxes in zip(self.layers, self.fluxes(), strict=True):
            if isinstance(layer.light, np.ndarray):
                canvas.add_image(layer.light, fluxes, x_arcsec, y_arcsec)
            else:
                canvas.add_profile(layer.light.shift(x_arcsec, y_arcsec), fluxes)


def sersic(
    index: float, radius_arcsec: float, axis_ratio: float = 1.0, angle_rad: float = 0.0
) -> Any:
    """Sersic profile of flux 1 with half-light radius `radius_arcsec` along its long axis."""
    import galsim

    q = min(max(axis_ratio, 0.08), 1.0)
    round_radius = max(radius_arcsec, 0.12) * q**0.5  # shear keeps the area
    profile = galsim.Sersic(n=index, half_light_radius=round_radius, flux=1.0)
    return profile.shear(q=q, beta=angle_rad * galsim.radians)
