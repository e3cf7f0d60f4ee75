"""One polite conversation with web servers: slow, limited, checked at every step."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from astro_core import __version__
from astro_core.datasets.web.address import check_address, refuse_private
from astro_core.datasets.web.limits import PageLimits
from astro_core.errors import BadInputError

AGENT = "TuningFork"
_CHUNK = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)


@contextmanager
def _cut_off(seconds: float, shutdown: Callable[[], None]) -> Iterator[None]:
    """End a connection at a deadline: its own timeout begins anew with every byte."""

    def end() -> None:
        with suppress(OSError, RuntimeError, ValueError):  # it has ended by itself
            shutdown()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _TimedHTTP(HTTPConnection):
    """Has the whole of an answer's headers in time, or none."""

    def getresponse(self) -> Any:
        assert self.timeout is not None
        sock, end = self.sock, time.monotonic() + self.timeout
        with _cut_off(self.timeout, lambda: sock.shutdown(socket.SHUT_RDWR)):
            response = super().getresponse()
        if time.monotonic() > end:  # headers that break off look as if they had ended
            response.close()
            raise TimeoutError
        return response


class _TimedHTTPS(_TimedHTTP, HTTPSConnection):
    pass


class _CheckedHTTP(_TimedHTTP):
    """Looks at who answered before a word is sent: names can change between two questions."""

    def _new_conn(self) -> Any:
        sock = super()._new_conn()
        _check_peer(sock, self.host)
        return sock


class _CheckedHTTPS(_CheckedHTTP, HTTPSConnection):
    pass


def _check_peer(sock: Any, host: str) -> None:
    try:
        refuse_private(host, str(sock.getpeername()[0]))
    except BadInputError:
        sock.close()
        raise


class _TimedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _TimedHTTP


class _TimedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _TimedHTTPS


class _CheckedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTP


class _CheckedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPS


class _TimedAdapter(HTTPAdapter):
    pools: Mapping[str, type[HTTPConnectionPool]] = {
        "http": _TimedHTTPPool,
        "https": _TimedHTTPSPool,
    }

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = dict(self.pools)


class _CheckedAdapter(_TimedAdapter):
    pools = {"http": _CheckedHTTPPool, "https": _CheckedHTTPSPool}


class PoliteSession:
    """Asks web servers one thing at a time.

    Parameters
    ----------
    tick : callable
        Called often while waiting and reading; raises `Cancelled` when told to stop.
    """

    def __init__(self, limits: PageLimits, tick: Callable[[], None]) -> None:
        self.limits = limits
        self.delay_s = limits.delay_s
        self._tick = tick
        self._last: dict[str, float] = {}
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy that could ask for us, no password from .netrc
        self._session.headers.update(
            {
                "User-Agent": f"{AGENT}/{__version__} (import of astronomical images)",
                "Accept-Encoding": "identity",
            }
        )
        adapter = _TimedAdapter if limits.allow_private else _CheckedAdapter
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter(max_retries=0))

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _wait(self, host: str) -> None:
        """Leave time between two questions to one host."""
        until = self._last.get(host, -1e9) + self.delay_s
        while (left := until - time.monotonic()) > 0:
            self._tick()
            time.sleep(min(left, 0.2))
        self._last[host] = time.monotonic()

    @contextmanager
    def ask(
        self, url: str, allowed: Callable[[str], None] = lambda _: None
    ) -> Iterator[requests.Response]:
        """Ask for an address, following a few redirects, each checked like the first.

        Parameters
        ----------
        allowed : callable
            Called with each address before it is asked; raises to refuse it.

        Raises
        ------
        BadInputError
            If an address may not be asked, nobody answers, or the answer is an error.
        """
        for _ in range(self.limits.max_redirects + 1):
            url = check_address(
                url,
                allow_private=self.limits.allow_private,
                https_only=self.limits.https_only,
            )
            allowed(url)
            with self._get(url) as response:
                target = response.headers.get("Location", "")
                if response.status_code not in _REDIRECTS or not target:
                    yield response
                    return
            url = urljoin(url, target)
        raise BadInputError("The server redirects in circles", given=url[:200])

    @contextmanager
    def _get(self, url: str) -> Iterator[requests.Response]:
        self._wait(urlsplit(url).netloc)
        self._tick()
        try:
            response = self._session.get(
                url, stream=True, allow_redirects=False, timeout=self.limits.timeout_s
            )
        except requests.RequestException as error:
            raise BadInputError(
                f"'{urlsplit(url).netloc}' does not answer", given=_short(error)
            ) from None
        with response:
            yield response

    def read(self, response: requests.Response, limit: int) -> bytes:
        """Read an answer of at most `limit` bytes.

        Raises
        ------
        BadInputError
            If it is longer, too slow, breaks off, or is an error.
        """
        if response.status_code != 200:
            raise BadInputError(f"The server answered {response.status_code} {response.reason}")
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > limit:
            raise _too_large(limit)
        end = time.monotonic() + self.limits.max_seconds_each
        content = bytearray()
        try:
            with _cut_off(self.limits.max_seconds_each, response.raw.shutdown):
                while piece := response.raw.read1(_CHUNK, decode_content=True):
                    self._tick()
                    content += piece
                    if len(content) > limit:
                        raise _too_large(limit)
        except HTTPError as error:
            if time.monotonic() <= end:
                raise BadInputError("The transfer broke off", given=_short(error)) from None
        if time.monotonic() > end:
            raise BadInputError("The server sends too slowly")
        return bytes(content)


def _too_large(limit: int) -> BadInputError:
    return BadInputError("The file is too large", expected=f"at most {limit:,} bytes")


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0][:160]
