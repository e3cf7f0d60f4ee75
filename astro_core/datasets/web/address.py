"""Which web addresses may be asked."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from astro_core.errors import BadInputError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
_OLD_MAPPED = ipaddress.ip_network("::/96")  # of IPv4, and nobody's on the open internet


def is_public(text: str) -> bool:
    """Whether an IP address is on the open internet, whatever address it wraps."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None or address.is_site_local:
            return False
        if address in _LOCAL_NAT64 or address in _OLD_MAPPED:
            return False
    return address.is_global and not address.is_multicast


def check_address(url: str, *, allow_private: bool, https_only: bool = False) -> str:
    """Return `url` without fragment and surrounding space if it may be asked.

    Raises
    ------
    BadInputError
        If it is not http or https, or not https where that is asked for, carries a password, has
        no host that can be found, or leads to this machine or the local network.
    """
    url = url.strip().partition("#")[0]
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadInputError("This is not a web address", given=f"'{url[:200]}'") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise BadInputError(
            "This is not a web address", expected="http:// or https://", given=f"'{url[:200]}'"
        )
    if https_only and parts.scheme.lower() != "https":
        raise BadInputError(
            "Only addresses that begin with https:// are asked", given=f"'{url[:200]}'"
        )
    if parts.username is not None or parts.password is not None:
        raise BadInputError("A web address with a password in it is not asked", given=host)
    if not allow_private:
        _check_host(host, port or 443)
    return url


def _check_host(host: str, port: int) -> None:
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise BadInputError(
            f"The host '{host}' was not found", todo="Check the address and the network"
        ) from None
    refuse_private(host, *(str(address) for address in found))


def refuse_private(host: str, *addresses: str) -> None:
    """Raise if one of the addresses of a host is not on the open internet.

    Raises
    ------
    BadInputError
    """
    if not all(is_public(address) for address in addresses):
        raise BadInputError(
            f"'{host}' is this machine or in the local network and is not asked",
            todo="Save the page and its images to a folder and import that",
        )
