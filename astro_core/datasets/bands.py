"""Photometric bands: what their names look like in file names, and which light is shorter."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Effective wavelengths in nm, rounded: SVO Filter Profile Service; S-PLUS from Mendes de
# Oliveira et al. 2019 (MNRAS 489, 241). They order bands, nothing is computed from them.
_WAVELENGTH_NM = {
    "FUV": 153,
    "NUV": 231,
    "U": 355,
    "F378": 378,
    "F395": 395,
    "F410": 410,
    "F430": 430,
    "B": 437,
    "G": 475,
    "F515": 515,
    "V": 547,
    "R": 620,
    "HALPHA": 656,
    "F660": 660,
    "I": 765,
    "F861": 861,
    "Z": 900,
    "Y": 1020,
    "J": 1240,
    "H": 1650,
    "KS": 2150,
    "K": 2190,
    "W1": 3350,
    "W2": 4600,
    "W3": 11560,
    "W4": 22090,
}
_SAME = {
    "UJAVA": "U",
    "USDSS": "U",
    "GSDSS": "G",
    "RSDSS": "R",
    "ISDSS": "I",
    "ZSDSS": "Z",
    "HA": "HALPHA",
}
_NARROW = frozenset({"F378", "F395", "F410", "F430", "F515", "F660", "F861"})
_JPLUS = re.compile(r"J0(378|395|410|430|515|660|861)")
_SPACE = re.compile(r"F(\d{3,4})(LP|W2|W|M|N|X)")
_JWST_ONLY = frozenset({"F200W", "F277W", "F356W", "F444W"})


def band_key(token: str) -> str | None:
    """Return one upper-case name for a band however it is written, None for any other word.

    S-PLUS calls the same filter J0660 and F660; the key is F660.
    """
    word = token.upper()
    word = _SAME.get(word, word)
    narrow = _JPLUS.fullmatch(word)
    if narrow:
        return f"F{narrow[1]}"
    if word in _WAVELENGTH_NM or _SPACE.fullmatch(word):
        return word
    return None


def wavelength_nm(band: str) -> float:
    """Rounded effective wavelength in nm; infinite for a name that is not known.

    Names of space filters carry it: F814W is 814 nm, and F160W of an infrared camera 1600 nm.
    """
    key = band_key(band)
    if key is None:
        return float("inf")
    if key in _WAVELENGTH_NM:
        return float(_WAVELENGTH_NM[key])
    space = _SPACE.fullmatch(key)
    assert space is not None
    number = float(space[1])
    infrared = key in _JWST_ONLY or len(space[1]) == 4 or number < 200
    return number * 10 if infrared else number


def by_wavelength(bands: Iterable[str]) -> tuple[str, ...]:
    """Order bands from short to long wavelength; unknown names stay last, as they came."""
    return tuple(sorted(bands, key=wavelength_nm))


def band_names(tokens: Iterable[str]) -> dict[str, str]:
    """Choose how a set of bands is called, from the words found for them in file names.

    S-PLUS sets, known by a narrow band among them, are upper-case (U, G, F660); in others the
    first spelling found stays (g, r, z).

    Returns
    -------
    dict
        Band key to name, shortest wavelength first.
    """
    found: dict[str, str] = {}
    for token in tokens:
        key = band_key(token)
        if key is not None:
            found.setdefault(key, key if band_key(token) != token.upper() else token)
    splus = any(key in _NARROW for key in found)
    return {key: key if splus else found[key] for key in by_wavelength(found)}
