"""The demo sky: a simulated survey that behaves like a real one.

Galaxies are drawn with GalSim (Rowe et al. 2015, Astronomy and Computing 10, 121): every
component once, scaled to each band by its spectrum, convolved with each band's PSF. All of it
follows from a seed; nothing depends on how the work is shared out.
"""
