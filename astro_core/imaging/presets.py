"""Band triples that people use, and the recipe that a new dataset starts with."""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.domain import RenderRecipe
from astro_core.errors import BadInputError
from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Three bands shown as red, green and blue."""

    name: str
    red: str
    green: str
    blue: str
    help: str = ""

    @property
    def bands(self) -> tuple[str, str, str]:
        """Bands shown as red, green and blue."""
        return (self.red, self.green, self.blue)


_PICTURE = ("R", "G", "B")

PRESETS: Registry[Preset] = Registry("preset")
PRESETS.add(
    Preset(
        name="IRG",
        red="I",
        green="R",
        blue="G",
        help="Old stars red, young stars blue; the deepest three bands, least noise.",
    )
)
PRESETS.add(
    Preset(
        name="IGU",
        red="I",
        green="G",
        blue="U",
        help="The widest span: star formation stands out in blue; u is noisy.",
    )
)
PRESETS.add(
    Preset(
        name="ZRG",
        red="Z",
        green="R",
        blue="G",
        help="As IRG with a redder red: dust lanes and old bulges stand out.",
    )
)
PRESETS.add(
    Preset(
        name="R-F660-G",
        red="R",
        green="F660",
        blue="G",
        help="F660 holds H-alpha of nearby galaxies: star-forming knots turn green.",
    )
)


def presets_for(bands: tuple[str, ...]) -> tuple[Preset, ...]:
    """Return the presets that these bands allow, the best first, in the bands' own spelling.

    Registered presets match whatever the case (g, r, z gives ZRG). Three or more bands that
    match none give one preset of their shortest, middle and longest band; fewer give one as
    well, with a band shown twice or three times.

    Parameters
    ----------
    bands : tuple of str
        Shortest wavelength first; ("R", "G", "B") are the colours of a picture.

    Raises
    ------
    BadInputError
        If there is no band.
    """
    if not bands:
        raise BadInputError("An image needs at least one band")
    if bands == _PICTURE:
        return (Preset(name="RGB", red="R", green="G", blue="B", help="Colours as stored."),)
    own = {band.lower(): band for band in bands}
    found = tuple(
        Preset(
            name=preset.name,
            red=own[preset.red.lower()],
            green=own[preset.green.lower()],
            blue=own[preset.blue.lower()],
            help=preset.help,
        )
        for preset in PRESETS
        if all(band.lower() in own for band in preset.bands)
    )
    return found or (_spread(bands),)


def _spread(bands: tuple[str, ...]) -> Preset:
    red, green, blue = bands[-1], bands[(len(bands) - 1) // 2], bands[0]
    used = list(dict.fromkeys((red, green, blue)))
    joint = "" if all(len(band) == 1 for band in used) else "-"
    text = "Shortest, middle and longest band." if len(used) == 3 else "All the bands there are."
    return Preset(name=joint.join(used), red=red, green=green, blue=blue, help=text)


def default_recipe(bands: tuple[str, ...], display: bool) -> RenderRecipe:
    """Return the recipe that a dataset with these bands starts with.

    Pictures are shown as they are, first row at the top. Measured bands get the best Lupton
    preset, first row at the bottom; its stretch and black points want `propose_recipe`.

    Parameters
    ----------
    bands : tuple of str
        Shortest wavelength first for measured bands; ("R", "G", "B") or ("grey",) for pictures.
    display : bool
        Whether they are pictures.
    """
    if display:
        red, green, blue = bands[:3] if len(bands) >= 3 else (bands[0],) * 3
        return RenderRecipe(name="as stored", red=red, green=green, blue=blue)
    preset = presets_for(bands)[0]
    return RenderRecipe(
        name=preset.name,
        red=preset.red,
        green=preset.green,
        blue=preset.blue,
        transform="lupton",
        origin="lower",
    )
