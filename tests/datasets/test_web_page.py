import contextlib
import io
import socket
import threading
import time

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.readers import READERS, ScanOptions
from astro_core.datasets.web import PRIVATE_VARIABLE, PageLimits, fetch
from astro_core.datasets.web.address import check_address, is_public
from astro_core.datasets.web.links import find_links, largest
from astro_core.datasets.web.session import PoliteSession
from astro_core.domain import Cancelled, no_progress
from astro_core.errors import BadInputError

LOCAL = PageLimits(allow_private=True, delay_s=0.0, timeout_s=5.0)


def picture(side=64, kind="JPEG", seed=0):
    values = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(values).save(out, kind)
    return out.getvalue()


def image_route(content, kind="image/jpeg"):
    return (200, {"Content-Type": kind}, content)


def local(**changes):
    return PageLimits(**{**LOCAL.__dict__, **changes})


def test_images_srcset_and_links_are_found_once_with_captions():
    html = """<base href="/deep/"><img src="a.jpg" alt=" A  galaxy "><img src="a.jpg">
    <img src="s.jpg" srcset="s1.jpg 100w, s2.jpg 900w, s3.jpg 300w">
    <a href="/big.png"><img src="thumb.jpg" alt="NGC 1"></a> <a href="other.html">x</a>
    <a href="m31.tif?x=1#frag">M 31</a> <img src="data:image/png;base64,AA">
    <picture><source srcset="p.webp"><source srcset="q.webp"><img src="p.jpg"></picture>
    <img data-src="lazy.jpg" src="data:,"><a href="ftp://x/y.jpg">f</a><img src="http://[bad">"""
    links = find_links(html, "http://sky.org/page/index.html")
    assert [(link.url.removeprefix("http://sky.org"), link.caption) for link in links] == [
        ("/deep/a.jpg", "A galaxy"),
        ("/deep/s2.jpg", ""),
        ("/big.png", "NGC 1"),
        ("/deep/m31.tif?x=1", "M 31"),
        ("/deep/p.webp", ""),
        ("/deep/lazy.jpg", ""),
    ]
    assert largest("a.jpg 1x, b.jpg 2x") == "b.jpg"
    assert largest("") == ""


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0",
     "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "224.0.0.1", "100.64.0.1",
     "fec0::1", "64:ff9b:1::a00:1", "::127.0.0.1"],
)  # fmt: skip
def test_addresses_of_the_local_network_are_known(address):
    assert not is_public(address)


def test_the_open_internet_is_public():
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "url",
    ["ftp://x.org/a", "file:///etc/passwd", "http://", "javascript:1", "http://u:p@x.org/",
     "http://127.0.0.1/", "http://localhost:80/", "http://[::1]/", "http://2130706433/",
     "http://[::ffff:169.254.169.254]/latest", "http://x:99999/"],
)  # fmt: skip
def test_addresses_that_may_not_be_asked(url):
    with pytest.raises(BadInputError):
        check_address(url, allow_private=False)


def test_a_private_server_is_not_asked_without_the_setting(site, tmp_path):
    site.page("/", "<img src=a.jpg>")
    with pytest.raises(BadInputError, match="local network"):
        fetch(site.url, tmp_path, PageLimits())
    assert site.asked == []


def test_a_name_that_leads_home_after_the_check_is_caught_before_a_word(
    site, tmp_path, monkeypatch
):
    site.page("/", "<img src=a.jpg>")
    monkeypatch.setattr("astro_core.datasets.web.address._check_host", lambda *_: None)
    with pytest.raises(BadInputError, match="local network"):
        fetch(site.url, tmp_path, PageLimits(delay_s=0.0))
    assert site.asked == []


def test_a_page_becomes_pictures_with_their_addresses(site, tmp_path):
    site.page("/sky/", "<img src=one.jpg alt='First'><img src='../two'><img src=gone.jpg>")
    site.routes["/sky/one.jpg"] = image_route(picture())
    site.routes["/two"] = image_route(picture(kind="PNG", seed=1), "image/png")
    calls = []
    found = fetch(f"{site.url}/sky/", tmp_path, LOCAL, lambda *a: calls.append(a))
    assert [i.source_url for i in found.images] == [f"{site.url}/sky/one.jpg", f"{site.url}/two"]
    assert [i.file for i in found.images] == ["0001-one.jpg", "0002-two.png"]
    assert found.images[0].caption == "First"
    assert [p.file for p in found.problems] == [f"{site.url}/sky/gone.jpg"]
    assert "404" in found.problems[0].reason
    assert calls[-1][:2] == (3, 3)
    assert all(h["User-Agent"].startswith("TuningFork/") for _, h in site.asked)


def test_robots_txt_is_read_first_and_respected(site, tmp_path):
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\nCrawl-delay: 0.2\n")
    site.page("/", "<img src=private/a.jpg><img src=b.jpg>")
    site.routes["/private/a.jpg"] = image_route(picture())
    site.routes["/b.jpg"] = image_route(picture())
    found = fetch(site.url, tmp_path, LOCAL)
    assert site.paths[0] == "/robots.txt"
    assert "/private/a.jpg" not in site.paths
    assert len(found.images) == 1
    assert "robots.txt" in found.problems[0].reason
    site.routes["/robots.txt"] = (200, {}, b"User-agent: tuningfork\nDisallow: /\n")
    with pytest.raises(BadInputError, match=r"robots\.txt"):
        fetch(site.url, tmp_path, LOCAL)


def test_a_site_whose_robots_txt_fails_is_left_alone(site, tmp_path):
    site.routes["/robots.txt"] = (503, {}, b"")
    site.page("/", "<img src=a.jpg>")
    with pytest.raises(BadInputError, match=r"robots\.txt"):
        fetch(site.url, tmp_path, LOCAL)


def test_redirects_are_followed_a_little_and_checked_each_time(site, tmp_path):
    site.routes["/"] = (302, {"Location": "/page"}, b"")
    site.page("/page", "<img src=round><img src=away><img src=ok>")
    site.routes["/round"] = (302, {"Location": "/round"}, b"")
    site.routes["/away"] = (302, {"Location": "file:///etc/passwd"}, b"")
    site.routes["/ok"] = (307, {"Location": "/real.jpg"}, b"")
    site.routes["/real.jpg"] = image_route(picture())
    found = fetch(site.url, tmp_path, LOCAL)
    assert [i.source_url for i in found.images] == [f"{site.url}/ok"]
    assert [p.reason.split(".")[0] for p in found.problems] == [
        "The server redirects in circles",
        "This is not a web address",
    ]


def test_what_is_no_picture_or_an_icon_is_listed(site, tmp_path):
    site.page("/", "".join(f"<img src={n}.jpg>" for n in ("html", "lie", "icon", "cut", "good")))
    site.page("/html.jpg", "<p>no</p>")
    site.routes["/lie.jpg"] = image_route(b"\x7fELF" + bytes(500))
    site.routes["/icon.jpg"] = image_route(picture(8))
    site.routes["/cut.jpg"] = broken
    site.routes["/good.jpg"] = image_route(picture())
    found = fetch(site.url, tmp_path, LOCAL)
    assert [i.file for i in found.images] == ["0001-good.jpg"]
    assert len(found.problems) == 4
    assert len(list(tmp_path.iterdir())) == 1


def broken(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.send_header("Content-Length", "9000")
    handler.end_headers()
    handler.wfile.write(b"x" * 100)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
DRIPS = {
    "headers": HEAD + b"X: ",
    "body": HEAD + b"Content-Length: 100000\r\n\r\n",
    "endless": HEAD + b"\r\n",
    "chunk size": HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
}


@pytest.fixture
def drip():
    """Starts a server that answers with something, and then with a byte every now and then."""
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve(beginning):
        client, _ = server.accept()
        with client, contextlib.suppress(OSError):
            client.recv(4096)
            client.sendall(beginning)
            for _ in range(100):
                client.sendall(b"1")
                if done.wait(0.05):
                    return

    def start(beginning):
        threading.Thread(target=serve, args=(beginning,), daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/a.jpg"

    yield start
    done.set()
    server.close()


def asked(url, limits, tick):
    session = PoliteSession(limits, tick)
    try:
        with session.ask(url) as response:
            return session.read(response, 10**6)
    finally:
        session.close()


@pytest.mark.parametrize("beginning", DRIPS.values(), ids=DRIPS)
def test_a_server_that_sends_byte_by_byte_is_left_in_time(drip, beginning):
    limits, began = local(timeout_s=0.5, max_seconds_each=0.5), time.monotonic()
    with pytest.raises(BadInputError, match=r"too slowly|does not answer"):
        asked(drip(beginning), limits, lambda: None)
    assert time.monotonic() - began < 3


def test_cancel_is_heard_while_a_server_sends_byte_by_byte(drip):
    ticks, began = [], time.monotonic()

    def tick():
        ticks.append(1)
        if len(ticks) == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        asked(drip(DRIPS["body"]), local(), tick)
    assert time.monotonic() - began < 3


def test_number_size_and_pixels_are_limited(site, tmp_path):
    site.page("/", "".join(f"<img src={n}.jpg>" for n in range(6)))
    for n in range(6):
        site.routes[f"/{n}.jpg"] = image_route(picture(64, seed=n))
    size = len(picture(64))
    assert len(fetch(site.url, tmp_path, local(max_images=2)).images) == 2
    assert "/2.jpg" not in site.paths
    found = fetch(site.url, tmp_path, local(max_bytes=int(2.5 * size)))
    assert sum(i.n_bytes for i in found.images) <= 2.5 * size
    with pytest.raises(BadInputError, match="too large"):
        fetch(site.url, tmp_path, local(max_image_bytes=100))
    with pytest.raises(BadInputError, match="pixels"):
        fetch(site.url, tmp_path, local(max_pixels=100))
    site.page("/big", "x" * 5000)
    with pytest.raises(BadInputError, match="too large"):
        fetch(f"{site.url}/big", tmp_path, local(max_page_bytes=1000))


def test_cancel_stops_between_pictures(site, tmp_path):
    site.page("/", "".join(f"<img src={n}.jpg>" for n in range(6)))
    for n in range(6):
        site.routes[f"/{n}.jpg"] = image_route(picture(64, seed=n))

    def stop(done, total, message=""):
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(site.url, tmp_path, LOCAL, stop)
    assert "/4.jpg" not in site.paths


def test_an_address_of_one_picture_and_of_nothing(site, tmp_path):
    site.routes["/x.png"] = image_route(picture(kind="PNG"), "image/png")
    assert len(fetch(f"{site.url}/x.png", tmp_path, LOCAL).images) == 1
    site.page("/empty", "<p>words</p>")
    with pytest.raises(BadInputError, match="No picture"):
        fetch(f"{site.url}/empty", tmp_path, LOCAL)
    with pytest.raises(BadInputError, match="404"):
        fetch(f"{site.url}/nothing", tmp_path, LOCAL)
    site.close()
    with pytest.raises(BadInputError, match="does not answer"):
        fetch(site.url, tmp_path, LOCAL)


def test_the_reader_gives_a_catalogue_with_source_url(site, tmp_path, monkeypatch):
    monkeypatch.setenv(PRIVATE_VARIABLE, "1")
    site.page("/", "<img src=a.jpg alt=A><img src=b.jpg>")
    site.routes["/a.jpg"] = image_route(picture())
    site.routes["/b.jpg"] = image_route(picture(seed=1))
    reader = READERS.get("web-page")
    options = ScanOptions(address=f"{site.url}/", scratch=tmp_path)
    scan = reader.scan(tmp_path, options, no_progress)
    assert list(scan.catalogue["object_id"]) == ["0001-a", "0002-b"]
    assert list(scan.catalogue["source_url"]) == [f"{site.url}/a.jpg", f"{site.url}/b.jpg"]
    row = scan.catalogue.iloc[0].to_dict()
    pixels = LAYOUTS.get("picture").read(tmp_path, scan.parts[0], row)
    assert pixels.values.shape == (3, 64, 64)
    assert reader.sniff(tmp_path) is None
    with pytest.raises(BadInputError, match="not a web address"):
        reader.scan(tmp_path, ScanOptions(), no_progress)
