"""From the address of a page to a folder of pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from astro_core.datasets.layouts.picture import FORMATS
from astro_core.datasets.web.limits import PageLimits
from astro_core.datasets.web.links import Link, find_links
from astro_core.datasets.web.robots import Robots
from astro_core.datasets.web.session import PoliteSession
from astro_core.domain import Problem, Progress, no_progress
from astro_core.errors import BadInputError

_SUFFIX = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "GIF": ".gif",
    "TIFF": ".tif",
    "BMP": ".bmp",
    "WEBP": ".webp",
    "JPEG2000": ".jp2",
    "PPM": ".ppm",
}
_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, kw_only=True)
class FetchedImage:
    """A picture that was saved: its file, where it came from, and what the page says of it."""

    file: str
    source_url: str
    caption: str
    n_bytes: int


@dataclass
class Fetched:
    """What a page gave."""

    page_url: str
    images: list[FetchedImage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def n_bytes(self) -> int:
        """Size of all pictures."""
        return sum(image.n_bytes for image in self.images)


def check_picture(content: bytes, limits: PageLimits) -> str:
    """Return the suffix that a picture's content asks for.

    Raises
    ------
    BadInputError
        If it is no picture, too large or as small as an icon.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            kind, (width, height) = str(image.format), image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadInputError("The picture has too many pixels to be opened safely") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise BadInputError("What the server sent is not a picture that can be read") from None
    if width * height > limits.max_pixels:
        raise BadInputError(
            "The picture has too many pixels to be opened safely", given=f"{width} x {height}"
        )
    if min(width, height) < limits.min_side_px:
        raise BadInputError(
            "The picture is as small as an icon",
            expected=f"at least {limits.min_side_px} pixels a side",
            given=f"{width} x {height}",
        )
    return _SUFFIX.get(kind, ".jpg")


def _name(url: str, number: int, suffix: str) -> str:
    stem = Path(unquote(urlsplit(url).path)).stem
    clean = _UNSAFE.sub("_", stem).strip("._-")[:60]
    return f"{number:04d}-{clean or 'image'}{suffix}"


def _page_links(session: PoliteSession, robots: Robots, url: str) -> tuple[str, list[Link]]:
    with session.ask(url, robots.check) as response:
        kind = response.headers.get("Content-Type", "text/html").lower()
        if kind.startswith("image/"):
            return response.url, [Link(url=response.url)]
        if "html" not in kind:
            raise BadInputError("This address is neither a page nor a picture", given=kind)
        content = session.read(response, session.limits.max_page_bytes)
        charset = response.encoding if "charset" in kind and response.encoding else "utf-8"
        try:
            html = content.decode(charset, "replace")
        except LookupError:
            html = content.decode("utf-8", "replace")
        return response.url, find_links(html, response.url)


def _fetch_one(
    session: PoliteSession, robots: Robots, link: Link, into: Path, found: Fetched
) -> None:
    left = session.limits.max_bytes - found.n_bytes
    with session.ask(link.url, robots.check) as response:
        kind = response.headers.get("Content-Type", "").lower()
        if response.status_code == 200 and kind and not kind.startswith(_TYPES):
            raise BadInputError("The server says that this is no picture", given=kind)
        content = session.read(response, min(session.limits.max_image_bytes, left))
    suffix = check_picture(content, session.limits)
    file = _name(link.url, len(found.images) + 1, suffix)
    (into / file).write_bytes(content)
    found.images.append(
        FetchedImage(file=file, source_url=link.url, caption=link.caption, n_bytes=len(content))
    )


def fetch(
    url: str,
    into: Path,
    limits: PageLimits | None = None,
    progress: Progress = no_progress,
) -> Fetched:
    """Save the pictures that a web page shows or links.

    robots.txt is respected, requests are spaced, redirects are checked one by one. A picture
    that cannot be had is a problem; the others go on.

    Parameters
    ----------
    url : str
        Address of a page, or of one picture.
    into : Path
        Folder that takes the files.

    Raises
    ------
    BadInputError
        If the page itself cannot be had, or gives no picture.
    """
    limits = limits or PageLimits()
    state = {"done": 0, "total": 0}

    def tick() -> None:
        progress(state["done"], state["total"], "Fetching images")

    session = PoliteSession(limits, tick)
    try:
        robots = Robots(session)
        page_url, links = _page_links(session, robots, url)
        found = Fetched(page_url=page_url)
        _limit(links, limits, found)
        state["total"] = min(len(links), limits.max_images)
        _fetch_all(session, robots, links[: limits.max_images], into, found, state, tick)
    finally:
        session.close()
    if not found.images:
        reason = found.problems[0].reason if found.problems else "it shows none"
        raise BadInputError(f"No picture could be had from '{url}'", given=reason)
    return found


def _limit(links: list[Link], limits: PageLimits, found: Fetched) -> None:
    if len(links) > limits.max_images:
        found.notes.append(
            f"The page has {len(links):,} pictures; the first {limits.max_images:,} were fetched."
        )


def _fetch_all(
    session: PoliteSession,
    robots: Robots,
    links: list[Link],
    into: Path,
    found: Fetched,
    state: dict[str, int],
    tick: Callable[[], None],
) -> None:
    for number, link in enumerate(links):
        state["done"] = number
        tick()
        if found.n_bytes >= session.limits.max_bytes:
            found.notes.append(f"Stopped at {found.n_bytes / 1e6:,.0f} MB, the limit of a page.")
            return
        try:
            _fetch_one(session, robots, link, into, found)
        except BadInputError as error:
            found.problems.append(Problem(object_id="", file=link.url[:300], reason=str(error)))
    state["done"] = len(links)
    tick()
