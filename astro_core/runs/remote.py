"""A scheduler elsewhere: its address and certificates, and what to say when it is not there.

Dask's messages are pickles, which run code where they are read. So beyond this machine only
``tls://`` is spoken, where both sides show a certificate of the same authority.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from distributed import Client, Security

SCHEDULER = "TUNINGFORK_SCHEDULER"
AUTHORITY, CERTIFICATE, KEY = "TUNINGFORK_TLS_CA", "TUNINGFORK_TLS_CERT", "TUNINGFORK_TLS_KEY"
PATIENCE = "TUNINGFORK_CONNECT_S"  # seconds until a scheduler has to answer
CONNECT_S = 10.0
_EXPECTED = "tls://HOST:PORT, or tcp://127.0.0.1:PORT on this machine"


@dataclass(frozen=True, kw_only=True)
class Remote:
    """Where a scheduler is, and how we show who we are.

    Attributes
    ----------
    address : str
        ``tls://host:port``, or ``tcp://`` on this machine.
    certificates : Mapping
        Path by the name of its setting; empty for ``tcp://``.
    """

    address: str
    certificates: Mapping[str, Path]

    def security(self) -> Security | None:
        """Return the certificates as Dask takes them."""
        from distributed import Security

        if not self.certificates:
            return None
        return Security(
            tls_ca_file=str(self.certificates[AUTHORITY]),
            tls_client_cert=str(self.certificates[CERTIFICATE]),
            tls_client_key=str(self.certificates[KEY]),
            require_encryption=True,
        )


def remote() -> Remote | None:
    """Return the scheduler that ``TUNINGFORK_SCHEDULER`` names; None where it names none.

    Raises
    ------
    BadInputError
        If the address is none, is not encrypted although it leaves this machine, or a
        certificate is missing.
    """
    address = os.environ.get(SCHEDULER, "").strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or port is None or parts.scheme not in ("tls", "tcp"):
        raise BadInputError(
            f"{SCHEDULER} is no address of a scheduler", expected=_EXPECTED, given=address
        )
    if parts.scheme == "tls":
        return Remote(address=address, certificates=_certificates())
    if not _is_loopback(host):
        raise BadInputError(
            "A scheduler on another machine is only spoken to in encrypted form",
            expected="tls://HOST:PORT",
            given=address,
            todo="Start the scheduler with certificates, see docs/runs.md",
        )
    return Remote(address=address, certificates={})


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _certificates() -> dict[str, Path]:
    found = {name: os.environ.get(name, "").strip() for name in (AUTHORITY, CERTIFICATE, KEY)}
    for name, path in found.items():
        if not path or not Path(path).expanduser().is_file():
            raise BadInputError(
                f"A tls:// scheduler needs the setting {name}",
                expected="a file in PEM form",
                given=f"'{path}', which is not there" if path else "nothing",
                todo="docs/runs.md says how to make one",
            )
    return {name: Path(path).expanduser().absolute() for name, path in found.items()}


def patience_s() -> float:
    """Seconds that a scheduler has to answer; those of the setting, if it holds a number."""
    try:
        return float(os.environ.get(PATIENCE, CONNECT_S))
    except ValueError:
        return CONNECT_S


def connect(where: Remote) -> Client:
    """Connect to a scheduler.

    Raises
    ------
    BadInputError
        If it does not answer, or refuses our certificate.
    """
    from distributed import Client

    try:
        return Client(
            where.address, security=where.security(), timeout=patience_s(), set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise BadInputError(
            f"The scheduler at {where.address} does not answer",
            given=_short(error),
            todo="See whether it runs and the certificates are of one authority, or unset "
            f"{SCHEDULER} to work on this machine",
        ) from None


def _short(error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return f"{type(cause).__name__}: {str(cause).splitlines()[0][:200] if str(cause) else ''}"
