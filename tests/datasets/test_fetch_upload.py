"""Pictures fetched from an address that somebody gave."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.web.limits import URLS_VARIABLE
from astro_core.datasets.web.session import PoliteSession
from astro_core.errors import BadInputError, ForbiddenError
from astro_core.workflows.fetch_upload import URL_LIMITS, fetch_upload
from astro_core.workflows.pictures import read_pictures
from astro_core.workspace import Workspace

HERE = replace(URL_LIMITS, allow_private=True, https_only=False, delay_s=0.0)


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.setenv(URLS_VARIABLE, "1")
    return Workspace(tmp_path / "space").ensure()


def png():
    stream = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), 90, dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/m51.png?size=30", "text/plain", "m51.png"),
        ("/cutout/7?ra=1", "image/png", "7.png"),
        ("/", "image/png; charset=x", "image.png"),
        ("/..%2F..%2Fevil.png", "image/png", "evil.png"),
    ],
)
def test_a_file_becomes_an_upload_with_a_harmless_name(site, space, path, kind, name):
    site.routes[path] = (200, {"Content-Type": kind}, png())
    upload = fetch_upload(space, site.url + path, web=HERE)
    assert upload.names == (name,)
    (picture,), _ = read_pictures(upload.folder)
    assert picture.image.shape == (20, 30, 3)


def test_what_is_no_picture_and_what_is_too_large_are_refused(site, space):
    site.page("/page", "<p>no</p>")
    site.routes["/a.png"] = (200, {}, png())
    with pytest.raises(BadInputError, match="cannot be read here"):
        fetch_upload(space, f"{site.url}/page", web=HERE)
    with pytest.raises(BadInputError, match="too large"):
        fetch_upload(space, f"{site.url}/a.png", web=replace(HERE, max_image_bytes=20))
    assert not list(space.scratch.iterdir())


def test_nothing_is_fetched_without_the_setting(site, space, monkeypatch):
    monkeypatch.delenv(URLS_VARIABLE)
    with pytest.raises(ForbiddenError, match=URLS_VARIABLE):
        fetch_upload(space, f"{site.url}/a.png", web=HERE)
    assert site.asked == []


def test_only_https_to_the_open_internet_is_asked(site, space):
    with pytest.raises(BadInputError, match="https://"):
        fetch_upload(space, f"{site.url}/a.png", web=replace(HERE, https_only=True))
    with pytest.raises(BadInputError, match="local network"):
        fetch_upload(space, "https://127.0.0.1/a.png")
    assert site.asked == []


@pytest.mark.parametrize(
    ("target", "word"),
    [("http://93.184.216.34/a.png", "https://"), ("https://169.254.169.254/x", "local network")],
)
def test_where_a_server_leads_is_checked_as_well(space, monkeypatch, target, word):
    class Leads:
        status_code = 302
        headers = {"Location": target}

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(PoliteSession, "_get", lambda *_: Leads())
    with pytest.raises(BadInputError, match=word):
        fetch_upload(space, "https://93.184.216.34/a.png")
