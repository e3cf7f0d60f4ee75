"""What the owner of a site asks of programs (RFC 9309)."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from astro_core.datasets.web.session import AGENT, PoliteSession
from astro_core.errors import BadInputError

_MAX_BYTES = 512_000


class Robots:
    """The robots.txt of each site that is asked, read once."""

    def __init__(self, session: PoliteSession) -> None:
        self._session = session
        self._sites: dict[str, RobotFileParser] = {}

    def check(self, url: str) -> None:
        """Raise if the site asks programs not to fetch this address.

        Raises
        ------
        BadInputError
        """
        rules = self._rules(url)
        if not rules.can_fetch(AGENT, url):
            raise BadInputError("The site's robots.txt asks programs not to fetch this address")
        delay = rules.crawl_delay(AGENT)
        if delay is not None:
            wanted = float(delay)
            if wanted > self._session.limits.max_delay_s:
                raise BadInputError(
                    "The site's robots.txt asks for very long pauses", given=f"{wanted:g} s"
                )
            self._session.delay_s = max(self._session.delay_s, wanted)

    def _rules(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._sites:
            rules = RobotFileParser()
            status, text = self._fetch(f"{site}/robots.txt")
            if status == 200:
                rules.parse(text.splitlines())
            elif 400 <= status < 500:
                rules.parse([])
            else:  # the owner's wish is not known: RFC 9309 says to keep out
                rules.parse(["User-agent: *", "Disallow: /"])
            self._sites[site] = rules
        return self._sites[site]

    def _fetch(self, url: str) -> tuple[int, str]:
        with self._session.ask(url) as response:
            if response.status_code != 200:
                return response.status_code, ""
            content = self._session.read(response, _MAX_BYTES)
        return 200, content.decode("utf-8", "replace")
