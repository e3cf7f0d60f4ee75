"""Where components become images: added up in Fourier space, convolved once per band.

GalSim gives the spectra of smooth profiles and PSFs; structure drawn in pixels is transformed
once. A frame of six bands then costs six small inverse transforms, however much is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from astro_core.datasets.demo.bands import PIXEL_SCALE_ARCSEC, Floats

Image = NDArray[np.float32]
Spectrum = NDArray[np.complex64]
_PADDING = 1.5
# Spread of charge and light between pixels, a Gaussian sigma; with it nothing is left at the
# highest frequencies, where an image cut off in Fourier space would ring around bright stars.
DIFFUSION_PX = 0.6
FWHM_PER_SIGMA = 2.3548


class Canvas:
    """A square of sky in the making.

    Light that runs over the edge comes in again at the other side of a margin of a quarter of
    the square, so little of it is seen.

    Parameters
    ----------
    size_px : int
        Side of the square that is kept. The origin of all positions is pixel ``size_px // 2``.
    """

    def __init__(self, size_px: int) -> None:
        self.size_px = size_px
        self.n = 2 * fft.next_fast_len(round(size_px * _PADDING / 2), real=True)
        step = 2 * np.pi / (self.n * PIXEL_SCALE_ARCSEC)
        self._step = step
        self._ky = (fft.fftfreq(self.n) * self.n * step).astype(np.float64)
        self._kx = np.arange(self.n // 2 + 1) * step
        half = PIXEL_SCALE_ARCSEC / (2 * np.pi)
        self._pixel = np.outer(np.sinc(self._ky * half), np.sinc(self._kx * half)).astype(
            np.float32
        )
        blur = DIFFUSION_PX * PIXEL_SCALE_ARCSEC
        self._diffusion = np.outer(
            np.exp(-0.5 * (self._ky * blur) ** 2), np.exp(-0.5 * (self._kx * blur) ** 2)
        ).astype(np.float32)
        self._layers: list[Spectrum] = []
        self._fluxes: list[Floats] = []

    def spectrum_of(self, profile: Any) -> Spectrum:
        """Values of a GalSim profile's transform, shape (n, n // 2 + 1), in FFT order."""
        import galsim

        half = self.n // 2
        image = galsim.ImageCF(galsim.BoundsI(0, half, -half, half - 1), scale=self._step)
        profile.drawKImage(image=image, recenter=False)
        return np.asarray(fft.ifftshift(image.array, axes=0), dtype=np.complex64)

    def add_profile(self, profile: Any, fluxes: Floats) -> int:
        """Add a GalSim profile of flux 1, times its flux in each band; return its layer."""
        self._add(self.spectrum_of(profile) * self._pixel, fluxes)
        return len(self._layers) - 1

    def add_image(
        self, image: Image, fluxes: Floats, x_arcsec: float = 0.0, y_arcsec: float = 0.0
    ) -> None:
        """Add an image of camera pixels, its middle (``shape // 2``) at the given place."""
        height, width = image.shape
        board = np.zeros((self.n, self.n), dtype=np.float32)
        top, left = self.n // 2 - height // 2, self.n // 2 - width // 2
        board[top : top + height, left : left + width] = image
        layer = fft.rfft2(fft.ifftshift(board))
        if x_arcsec or y_arcsec:
            layer = layer * self._shift(x_arcsec, y_arcsec)
        self._add(layer, fluxes)

    def add_star(self, x_arcsec: float, y_arcsec: float, fluxes: Floats) -> None:
        """Add a point of light."""
        self._add(self._shift(x_arcsec, y_arcsec) * self._pixel, fluxes)

    def _shift(self, x_arcsec: float, y_arcsec: float) -> Spectrum:
        along_y = np.exp(-1j * self._ky * y_arcsec).astype(np.complex64)
        along_x = np.exp(-1j * self._kx * x_arcsec).astype(np.complex64)
        return np.outer(along_y, along_x)

    def _add(self, layer: Spectrum, fluxes: Floats) -> None:
        self._layers.append(layer)
        self._fluxes.append(fluxes)

    def render(self, psfs: Sequence[Spectrum]) -> Image:
        """Noiseless images, shape (n_bands, size_px, size_px), in microjansky per pixel.

        Parameters
        ----------
        psfs : sequence of array
            Transform of the PSF in each band, before the charge diffuses.
        """
        planes = self._spectra(np.stack(self._fluxes))
        return np.stack([self._image(*pair) for pair in zip(planes, psfs, strict=True)])

    def render_band(self, psf: Spectrum, band: int, layer: int | None = None) -> Image:
        """Noiseless image of one band, shape (size_px, size_px), in microjansky per pixel.

        Parameters
        ----------
        layer : int, optional
            Only what `add_profile` added as this layer.
        """
        if layer is not None:
            return self._image(self._layers[layer] * np.float32(self._fluxes[layer][band]), psf)
        return self._image(self._spectra(np.stack(self._fluxes)[:, [band]])[0], psf)

    def _spectra(self, fluxes: Floats) -> Spectrum:
        """Sum the layers, each times its flux; fluxes have shape (n_layers, n)."""
        # einsum sums in one fixed order; a matrix product's last bits depend on its threads.
        layers = np.stack(self._layers).view(np.float32).reshape(len(self._layers), -1)
        planes = np.einsum("lb,lp->bp", fluxes.astype(np.float32), layers).view(np.complex64)
        spectra: Spectrum = planes.reshape(fluxes.shape[1], self.n, -1)
        return spectra

    def _image(self, plane: Spectrum, psf: Spectrum) -> Image:
        image = fft.irfft2(plane * (psf * self._diffusion), s=(self.n, self.n))
        middled = np.roll(image, self.size_px // 2, axis=(0, 1))
        cut: Image = middled[: self.size_px, : self.size_px]
        return cut
