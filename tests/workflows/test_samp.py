"""Tables go to the programs that listen by SAMP."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from astropy.table import Table

from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.samp import has_hub, receivers, send_table
from astro_core.workspace import Workspace


def write(path):
    Table({"object_id": ["a", "b"], "p_spiral": [0.25, 0.75]}).write(path, format="votable")


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Hubs say where they are in a file in the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SAMP_HUB", raising=False)


@pytest.fixture
def hub():
    from pyvo.samp import SAMPHubServer, conf

    with conf.set_temp("use_internet", False):
        server = SAMPHubServer(web_profile=False, addr="127.0.0.1")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def topcat(hub):
    """A program that takes tables, and what it was sent; it fails at those called broken."""
    from pyvo.samp import SAMPIntegratedClient

    client = SAMPIntegratedClient(name="TOPCAT", addr="127.0.0.1")
    client.connect()
    client.tables = {}

    def load(_key, _sender, message_id, _mtype, params, _extra):
        path = Path(unquote(urlsplit(params["url"]).path))
        client.tables[params["name"]] = Table.read(path, format="votable")
        good = params["name"] != "broken"
        told = {"samp.status": "samp.ok" if good else "samp.error", "samp.result": {}}
        client.reply(message_id, told | ({} if good else {"samp.error": {"samp.errortxt": "no"}}))

    client.bind_receive_call("table.load.votable", load)
    yield client
    client.disconnect()


def test_without_a_hub_there_is_nobody(space):
    assert not has_hub()
    assert receivers() == ()
    with pytest.raises(NotFoundError, match="No SAMP hub"):
        send_table(space, write, "sky")


def test_a_table_is_loaded_by_who_listens(space, topcat):
    assert receivers() == ("TOPCAT",)
    assert send_table(space, write, "sky") == ("TOPCAT",)
    assert topcat.tables["sky"]["p_spiral"].tolist() == [0.25, 0.75]
    assert not list(space.scratch.iterdir())


def test_who_is_not_there_or_cannot_load_it_is_said(space, topcat):
    with pytest.raises(NotFoundError, match="Aladin is not there"):
        send_table(space, write, "sky", to="Aladin")
    with pytest.raises(BadInputError, match="TOPCAT could not load"):
        send_table(space, write, "broken")


def test_a_hub_without_listeners(space, hub):
    with pytest.raises(NotFoundError, match="Nobody is there"):
        send_table(space, write, "sky")
