import hashlib
import io
import re
import zipfile

import pytest
from PIL import Image

from astro_core.datasets.archives import is_archive
from astro_core.datasets.downloads import SURVEYS, SurveyFile, SurveySpec, download_survey
from astro_core.datasets.downloads.resume import ResumingDownloader
from astro_core.datasets.store import clear_caches
from astro_core.domain import Cancelled, no_progress
from astro_core.errors import BadInputError, ConflictError
from astro_core.runs import RUN_KINDS, execute
from astro_core.workflows import download_survey as workflow
from astro_core.workflows import import_dataset  # noqa: F401 - registers itself
from astro_core.workspace import Workspace

CONTENT = bytes(range(256)) * 12_000  # 3 MB
SHA = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


def quick(partial, progress):
    return ResumingDownloader(partial, progress, attempts=3, timeout_s=5.0, pause_s=0.01)


def survey(url, checksum=SHA, name="x.bin"):
    return SurveySpec(
        name="test",
        label="Test survey",
        description="",
        files=(SurveyFile(name=name, url=url, checksum=checksum),),
        about_bytes=len(CONTENT),
        reader="galaxy10",
        reference="",
    )


class Ranged:
    """Serves CONTENT with ranges and an ETag; breaks off after `gives` bytes, `times` times."""

    def __init__(self, gives=None, times=0, etag='"one"', content=CONTENT):
        self.gives, self.times, self.etag, self.content = gives, times, etag, content
        self.ranges = []

    def __call__(self, handler):
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        self.ranges.append(wanted and int(wanted[1]))
        same = handler.headers.get("If-Range") == self.etag
        start = int(wanted[1]) if wanted and same else 0
        body = self.content[start:]
        handler.send_response(206 if start else 200)
        if start:
            whole = len(self.content)
            handler.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        handler.send_header("ETag", self.etag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if self.times > 0:
            self.times -= 1
            handler.wfile.write(body[: self.gives])
        else:
            handler.wfile.write(body)


def test_a_broken_connection_is_resumed_where_it_stopped(site, tmp_path):
    server = site.routes["/x"] = Ranged(gives=1_000_000, times=2)
    calls = []
    path, notes = download_survey(
        survey(f"{site.url}/x"), tmp_path, lambda *a: calls.append(a), make_downloader=quick
    )
    assert path == tmp_path / "x.bin"
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, 1_000_000, 2_000_000]
    assert notes == ()
    assert calls[-1][:2] == (len(CONTENT), len(CONTENT))
    assert [c[0] for c in calls] == sorted(c[0] for c in calls)
    assert {p.name for p in tmp_path.iterdir()} <= {"x.bin", ".lock"}


def test_cancelling_keeps_what_arrived_and_the_next_time_goes_on(site, tmp_path):
    server = site.routes["/x"] = Ranged()

    def stop(done, total, message=""):
        if done >= 1_000_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        download_survey(survey(f"{site.url}/x"), tmp_path, stop, make_downloader=quick)
    kept = (tmp_path / "x.bin.part").stat().st_size
    assert kept >= 1_000_000
    path, _ = download_survey(survey(f"{site.url}/x"), tmp_path, make_downloader=quick)
    assert server.ranges == [None, kept]
    assert path.read_bytes() == CONTENT


def test_a_file_that_is_there_is_not_fetched_again(site, tmp_path):
    site.routes["/x"] = Ranged()
    for _ in range(2):
        download_survey(survey(f"{site.url}/x"), tmp_path, make_downloader=quick)
    assert site.paths == ["/x"]
    (tmp_path / "x.bin").write_bytes(b"spoilt")
    download_survey(survey(f"{site.url}/x"), tmp_path, make_downloader=quick)
    assert site.paths == ["/x", "/x"]


def test_a_file_that_changed_on_the_server_starts_anew(site, tmp_path):
    site.routes["/x"] = Ranged(gives=1_000_000, times=99, etag='"old"', content=b"o" * 3_000_000)
    with pytest.raises(Cancelled):
        download_survey(survey(f"{site.url}/x"), tmp_path, cancel_late, make_downloader=quick)
    site.routes["/x"] = Ranged(etag='"new"')
    path, _ = download_survey(survey(f"{site.url}/x"), tmp_path, make_downloader=quick)
    assert path.read_bytes() == CONTENT


def cancel_late(done, total, message=""):
    if done >= 1_500_000:
        raise Cancelled


def test_a_wrong_checksum_is_refused_and_nothing_stays(site, tmp_path):
    site.routes["/x"] = Ranged()
    with pytest.raises(BadInputError, match="not the file that was published"):
        download_survey(
            survey(f"{site.url}/x", "sha256:" + "0" * 64), tmp_path, make_downloader=quick
        )
    assert {p.name for p in tmp_path.iterdir()} <= {".lock"}


def test_without_a_published_checksum_the_first_download_counts(site, tmp_path):
    site.routes["/x"] = Ranged()
    _, notes = download_survey(survey(f"{site.url}/x", None), tmp_path, make_downloader=quick)
    assert SHA in notes[0]
    download_survey(survey(f"{site.url}/x", None), tmp_path, make_downloader=quick)
    assert site.paths == ["/x"]
    (tmp_path / "x.bin").unlink()
    site.routes["/x"] = Ranged(content=b"another file")
    with pytest.raises(BadInputError, match="not the file"):
        download_survey(survey(f"{site.url}/x", None), tmp_path, make_downloader=quick)


def test_no_network_and_a_moved_file_are_said_plainly(site, tmp_path):
    url = f"{site.url}/gone"
    with pytest.raises(BadInputError, match="404"):
        download_survey(survey(url), tmp_path, make_downloader=quick)
    site.routes["/busy"] = (503, {}, b"")
    with pytest.raises(BadInputError, match="cannot be reached"):
        download_survey(survey(f"{site.url}/busy"), tmp_path, make_downloader=quick)
    site.close()
    with pytest.raises(BadInputError, match="Check the network") as caught:
        download_survey(survey(url), tmp_path, make_downloader=quick)
    assert url in str(caught.value)


def test_a_server_that_always_breaks_off_is_given_up_and_the_part_stays(site, tmp_path):
    first = Ranged(gives=500_000, times=1)
    site.routes["/x"] = lambda handler: None if len(site.asked) > 1 else first(handler)
    with pytest.raises(BadInputError, match="goes on where it stopped"):
        download_survey(survey(f"{site.url}/x"), tmp_path, make_downloader=quick)
    assert (tmp_path / "x.bin.part").stat().st_size == 500_000


def test_an_archive_is_unpacked_once(site, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("images/1.jpg", b"one")
        archive.writestr("__MACOSX/._1.jpg", b"no")
    content = packed.getvalue()
    site.routes["/x.zip"] = (200, {}, content)
    spec = survey(f"{site.url}/x.zip", "md5:" + hashlib.md5(content).hexdigest(), "x.zip")
    for _ in range(2):
        path, _ = download_survey(spec, tmp_path, make_downloader=quick)
        assert path == tmp_path
        assert (tmp_path / "x" / "images" / "1.jpg").read_bytes() == b"one"
    assert is_archive(tmp_path / "x.zip")
    assert site.paths == ["/x.zip"]


def test_two_downloads_of_one_survey_do_not_meet(site, tmp_path):
    site.routes["/x"] = Ranged()

    def again(done, total, message=""):
        download_survey(survey(f"{site.url}/x"), tmp_path, make_downloader=quick)

    with pytest.raises(ConflictError, match="already"):
        download_survey(survey(f"{site.url}/x"), tmp_path, again, make_downloader=quick)


def test_a_full_disk_is_noticed_before(site, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("U", (), {"free": 10})())
    with pytest.raises(BadInputError, match="no room"):
        download_survey(survey(f"{site.url}/x"), tmp_path, no_progress)
    assert site.paths == []


@pytest.mark.parametrize("spec", list(SURVEYS), ids=lambda s: s.name)
def test_every_survey_is_well_described(spec):
    from astro_core.datasets.readers import READERS

    assert spec.reader in READERS
    assert spec.label
    assert spec.reference
    assert spec.about_bytes > 0
    for file in spec.files:
        assert file.url.startswith("https://")
        sum_ = file.checksum or "sha256:" + "0" * 64
        kind, _, digest = sum_.partition(":")
        assert re.fullmatch("[0-9a-f]+", digest)
        assert len(digest) == {"sha256": 64, "md5": 32}[kind]


def test_the_run_downloads_into_the_workspace(site, tmp_path, monkeypatch):
    site.routes["/x"] = Ranged()
    monkeypatch.setattr(workflow.SURVEYS, "get", lambda name: survey(f"{site.url}/x"), raising=True)
    assert "download" in RUN_KINDS
    workspace = Workspace(tmp_path).ensure()
    run = execute(workspace, "download", {"survey": "galaxy10-sdss"}, title="Download")
    assert run.state == "done", run.error
    assert run.result["reader"] == "galaxy10"
    assert (tmp_path / "downloads" / "test" / "x.bin").read_bytes() == CONTENT


def test_clearing_caches_spares_a_survey_that_a_dataset_reads(tmp_path):
    workspace = Workspace(tmp_path).ensure()
    for name in ("used", "unused"):
        folder = workspace.downloads / name / "images"
        folder.mkdir(parents=True)
        for i in range(2):
            Image.new("RGB", (40, 40), (i * 90, 50, 20)).save(folder / f"{i}.png")
    params = {"path": str(workspace.downloads / "used"), "name": "kept"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    clear_caches(workspace)
    assert [p.name for p in workspace.downloads.iterdir()] == ["used"]
