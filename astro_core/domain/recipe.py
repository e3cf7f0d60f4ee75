"""How bands become a display image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from astro_core.errors import BadInputError
from astro_core.params import digest, from_mapping, param, to_mapping

TRANSFORMS = ("lupton", "linear", "sqrt", "log", "asinh", "picture")
INTERVALS = ("minmax", "percentile", "zscale")
ORIGINS = ("lower", "upper")


@dataclass(frozen=True, kw_only=True)
class RenderRecipe:
    """How bands become an 8-bit colour image; the same for display, training and inference.

    ``transform="picture"`` shows pixels that are 8-bit colours already as they are. "lupton"
    is the colour-preserving asinh of Lupton et al. 2004 (PASP 116, 133); its `stretch`, `Q`,
    `minimum` and `weight` are in the units of the data. The others normalise each band by
    `interval` first and then apply one of astropy's stretches.
    """

    name: str = param("untitled", label="Name", help="What this recipe is called.")
    red: str = param("R", label="Red", help="Band shown as red; usually the longest wavelength.")
    green: str = param("G", label="Green", help="Band shown as green.")
    blue: str = param(
        "B", label="Blue", help="Band shown as blue; usually the shortest wavelength."
    )
    transform: str = param(
        "picture",
        label="Transform",
        choices=TRANSFORMS,
        help="How brightness is compressed. Lupton keeps colours, the others work band by band.",
    )
    stretch: float = param(
        0.5,
        label="Stretch",
        minimum=1e-36,
        maximum=1e36,
        help="Lupton: brightness at which the linear part ends, in the units of the data. "
        "Smaller shows fainter structure.",
    )
    Q: float = param(
        8.0,
        label="Q",
        minimum=0.0,
        maximum=1000.0,
        help="Lupton: how strongly bright parts are compressed. 0 is linear; "
        "larger keeps cores from burning out.",
    )
    minimum: tuple[float, float, float] = param(
        (0.0, 0.0, 0.0),
        label="Black point",
        help="Value shown as black in red, green and blue, in the units of the data.",
    )
    weight: tuple[float, float, float] = param(
        (1.0, 1.0, 1.0),
        label="Band weight",
        minimum=0.0,
        maximum=1000.0,
        help="Factor on each band before mixing. Unequal zero points make an image "
        "all yellow or all blue; weights put that right.",
    )
    interval: str = param(
        "percentile",
        label="Interval",
        choices=INTERVALS,
        help="How the other transforms find black and white in each band.",
    )
    percentile: float = param(
        99.5,
        label="Percentile",
        minimum=50.0,
        maximum=100.0,
        unit="%",
        help="Central share of the pixels between black and white.",
    )
    crop_px: int = param(
        0,
        label="Crop",
        minimum=0,
        maximum=8192,
        unit="px",
        help="Side of the central square that is kept; 0 keeps the whole image.",
    )
    size_px: int = param(
        128,
        label="Size",
        minimum=8,
        maximum=1024,
        unit="px",
        help="Side of the square image that is made.",
    )
    origin: str = param(
        "upper",
        label="First row",
        choices=ORIGINS,
        help="lower: the first row is at the bottom, as FITS viewers show it; "
        "upper: at the top, as in the array and in pictures.",
    )

    def __post_init__(self) -> None:
        for name in ("minimum", "weight"):
            values = getattr(self, name)
            if len(values) != 3 or not all(isinstance(v, (int, float)) for v in values):
                raise BadInputError(
                    f"A recipe's {name} needs one value per colour",
                    expected="three numbers for red, green, blue",
                    given=str(list(values)),
                )
            object.__setattr__(self, name, tuple(float(v) for v in values))

    @property
    def bands(self) -> tuple[str, str, str]:
        """Bands shown as red, green and blue."""
        return (self.red, self.green, self.blue)

    @property
    def key(self) -> str:
        """Hash of everything that changes pixels; the name does not."""
        values = to_mapping(self)
        del values["name"]
        return digest(values)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, with the format's version."""
        return {"version": 1, **to_mapping(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RenderRecipe:
        """Read what `to_json` wrote; what is left out takes its default.

        One number for `minimum` or `weight` stands for all three colours, and a mapping gives
        them by band.

        Raises
        ------
        BadInputError
            For an unknown setting, a value out of bounds, or another version.
        """
        if not isinstance(value, Mapping):
            raise BadInputError("A recipe must be a JSON object", given=type(value).__name__)
        values = dict(value)
        version = values.pop("version", 1)
        if version != 1:
            raise BadInputError(
                "This recipe was written by another version", expected="1", given=str(version)
            )
        default = cls()
        bands = [values.get(c, getattr(default, c)) for c in ("red", "green", "blue")]
        for name in ("minimum", "weight"):
            given = values.get(name)
            if isinstance(given, (int, float)) and not isinstance(given, bool):
                values[name] = (given,) * 3
            elif isinstance(given, Mapping):
                fallback = dict(zip(bands, getattr(default, name), strict=True))
                values[name] = tuple(given.get(b, fallback[b]) for b in bands)
        return from_mapping(cls, values)
