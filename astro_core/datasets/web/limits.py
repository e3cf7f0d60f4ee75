"""How much is fetched from a page, how fast, and from where."""

from __future__ import annotations

import os
from dataclasses import dataclass

from astro_core.datasets.layouts.picture import MAX_PIXELS

PRIVATE_VARIABLE = "TUNINGFORK_ALLOW_PRIVATE_WEB"
URLS_VARIABLE = "TUNINGFORK_ALLOW_URLS"


@dataclass(frozen=True, kw_only=True)
class PageLimits:
    """Limits on what is fetched from a web page.

    Attributes
    ----------
    max_images, max_bytes : int
        Of all images together.
    min_side_px : int
        Smaller pictures are icons and are left out.
    delay_s : float
        Shortest time between two requests; a longer Crawl-delay of robots.txt counts.
    timeout_s, max_seconds_each : float
        For an answer to begin, and for one file to arrive.
    allow_private : bool
        Whether addresses of this machine and the local network may be asked. Off, so that a
        page cannot make the program read what only this machine can see.
    https_only : bool
        Whether an address that is not https is refused, also one that a server leads to.
    """

    max_images: int = 500
    max_bytes: int = 500_000_000
    max_image_bytes: int = 60_000_000
    max_page_bytes: int = 20_000_000
    max_pixels: int = MAX_PIXELS
    max_redirects: int = 5
    min_side_px: int = 32
    delay_s: float = 0.5
    max_delay_s: float = 30.0
    timeout_s: float = 20.0
    max_seconds_each: float = 120.0
    allow_private: bool = False
    https_only: bool = False


def private_allowed() -> bool:
    """Whether the environment says that local addresses may be asked."""
    return _is_set(PRIVATE_VARIABLE)


def urls_allowed() -> bool:
    """Whether the environment says that people may have files fetched from addresses."""
    return _is_set(URLS_VARIABLE)


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "").strip() in ("1", "true", "yes")
