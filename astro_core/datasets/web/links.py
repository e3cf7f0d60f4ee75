"""The pictures that an HTML page shows or links."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from astro_core.datasets.layouts.picture import SUFFIXES

_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")


@dataclass(frozen=True, kw_only=True)
class Link:
    """A picture's address and what the page says of it."""

    url: str
    caption: str = ""


def _is_picture(url: str) -> bool:
    return os.path.splitext(urlsplit(url).path)[1].lower() in SUFFIXES  # noqa: PTH122 - a URL


def largest(srcset: str) -> str:
    """Address of the largest picture of a srcset, "" if it is empty."""
    found = [(float(m[2] or 1), m[1]) for m in _CANDIDATE.finditer(srcset)]
    return max(found, default=(0.0, ""))[1]


def _source(tag: Any) -> str:
    for name in ("srcset", "data-srcset"):
        if tag.get(name):
            return largest(str(tag[name]))
    return str(tag.get("data-src") or tag.get("src") or "")


def _caption(tag: Any) -> str:
    text = tag.get("alt") or tag.get("title") or tag.get_text(" ", strip=True)
    return " ".join(str(text or "").split())[:300]


def _found(soup: Any) -> list[tuple[str, str]]:
    """Address and caption of each picture, in the page's order; a thumbnail gives its target."""
    out: list[tuple[str, str]] = []
    for tag in soup.find_all(["a", "img", "source"]):
        if tag.name == "a":
            target = str(tag.get("href") or "")
            if _is_picture(target):
                inner = tag.find("img")
                out.append((target, _caption(inner) if inner is not None else _caption(tag)))
            continue
        parent = tag.find_parent("a")
        if parent is not None and _is_picture(str(parent.get("href") or "")):
            continue
        if tag.name == "source" and tag.find_parent("picture") is None:
            continue
        if tag.find_previous_sibling("source") is not None:  # one picture in another form
            continue
        out.append((_source(tag), _caption(tag)))
    return out


def find_links(html: str, page_url: str) -> list[Link]:
    """List the pictures of a page: img with src or srcset, picture, and links to picture files.

    Parameters
    ----------
    page_url : str
        Where the page was found; addresses in it are relative to it or to its ``<base>``.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    base = soup.find("base", href=True)
    root = urljoin(page_url, str(base["href"])) if base is not None else page_url
    links: dict[str, Link] = {}
    for address, caption in _found(soup):
        try:
            url = urljoin(root, address.strip()).partition("#")[0]
            scheme = urlsplit(url).scheme
        except ValueError:
            continue
        if address.strip() and scheme in ("http", "https"):
            links.setdefault(url, Link(url=url, caption=caption))
    return list(links.values())
