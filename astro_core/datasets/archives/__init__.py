"""Archives unpacked without trusting them: no path outside, no links, no bombs."""

from astro_core.datasets.archives.limits import LIMITS, ArchiveLimits
from astro_core.datasets.archives.unpack import is_archive, unpack

__all__ = ["LIMITS", "ArchiveLimits", "is_archive", "unpack"]
