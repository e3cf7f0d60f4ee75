"""A downloader for pooch that goes on where an interrupted download stopped."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from astro_core import __version__
from astro_core.domain import Progress
from astro_core.errors import BadInputError

_CHUNK = 1 << 20
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)


@dataclass
class Partial:
    """A half-downloaded file, and by what the server knows the whole one.

    Attributes
    ----------
    path : Path
        Bytes so far; beside it, ``.json``, lies the mark that the whole was known by.
    """

    path: Path

    @property
    def note(self) -> Path:
        """Where the address and mark of the file are kept."""
        return self.path.with_name(self.path.name + ".json")

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def mark(self, url: str) -> str:
        """ETag or date by which the server knew the file; "" when it is not to be trusted."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        good = isinstance(note, dict) and note.get("url") == url
        return str(note.get("mark", "")) if good else ""

    def start(self, url: str, response: requests.Response) -> None:
        """Begin anew."""
        tag = response.headers.get("ETag", "")
        mark = (
            tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
        )
        self.path.write_bytes(b"")
        self.note.write_text(json.dumps({"url": url, "mark": mark}), encoding="utf-8")

    def drop(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


class ResumingDownloader:
    """Downloads one file for pooch, keeping what arrived when the connection breaks.

    Parameters
    ----------
    partial : Path
        Where the bytes are kept until the file is whole.
    progress : Progress
        Told bytes of this file; raises `Cancelled` to stop. What arrived stays.
    attempts : int
        Tries in a row that may bring nothing.
    """

    def __init__(
        self,
        partial: Path,
        progress: Progress,
        *,
        attempts: int = 5,
        timeout_s: float = 30.0,
        pause_s: float = 1.0,
    ) -> None:
        self.partial = Partial(partial)
        self._progress = progress
        self._attempts = attempts
        self._timeout_s = timeout_s
        self._pause_s = pause_s

    def __call__(
        self,
        url: str,
        output_file: str | Path,
        pooch: Any,  # noqa: ARG002 - pooch hands itself over
        check_only: bool = False,
    ) -> bool | None:
        """Fetch `url` into `output_file`, as pooch asks its downloaders."""
        if check_only:
            return None
        failures = 0
        while True:
            before = self.partial.size
            try:
                self._once(url)
                break
            except (requests.RequestException, HTTPError, _BrokeOffError) as error:
                failures = failures + 1 if self.partial.size <= before else 1
                if failures >= self._attempts:
                    raise _unreachable(url, self.partial.size, error) from None
                self._rest(failures)
        os.replace(self.partial.path, output_file)  # noqa: PTH105 - both are on one disk
        self.partial.drop()
        return None

    def _rest(self, failures: int) -> None:
        end = time.monotonic() + self._pause_s * 2 ** (failures - 1)
        while time.monotonic() < end:
            self._progress(self.partial.size, 0, "Waiting to try again")
            time.sleep(min(0.2, self._pause_s))

    def _once(self, url: str) -> None:
        """Ask once, from where we are, and keep all that comes."""
        have, mark = self.partial.size, self.partial.mark(url)
        headers = {"User-Agent": f"TuningFork/{__version__}", "Accept-Encoding": "identity"}
        if have and mark:
            headers |= {"Range": f"bytes={have}-", "If-Range": mark}
        with requests.get(url, headers=headers, stream=True, timeout=self._timeout_s) as response:
            _check_secure(url, response.url)
            total = self._begin(url, response, have)
            with self.partial.path.open("ab") as out:
                for chunk in response.raw.stream(_CHUNK, decode_content=False):
                    out.write(chunk)
                    self._progress(self.partial.size if total is None else out.tell(), total or 0)
        if total is not None and self.partial.size < total:
            raise _BrokeOffError(f"{self.partial.size:,} of {total:,} bytes arrived")

    def _begin(self, url: str, response: requests.Response, have: int) -> int | None:
        """Read the answer's head; return the size of the whole file where it is told."""
        if response.status_code == 206:
            found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if found and int(found[1]) == have:
                return None if found[2] == "*" else int(found[2])
            self.partial.drop()
            raise _BrokeOffError("the server sent another part than was asked for")
        if response.status_code == 416:
            self.partial.drop()
            raise _BrokeOffError("the file has changed on the server")
        if response.status_code in _TRANSIENT:
            raise _BrokeOffError(f"the server answered {response.status_code}")
        if response.status_code != 200:
            raise BadInputError(
                f"'{url}' cannot be downloaded",
                given=f"the server's answer {response.status_code} {response.reason}",
                todo="The survey may have moved; look it up and import the file from disk",
            )
        self.partial.start(url, response)
        declared = response.headers.get("Content-Length", "")
        return int(declared) if declared.isdecimal() else None


class _BrokeOffError(Exception):
    """The connection ended early, or the server is busy: worth another try."""


def _check_secure(asked: str, answered: str) -> None:
    if urlsplit(asked).scheme == "https" and urlsplit(answered).scheme != "https":
        raise BadInputError(
            f"'{urlsplit(asked).netloc}' redirects to an address that is not encrypted",
            given=answered[:200],
        )


def _unreachable(url: str, have: int, error: Exception) -> BadInputError:
    host = urlsplit(url).netloc
    if not have:
        return BadInputError(
            f"'{host}' cannot be reached",
            given=str(error).partition("\n")[0][:200],
            todo=f"Check the network, or fetch {url} elsewhere and import it from disk",
        )
    return BadInputError(
        f"The download from '{host}' broke off after {have / 1e6:,.1f} MB",
        given=str(error).partition("\n")[0][:200],
        todo="Start it again: it goes on where it stopped",
    )
