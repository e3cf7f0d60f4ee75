"""What was measured of a galaxy, without anything that people or models said of it.

A catalogue may hold classes, votes and a simulation's truth, under any name. So only columns that
are known to be measurements are told to a person who is to decide for themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_MEASURED = re.compile(
    r"(petro|model|cmodel|psf|fiber|fibre|kron|sdss|des|auto|obs|abs)?_?"
    r"(mag|flux|snr|sn|seeing|fwhm|redshift|z|zspec|z_?spec|specz|photoz|"
    r"photo_?z|z_?phot|radius|rad|r50|r90|petror50|petror90|theta|size|ellipticity|axis_?ratio|"
    r"b_?a|ba|position_?angle|pa|surface_?brightness|mu|concentration|colou?r|ebv|extinction|"
    r"velocity|distance)"
    r"(_?(u|g|r|i|z|y|j|h|k|ks|f\d{3,4}w?|v|b|nuv|fuv|mean|median))?"
    r"(_?(arcsec|deg|mag|px|kpc|mpc|kms|km_s))?",
    re.IGNORECASE,
)
_UNITS = {"arcsec": "″", "deg": "°", "px": " px", "kpc": " kpc", "mpc": " Mpc"}


def measured(columns: Sequence[str]) -> tuple[str, ...]:
    """Those columns of a catalogue that are measurements, in their order."""
    return tuple(name for name in columns if _MEASURED.fullmatch(name))


def facts(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Names and values for a person to read: the position first, nothing that is missing.

    Parameters
    ----------
    values : Mapping
        Columns of `measured`, and ra_deg and dec_deg.
    """
    told = []
    ra, dec = (_number(values.get(name)) for name in ("ra_deg", "dec_deg"))
    if ra is not None and dec is not None:
        told.append(("RA, Dec", f"{ra:.5f}°, {dec:+.5f}°"))
    for name, value in values.items():
        number = _number(value)
        if name not in ("ra_deg", "dec_deg") and number is not None:
            told.append(_told(name, number))
    return tuple(told)


def _told(name: str, number: float) -> tuple[str, str]:
    stem, _, unit = name.rpartition("_")
    if stem and unit in _UNITS:
        return stem.replace("_", " "), f"{number:.4g}{_UNITS[unit]}"
    return name.replace("_", " "), f"{number:.4g}"


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
