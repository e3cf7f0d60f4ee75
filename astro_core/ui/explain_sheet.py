"""Pictures of what a layer sees, as sheets of small tiles."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from astro_core.figures.heat import heat_table
from astro_core.ui.explain_board import grey
from astro_core.ui.images import data_uri


def shown_px(size: int, about: int) -> int:
    """Side near `about` at which a browser repeats whole pixels; `about` for a larger map."""
    return size * max(1, about // size) if size <= about else about


def map_tile(values: NDArray[np.float32], about: int) -> bytes:
    """PNG of a map from 0 to 1 in the colours of maps, no larger than `about`."""
    shades = Image.fromarray(grey(values))
    if max(shades.size) > about:
        shades = shades.resize((about, about), Image.Resampling.LANCZOS)
    picture = shades.convert("P")
    picture.putpalette(heat_table().ravel().tolist())
    # "P" made from "L" maps each grey to itself
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def sheet(tiles: Sequence[tuple[bytes, str, str]], side: int) -> str:
    """HTML of tiles of a side in CSS pixels, each a picture with a caption and an alt text."""
    figures = [
        f'<figure><img src="{data_uri(content)}" alt="{escape(alt, quote=True)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for content, caption, alt in tiles
    ]
    return f'<div class="tf-sheet" style="--tile:{side}px">{"".join(figures)}</div>'
