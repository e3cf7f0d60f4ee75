"""First weights that were learnt elsewhere: published ones, fetched once, or a local file."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from astro_core.domain import Progress, no_progress
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from filelock import AcquireReturnProxy

IMAGENET, FILE, NONE = "imagenet", "file", "none"
SOURCES = (IMAGENET, FILE, NONE)
SCRATCH = "scratch"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_PATIENCE_S = 3.0
_TURN_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Published:
    """Weights of a network without its top, as Keras publishes them.

    Attributes
    ----------
    label : str
        The network they belong to, for a person.
    url : str
    md5 : str
        Checksum of the file.
    megabytes : int
        How large it is, about.
    """

    label: str
    url: str
    md5: str
    megabytes: int

    @property
    def path(self) -> Path:
        """Where Keras keeps it, so that nothing is fetched twice."""
        home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
        return Path(home) / "models" / self.url.rpartition("/")[2]

    def equals(self, path: Path) -> bool:
        """Whether a file is this one, whatever it is called."""
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "md5").hexdigest() == self.md5


@dataclass(frozen=True, kw_only=True)
class FirstWeights:
    """Where the first weights of a network come from.

    Attributes
    ----------
    source : "imagenet", "file" or "none"
    file : str
        Path, where the source is a file.
    published : Published
        What "imagenet" means for the network.
    """

    source: str
    file: str
    published: Published

    @property
    def told(self) -> str:
        """What is said of a model that began with them: "scratch", "imagenet" or a file's name."""
        return {NONE: SCRATCH, FILE: Path(self.file).name}.get(self.source, IMAGENET)

    @property
    def there(self) -> bool:
        """Whether nothing has to be fetched."""
        return self.source != IMAGENET or self.published.path.is_file()

    def path(self) -> Path | None:
        """Return the file with the weights, None to draw them at random.

        Raises
        ------
        BadInputError
            If there is none.
        """
        if self.source == NONE:
            return None
        if self.source == FILE:
            return _local(self.file)
        if not self.published.path.is_file():
            raise _missing(self.published, "they were not fetched")
        return self.published.path

    def check(self) -> None:
        """See in a moment whether the weights are there or can be fetched.

        Raises
        ------
        BadInputError
            If neither is so; it says how to go on without them.
        """
        if self.there:
            self.path()
        elif not _answers(self.published.url):
            raise _missing(self.published, f"'{_host(self.published.url)}' cannot be reached")

    def fetch(self, progress: Progress = no_progress) -> None:
        """Fetch published weights that are not there yet; a broken download goes on later.

        Raises
        ------
        BadInputError
            If they cannot be had.
        Cancelled
            If `progress` raises it.
        """
        self.check()
        if self.there:
            return
        with _turn(self.published, progress):
            if not self.there:
                _download(self.published, progress)


def could_be_pretrained(training: Mapping[str, Any]) -> bool:
    """Whether a recipe, as a bundle or a run notes its settings, offers pretrained weights."""
    return "weights_path" in training.get("network", {})


def told(first: Iterable[str]) -> str:
    """Say where the first weights of several networks come from, those of one as they are."""
    return " and ".join(sorted(set(first))) or SCRATCH


def _local(file: str) -> Path:
    path = Path(file).expanduser()
    if not file or "://" in file or not path.is_absolute() or not path.is_file():
        raise BadInputError(
            "There is no such file with weights",
            expected="the whole path of a file on this machine, in weights_path",
            given=f"'{file}'",
        )
    with path.open("rb") as stream:
        if stream.read(len(_HDF5)) != _HDF5:
            raise BadInputError(
                f"'{path.name}' holds no weights", expected="a file in HDF5 format, as Keras writes"
            )
    return path


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _missing(published: Published, why: str) -> BadInputError:
    return BadInputError(
        f"The ImageNet weights of {published.label} are not on this machine, and {why}",
        todo="Set weights=none to train from scratch, or fetch "
        f"{published.url} elsewhere and set weights=file and weights_path to where it lies",
    )


def _answers(url: str) -> bool:
    import requests

    try:
        requests.head(url, timeout=_PATIENCE_S)
    except requests.RequestException:
        return False
    return True


def _turn(published: Published, progress: Progress) -> AcquireReturnProxy:
    """Wait until nobody else fetches the same weights."""
    from filelock import FileLock, Timeout

    path = published.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f"{path.name}.lock"))
        while True:
            try:
                return lock.acquire(timeout=_TURN_S)
            except Timeout:
                progress(0, 0, f"Another training fetches the weights of {published.label}")
    except OSError as error:
        raise _not_kept(published, error) from None


def _not_kept(published: Published, error: OSError) -> BadInputError:
    return _missing(published, f"they cannot be kept in '{published.path.parent}': {error}")


def _download(published: Published, progress: Progress) -> None:
    import pooch

    from astro_core.datasets.downloads.resume import ResumingDownloader

    pooch.get_logger().setLevel(logging.WARNING)
    path = published.path

    def report(done: int, total: int, message: str = "") -> None:
        progress(done, total, message or f"Fetching the weights of {published.label}")

    downloader = ResumingDownloader(path.with_name(f"{path.name}.part"), report, attempts=3)
    try:
        pooch.retrieve(
            published.url,
            f"md5:{published.md5}",
            fname=path.name,
            path=path.parent,
            downloader=downloader,
        )
    except ValueError:
        raise _missing(published, "what was fetched is not what was published") from None
    except OSError as error:
        raise _not_kept(published, error) from None
