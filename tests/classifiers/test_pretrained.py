"""First weights that were learnt elsewhere: there, fetched, or missing in words."""

import hashlib
import http.server
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from astro_core.classifiers import pretrained
from astro_core.classifiers.networks.published import EFFICIENTNET, RESNET50, VGG16
from astro_core.classifiers.pretrained import FirstWeights, Published, told
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError

CONTENT = b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 400
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def sent():
    """Paths of the files that the server began to send."""
    return []


@pytest.fixture
def server(sent):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.end_headers()

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            sent.append(self.path)
            self.wfile.write(CONTENT[:1000])
            time.sleep(0.3)
            self.wfile.write(CONTENT[1000:])

        def log_message(self, *_):
            pass

    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{found.server_port}/some_notop.h5"
    found.shutdown()
    found.server_close()


def first(url, source="imagenet", file="", md5=MD5):
    published = Published(label="A network", url=url, md5=md5, megabytes=1)
    return FirstWeights(source=source, file=str(file), published=published)


def test_published_weights_are_fetched_once(server):
    one = first(server)
    assert not one.there
    one.fetch()
    assert one.there
    assert one.path().read_bytes() == CONTENT
    assert one.told == "imagenet"
    unreachable = first("http://127.0.0.1:9/some_notop.h5")
    unreachable.fetch()  # it is there


def test_two_trainings_fetch_the_same_weights_once(server, sent):
    one, said = first(server), []
    with ThreadPoolExecutor(2) as trainings:
        earlier = trainings.submit(one.fetch)
        while not sent:
            time.sleep(0.01)
        later = trainings.submit(one.fetch, lambda *told: said.append(told[-1]))
        earlier.result()
        later.result()
    assert one.path().read_bytes() == CONTENT
    assert sent == ["/some_notop.h5"]
    assert set(said) == {"Another training fetches the weights of A network"}


def test_another_file_than_was_published_is_not_kept(server):
    one = first(server, md5="0" * 32)
    with pytest.raises(BadInputError, match="not what was published"):
        one.fetch()
    assert not one.there


def test_fetching_can_be_cancelled(server):
    def stop(*_):
        raise Cancelled

    one = first(server)
    with pytest.raises(Cancelled):
        one.fetch(stop)
    assert not one.there


def test_offline_says_how_to_go_on(monkeypatch):
    one = first("https://weights.invalid/some_notop.h5")
    monkeypatch.setattr(pretrained, "_answers", lambda _: False)
    for ask in (one.check, one.fetch):
        with pytest.raises(BadInputError) as error:
            ask()
        said = str(error.value)
        assert "of A network are not on this machine, and 'weights.invalid' cannot" in said
        assert "weights=none to train from scratch" in said
        assert "weights=file" in said
        assert "https://weights.invalid/some_notop.h5" in said


def test_nobody_answers_at_a_closed_port():
    assert not pretrained._answers("http://127.0.0.1:9/x")


def test_none_needs_nothing():
    one = first("https://weights.invalid/x.h5", source="none")
    one.fetch()
    assert one.path() is None
    assert one.told == "scratch"


def test_a_local_file_is_taken(tmp_path):
    path = tmp_path / "mine.h5"
    path.write_bytes(CONTENT)
    one = first("https://weights.invalid/x.h5", source="file", file=path)
    one.fetch()
    assert (one.path(), one.told) == (path, "mine.h5")
    assert one.published.equals(path)


@pytest.mark.parametrize("file", ["", "mine.h5", "https://a.b/c.h5", "/nowhere/mine.h5"])
def test_a_file_that_is_not_there_is_named(file):
    with pytest.raises(BadInputError, match="no such file") as error:
        first("https://weights.invalid/x.h5", source="file", file=file).check()
    assert f"'{file}'" in str(error.value)


def test_a_file_of_another_format_is_refused(tmp_path):
    path = tmp_path / "mine.h5"
    path.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(BadInputError, match=r"'mine\.h5' holds no weights"):
        first("https://weights.invalid/x.h5", source="file", file=path).check()


def test_checksums_are_those_that_keras_knows():
    from inspect import getsource

    from keras.src.applications import efficientnet, resnet, vgg16

    assert VGG16.url == vgg16.WEIGHTS_PATH_NO_TOP
    assert VGG16.md5 in getsource(vgg16)
    assert RESNET50.md5 == resnet.WEIGHTS_HASHES["resnet50"][1]
    assert RESNET50.url.startswith(resnet.BASE_WEIGHTS_PATH)
    known = {name: hashes[1] for name, hashes in efficientnet.WEIGHTS_HASHES.items()}
    assert {name: one.md5 for name, one in EFFICIENTNET.items()} == known
    assert all(e.url.startswith(efficientnet.BASE_WEIGHTS_PATH) for e in EFFICIENTNET.values())


def test_several_networks_are_told_together():
    assert told([]) == "scratch"
    assert told(["scratch", "imagenet", "scratch"]) == "imagenet and scratch"
