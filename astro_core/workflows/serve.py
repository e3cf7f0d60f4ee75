"""Serve the app to several people: where it listens, under which address, and who signs in."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from astro_core.errors import BadInputError
from astro_core.workflows.network import check_reach
from astro_core.workflows.open_app import FIRST_PORT, REPOSITORY, Launch, check_port, plan_launch
from astro_core.workspace import Workspace

CALLBACK = "/oauth2callback"
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_MIN_SECRET = 32
_USUAL = (Path.home() / ".streamlit" / "secrets.toml", REPOSITORY / ".streamlit" / "secrets.toml")


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How the app is served.

    Attributes
    ----------
    address : str
        Where it listens; a proxy on the same machine needs no other than loopback.
    port : int
    public_url : str
        Where people find it, as in "https://galaxies.lab.org/tuning"; empty where that is the
        address itself.
    secrets : Path or None
        A TOML file with what a sign-in needs; Streamlit's usual places where None is named.
    """

    address: str = "127.0.0.1"
    port: int = FIRST_PORT
    public_url: str = ""
    secrets: Path | None = None


def plan_serving(workspace: Workspace, serving: Serving) -> Launch:
    """Say how the app is to be started; everything that would fail later is told now.

    Raises
    ------
    BadInputError
        If the address or the file with the secrets cannot be used.
    ForbiddenError
        If a network would reach it where nobody signs in.
    ConflictError
        If the port is taken.
    LabelStoreError
        If the database with the labels does not answer.
    """
    from astro_core.labels.store import open_store

    sign_in = _sign_in(serving)
    public = _public(serving.public_url)
    if sign_in:
        _check_redirect(str(sign_in["redirect_uri"]), serving.public_url)
    check_reach(serving.address, sign_in=bool(sign_in), asked_as=public.hostname or "")
    check_port(serving.address, serving.port)
    open_store(workspace)
    options = {"server.address": serving.address}
    if public.hostname:
        options["browser.serverAddress"] = public.hostname
    if path := public.path.strip("/"):
        options["server.baseUrlPath"] = path
    if serving.secrets:
        options["secrets.files"] = str(serving.secrets.absolute())
    there = serving.public_url or f"http://{_written(serving.address)}:{serving.port}"
    return plan_launch(
        workspace, demo=False, port=serving.port, headless=True, options=options, address=there
    )


def _written(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _public(url: str) -> Any:
    parts = urlsplit(url)
    whole = parts.scheme in ("http", "https") and parts.hostname
    if url and (not whole or parts.query or parts.fragment):
        raise BadInputError(
            "The public address is no address of a page",
            expected="https://galaxies.lab.org or https://galaxies.lab.org/tuning",
            given=f"'{url}'",
        )
    return parts


def _sign_in(serving: Serving) -> Mapping[str, Any]:
    """What the secrets say of sign-in; empty where they say nothing."""
    if serving.secrets:
        found = _read(serving.secrets)
        if not found:
            raise BadInputError(f"'{serving.secrets}' has no section [auth]", todo=_SEE)
        return found
    return next((found for path in _USUAL if path.is_file() and (found := _read(path))), {})


_SEE = "docs/serve.md shows what belongs there"


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8")).get("auth", {})
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise BadInputError(f"The secrets in '{path}' cannot be read", given=str(error)) from None
    if not found:
        return found
    if mode & stat.S_IRWXO:
        raise BadInputError(
            f"Everybody on this machine may read the secrets in '{path}'",
            todo=f"chmod 640 '{path}'",
        )
    missing = [name for name in _NEEDED if not str(found.get(name, ""))]
    if missing:
        raise BadInputError(
            f"Sign-in as '{path}' describes it lacks " + ", ".join(missing), todo=_SEE
        )
    if len(str(found["cookie_secret"])) < _MIN_SECRET:
        raise BadInputError(
            "The cookie_secret is too short, and whoever guesses it can be anybody",
            expected=f"{_MIN_SECRET} characters or more by chance",
            todo="python3 -c 'import secrets; print(secrets.token_urlsafe(32))' makes one",
        )
    return found


def _check_redirect(redirect: str, public_url: str) -> None:
    wanted = public_url.rstrip("/") + CALLBACK if public_url else CALLBACK
    fits = redirect == wanted if public_url else redirect.endswith(wanted)
    if not fits:
        raise BadInputError(
            "The sign-in would not come back to this app",
            expected=f"redirect_uri = '{wanted if public_url else 'https://...' + wanted}'",
            given=f"'{redirect}'",
            todo="Name the same public address in the secrets, in the settings and at the provider",
        )
