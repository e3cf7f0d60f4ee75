"""Who can reach the app, and whether that is safe: without sign-in only this machine."""

from __future__ import annotations

import ipaddress
import os

from astro_core.errors import ForbiddenError

TRUST_VARIABLE = "TUNINGFORK_TRUST_NETWORK"


def is_loopback(host: str | None) -> bool:
    """Whether an address or host name is this machine alone; None stands for all addresses."""
    name = (host or "").strip().lower().removeprefix("[").removesuffix("]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The host in a Host header, without its port."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.rpartition(":")[0] if ":" in header else header


def trusted() -> bool:
    """Whether ``TUNINGFORK_TRUST_NETWORK`` says that everybody on the network may do all."""
    return os.environ.get(TRUST_VARIABLE, "").strip() == "1"


def check_reach(address: str | None, *, sign_in: bool, asked_as: str = "") -> None:
    """Refuse to serve a network where nobody signs in.

    Parameters
    ----------
    address : str or None
        Where the app listens; None for all addresses of the machine.
    sign_in : bool
        Whether people sign in.
    asked_as : str
        The host that the browser asked for, where one did: another name than this machine's own
        means that a proxy, or somebody else's page, stands between.

    Raises
    ------
    ForbiddenError
        If others than this machine can reach it and anybody could be anybody.
    """
    if sign_in or trusted():
        return
    if not is_loopback(address):
        _refuse(address or "all addresses of this machine")
    if asked_as and not is_loopback(asked_as):
        _refuse(f"a browser that asks for '{asked_as}'")


def _refuse(given: str) -> None:
    raise ForbiddenError(
        "Without sign-in Tuning Fork serves this machine alone, because everybody who reaches it "
        "may do everything",
        given=given,
        todo="Set up sign-in as docs/serve.md shows, let it listen on 127.0.0.1, or set "
        f"{TRUST_VARIABLE}=1 if you trust everybody who can reach it",
    )
