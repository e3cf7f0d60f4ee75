"""A picture fetched from an address that somebody gave, as if it had been uploaded."""

from __future__ import annotations

import io
import mimetypes
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from astro_core.datasets.web.limits import URLS_VARIABLE, PageLimits, urls_allowed
from astro_core.datasets.web.session import PoliteSession
from astro_core.domain import Progress, no_progress
from astro_core.errors import ForbiddenError
from astro_core.workflows.uploads import CLASSIFY_LIMITS, Upload, UploadLimits, receive
from astro_core.workspace import Workspace

URL_LIMITS = PageLimits(https_only=True, max_image_bytes=100_000_000, max_seconds_each=60.0)


def fetch_upload(
    workspace: Workspace,
    url: str,
    *,
    limits: UploadLimits = CLASSIFY_LIMITS,
    web: PageLimits = URL_LIMITS,
    progress: Progress = no_progress,
) -> Upload:
    """Fetch the one file at an address. A person asks for it, so robots.txt is not consulted.

    Raises
    ------
    ForbiddenError
        If the setting does not allow it.
    BadInputError
        If the address may not be asked, or gives no picture.
    """
    if not urls_allowed():
        raise ForbiddenError(
            "Files are not fetched from addresses here",
            todo=f"Save the file and drop it, or set {URLS_VARIABLE}=1 where the app is started",
        )
    session = PoliteSession(web, lambda: progress(0, 0, "Fetching the file"))
    try:
        with session.ask(url) as response:
            content = session.read(response, web.max_image_bytes)
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    finally:
        session.close()
    return receive(workspace, [(_name(url, kind, limits), io.BytesIO(content))], limits)


def _name(url: str, kind: str, limits: UploadLimits) -> str:
    """Name of the file that an address means; where it has no suffix, the server says the kind."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name or "image"
    if name.lower().endswith(limits.suffixes):
        return name
    return name + (".fits" if kind.endswith("fits") else mimetypes.guess_extension(kind) or "")
