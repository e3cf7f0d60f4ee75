"""Send tables to TOPCAT, Aladin and other programs of this machine that listen by SAMP.

SAMP is the Simple Application Messaging Protocol of the Virtual Observatory (Taylor et al. 2015,
Astronomy and Computing 11, 81). A hub, such as the one that TOPCAT starts, knows who listens.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from astro_core.errors import BadInputError, NotFoundError
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from pyvo.samp import SAMPIntegratedClient

_LOAD = "table.load.votable"
_WAIT_S = "30"  # as SAMP writes numbers
_DONE = "samp.ok"


def has_hub() -> bool:
    """Whether a hub runs here; where no file says so, this looks for it and does nothing more."""
    named = os.environ.get("SAMP_HUB", "")
    if not named and not any((Path.home() / name).exists() for name in (".samp", ".samp-1")):
        return False
    from pyvo.samp.lockfile_helpers import get_running_hubs

    return bool(get_running_hubs())


def receivers() -> tuple[str, ...]:
    """Names of the programs that take tables; none without a hub."""
    if not has_hub():
        return ()
    with _connected() as client:
        return tuple(sorted(_listening(client).values()))


def send_table(
    workspace: Workspace, write: Callable[[Path], object], name: str, *, to: str = ""
) -> tuple[str, ...]:
    """Have other programs load a table, and wait until they have.

    Parameters
    ----------
    write : callable
        Writes the table as VOTable into the file that it is given.
    name : str
        What they shall call it.
    to : str
        Name of the only program that gets it; empty for all that take tables.

    Returns
    -------
    tuple of str
        Who has loaded it.

    Raises
    ------
    NotFoundError
        If there is no hub, or nobody of that name.
    BadInputError
        If a program could not load it.
    """
    if not has_hub():
        raise NotFoundError("No SAMP hub runs on this machine", todo="Start TOPCAT or Aladin")
    folder = workspace.scratch_folder("samp")
    try:
        path = folder / "table.vot"
        write(path)
        with _connected() as client:
            found = {i: who for i, who in _listening(client).items() if to in ("", who)}
            if not found:
                who = f"{to} is not" if to else "Nobody is"
                raise NotFoundError(f"{who} there to take tables", todo="Start it, or another")
            for client_id, who in found.items():
                _load(client, client_id, who, {"url": path.as_uri(), "name": name})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(sorted(found.values()))


@contextmanager
def _connected() -> Iterator[SAMPIntegratedClient]:
    from pyvo.samp import SAMPHubError, SAMPIntegratedClient, SAMPProxyError, conf

    client = SAMPIntegratedClient(name="Tuning Fork", addr="127.0.0.1")
    try:
        with conf.set_temp("use_internet", False):  # else it asks a server far away for its name
            client.connect()
        yield client
    except (SAMPHubError, SAMPProxyError, OSError) as error:
        raise BadInputError("The SAMP hub does not answer", given=str(error)) from None
    finally:
        if client.is_connected:
            client.disconnect()


def _listening(client: SAMPIntegratedClient) -> dict[str, str]:
    """Client id to name of those that take tables."""
    ids = client.get_subscribed_clients(_LOAD)
    return {one: str(client.get_metadata(one).get("samp.name", one)) for one in ids}


def _load(client: SAMPIntegratedClient, client_id: str, who: str, params: dict[str, str]) -> None:
    message = {"samp.mtype": _LOAD, "samp.params": params}
    told = client.call_and_wait(client_id, message, _WAIT_S)
    if told["samp.status"] != _DONE:
        why = told.get("samp.error", {}).get("samp.errortxt", "")
        raise BadInputError(f"{who} could not load the table", given=why)
