"""The pictures that a web page links."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.pictures import picture_part, unique_ids
from astro_core.domain import Progress
from astro_core.errors import BadInputError


def _sniff(_path: Path) -> Match | None:
    """Nothing on disk is a web page: an address is offered to this reader alone."""
    return None


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    from astro_core.datasets.web import PageLimits, fetch
    from astro_core.datasets.web.limits import private_allowed

    if not options.address:
        raise BadInputError(
            f"'{path.name}' is not a web address", expected="an address that starts with https://"
        )
    limits = PageLimits(
        max_images=options.max_images,
        max_bytes=options.max_bytes,
        allow_private=private_allowed(),
    )
    into = options.scratch or path
    found = fetch(options.address, into, limits, progress)
    files = [image.file for image in found.images]
    catalogue = pd.DataFrame(
        {
            "object_id": unique_ids(files),
            "part": 0,
            "file": files,
            "row": 0,
            "source_url": [image.source_url for image in found.images],
            "caption": [image.caption or None for image in found.images],
            "ra_deg": np.nan,
            "dec_deg": np.nan,
        }
    )
    return Scan(
        parts=(picture_part(into, files),),
        catalogue=catalogue,
        problems=tuple(found.problems),
        notes=(f"Fetched from {found.page_url}.", *found.notes),
    )


READERS.add(
    ReaderSpec(
        name="web-page",
        label="Web page",
        description="The pictures that a web page shows or links, each with its address. "
        "robots.txt is respected, and number and size are limited.",
        sniff=_sniff,
        scan=_scan,
    )
)
