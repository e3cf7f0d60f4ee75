"""Pictures from a web page, fetched politely and with care."""

from astro_core.datasets.web.fetch import Fetched, FetchedImage, fetch
from astro_core.datasets.web.limits import PRIVATE_VARIABLE, PageLimits

__all__ = ["PRIVATE_VARIABLE", "Fetched", "FetchedImage", "PageLimits", "fetch"]
