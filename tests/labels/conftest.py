"""Both databases: a file, and a private PostgreSQL server of an ordinary user."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from astro_core.domain import LabelEvent
from astro_core.labels import database
from astro_core.labels.store import LabelStore


def spoken(object_id, class_name="spiral", reviewer="ana", **more):
    if more.get("action", "label") not in ("label", "settle"):
        class_name = ""
    return LabelEvent(
        dataset="sky", object_id=object_id, class_name=class_name, reviewer=reviewer, **more
    )


def _ordinary_user():
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    return None


@pytest.fixture(scope="session")
def postgresql():
    """Address of a private server's first database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    tools = [shutil.which(n, path=_places()) for n in ("initdb", "pg_ctl")]
    user = _ordinary_user()
    if None in tools or user is None:
        pytest.skip("no PostgreSQL binaries or no ordinary user to run them")
    home = Path(tempfile.mkdtemp(prefix="tf-pg-", dir="/tmp"))  # short, as sockets need it
    if user:
        os.chown(home, user["user"], user["group"])
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
    run = {"cwd": home, "stdout": subprocess.DEVNULL, **user}
    data = str(home / "data")
    subprocess.run(
        [tools[0], "-D", data, "-U", "lab", "-A", "trust", "-E", "UTF8", "-N"], check=True, **run
    )
    start = ["-D", data, "-l", str(home / "log"), "-w", "-o", options, "start"]
    subprocess.run([tools[1], *start], check=True, **run)
    yield f"postgresql+psycopg://lab@/postgres?host={home}"
    subprocess.run([tools[1], "-D", data, "-m", "immediate", "stop"], check=True, **run)
    shutil.rmtree(home, ignore_errors=True)


def _places():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return os.pathsep.join([os.environ.get("PATH", ""), *map(str, found)])


def _new_database(server):
    name = f"labels_{uuid.uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return make_url(server).set(database=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Address of a database with nothing in it."""
    if request.param == "sqlite":
        return database.sqlite_url(tmp_path / "labels" / "labels.sqlite")
    return _new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def store(url):
    opened = LabelStore(url, wait_s=20)
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path):
    opened = LabelStore(database.sqlite_url(tmp_path / "labels" / "labels.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def says():
    """Makes a label event; "ana" says "spiral" unless told otherwise."""
    return spoken
