"""Serving several people: what is wrong is told before anybody comes."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from astro_core.errors import BadInputError, ConflictError, ForbiddenError
from astro_core.labels.trouble import LabelStoreError
from astro_core.workflows import serve
from astro_core.workflows.open_app import check_port, free_port
from astro_core.workflows.serve import Serving, plan_serving
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace

DOCS = Path(__file__).resolve().parents[2] / "docs" / "serve"
URL = "https://galaxies.lab.org"
AUTH = {
    "redirect_uri": f"{URL}/oauth2callback",
    "cookie_secret": "x" * 32,
    "client_id": "tuning-fork",
    "client_secret": "y",
    "server_metadata_url": "https://login.lab.org/.well-known/openid-configuration",
}


@pytest.fixture
def space(tmp_path, monkeypatch):
    for name in ("TUNINGFORK_TRUST_NETWORK", "TUNINGFORK_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(serve, "_USUAL", (tmp_path / "usual.toml",))
    return Workspace(tmp_path / "workspace").ensure()


@pytest.fixture
def secrets(tmp_path):
    def write(name="secrets.toml", mode=0o640, **auth):
        path = tmp_path / name
        lines = [f'{k} = "{v}"' for k, v in (AUTH | auth).items() if v is not None]
        path.write_text("[auth]\n" + "\n".join(lines))
        path.chmod(mode)
        return path

    return write


def options_of(plan):
    words = plan.command[plan.command.index("run") + 2 :]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_alone_on_this_machine(space):
    port = free_port()
    plan = plan_serving(space, Serving(port=port))
    assert plan.address == f"http://127.0.0.1:{port}"
    assert options_of(plan) == {
        "--server.port": str(port),
        "--server.headless": "true",
        "--server.address": "127.0.0.1",
    }


def test_behind_a_proxy_under_a_path(space, secrets):
    url = f"{URL}/tuning/"
    file = secrets(redirect_uri=f"{URL}/tuning/oauth2callback")
    plan = plan_serving(space, Serving(port=free_port(), public_url=url, secrets=file))
    told = options_of(plan)
    assert plan.address == url
    assert told["--server.baseUrlPath"] == "tuning"
    assert told["--browser.serverAddress"] == "galaxies.lab.org"
    assert told["--secrets.files"] == str(file)


def test_a_network_needs_sign_in(space, secrets, monkeypatch):
    for reach in ({"address": "0.0.0.0"}, {"public_url": URL}):
        port = free_port()
        with pytest.raises(ForbiddenError, match="Without sign-in"):
            plan_serving(space, Serving(port=port, **reach))
        plan_serving(space, Serving(port=port, secrets=secrets(), **reach))
        secrets("usual.toml")
        plan_serving(space, Serving(port=port, **reach))
        serve._USUAL[0].unlink()
    monkeypatch.setenv("TUNINGFORK_TRUST_NETWORK", "1")
    plan_serving(space, Serving(address="0.0.0.0", port=free_port()))


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        ({"client_secret": None}, "lacks client_secret"),
        ({"cookie_secret": "short"}, "too short"),
        ({"redirect_uri": "https://other.org/oauth2callback"}, "would not come back"),
        ({"mode": 0o644}, "Everybody on this machine may read"),
    ],
)
def test_secrets_that_would_fail_later_are_told_now(space, secrets, auth, said):
    with pytest.raises(BadInputError, match=said):
        plan_serving(space, Serving(port=free_port(), public_url=URL, secrets=secrets(**auth)))


def test_secrets_without_sign_in_or_without_sense(space, tmp_path):
    file = tmp_path / "secrets.toml"
    for text, said in (("[other]\na = 1", "no section"), ("[auth", "cannot be read")):
        file.write_text(text)
        with pytest.raises(BadInputError, match=said):
            plan_serving(space, Serving(secrets=file))
    with pytest.raises(BadInputError, match="cannot be read"):
        plan_serving(space, Serving(secrets=tmp_path / "none.toml"))


@pytest.mark.parametrize("url", ["galaxies.lab.org", "ftp://lab.org", "https://lab.org/?a=b"])
def test_a_public_address_is_that_of_a_page(space, url):
    with pytest.raises(BadInputError, match="no address of a page"):
        plan_serving(space, Serving(public_url=url))


def test_a_taken_port_and_a_foreign_address_are_told(space):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConflictError, match="is taken"):
            plan_serving(space, Serving(port=taken.getsockname()[1]))
    with pytest.raises(BadInputError, match="Nothing can listen"):
        check_port("192.0.2.1", 8501)


def test_a_database_that_does_not_answer_is_told(space, monkeypatch):
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    monkeypatch.setenv("TUNINGFORK_DATABASE", "postgresql+psycopg://lab@/labels?host=/nowhere")
    with pytest.raises(LabelStoreError):
        plan_serving(space, Serving(port=free_port()))


def test_the_files_of_the_docs_fit_the_program(space, tmp_path):
    settings = (DOCS / "settings.env").read_text()
    known = "\n".join(p.read_text() for p in Path(serve.__file__).parents[1].rglob("*.py"))
    names = re.findall(r"^#?(TUNINGFORK_\w+)=", settings, re.MULTILINE)
    assert len(names) == 8
    assert [n for n in names if f'"{n}"' not in known] == []
    told = (DOCS / "secrets.toml").read_text()
    assert set(tomllib.loads(told)["auth"]) == set(AUTH)
    file = tmp_path / "secrets.toml"
    file.write_text(told.replace('""', '"' + "z" * 40 + '"'))
    file.chmod(0o640)
    url = re.search(r"^TUNINGFORK_PUBLIC_URL=(.*)$", settings, re.MULTILINE)[1]
    plan_serving(space, Serving(port=free_port(), public_url=url, secrets=file))


def test_the_nightly_backup_of_the_docs_writes_a_backup(space, tmp_path):
    unit = (DOCS / "tuning-fork-backup.service").read_text()
    line = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)[1]
    line = line.replace("$$", "$").replace("%%", "%")  # as systemd reads them
    for said, here in (
        (".venv/bin/tuning-fork", f"{sys.executable} -m astro_core"),
        ("/var/backups/tuning-fork", str(tmp_path)),
    ):
        assert said in line
        line = line.replace(said, here)
    env = {**os.environ, ENVIRONMENT_VARIABLE: str(space.root)}
    subprocess.run(["/bin/sh", "-c", line], check=True, env=env, cwd=DOCS.parents[1])
    (made,) = tmp_path.glob("labels-????-??-??.sqlite")
    with closing(sqlite3.connect(made)) as backup:
        assert backup.execute("SELECT COUNT(*) FROM label_events").fetchone() == (0,)
