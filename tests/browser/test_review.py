"""Reviewing by keys: nothing is lost, nothing is done twice, and a dead server loses nothing."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import expect

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Person, plain_taxonomy
from astro_core.labels.events import dataset_key
from astro_core.labels.store import open_store
from astro_core.workflows.review_queues import start_review
from astro_core.workflows.taxonomies import save_taxonomy

from .conftest import REPOSITORY, free_port, wait_for

CLASSES = {"1": "round", "5": "spiral", "7": "edge_on"}
NAMES = ("round", "cigar", "lenticular", "barred", "spiral", "ring", "edge_on")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def queue(app, request):
    """Makes a queue of the demo survey and returns its id.

    Each test has classes of its own: answers in others are no votes for its galaxies.
    """
    survey = open_dataset(app.workspace, "demo")
    ids = sorted(read_catalogue(survey, ["object_id"])["object_id"])
    lead = Person(name="Lee")

    def make(n):
        made = plain_taxonomy(request.node.name[:60], NAMES)
        classes = save_taxonomy(app.workspace, survey, made, by=lead)
        return start_review(app.workspace, survey, ids[:n], made_by=lead, taxonomy=classes)

    return make


def events(app, name):
    key = dataset_key(open_dataset(app.workspace, "demo"))
    return list(open_store(app.workspace).events(key, reviewer=name))


def standing(app, name):
    key = dataset_key(open_dataset(app.workspace, "demo"))
    frame = open_store(app.workspace).current(key)
    mine = frame[(frame["reviewer"] == name) & (frame["kind"] == "answer")]
    return dict(zip(mine["object_id"], mine["said"], strict=True))


@pytest.fixture
def enter(settle):
    """Says who one is, once; the board is there after it."""

    def go(page, address, name):
        page.goto(address)
        settle(page)
        page.get_by_role("textbox", name="Your name").fill(name)
        page.keyboard.press("Enter")
        ready(page)

    return go


def board(page):
    return page.locator(".board")


def ready(page, *, other_than=""):
    expect(board(page)).to_have_attribute("data-state", "ready", timeout=60_000)
    if other_than:
        expect(board(page)).not_to_have_attribute("data-object", other_than, timeout=60_000)
        expect(board(page)).to_have_attribute("data-state", "ready", timeout=60_000)
    return board(page).get_attribute("data-object")


def press(page, key):
    """Press a key that brings another galaxy; returns the one that was answered."""
    here = ready(page)
    page.keyboard.press(key)
    ready(page, other_than=here)
    return here


def test_thirty_galaxies_by_keys_with_two_undos(app, page, enter, queue):
    enter(page, app.address("review", dataset="demo", queue=queue(40)), "Ada")
    said = {}
    for n in range(30):
        key = list(CLASSES)[n % 3]
        said[press(page, key)] = CLASSES[key]
    assert len(said) == 30
    for again in ("7", "1"):  # the last one, then the last but one
        page.keyboard.press("Backspace")
        last = list(said)[-1] if again == "7" else list(said)[-2]
        expect(board(page)).to_have_attribute("data-object", last, timeout=60_000)
    assert standing(app, "Ada") == dict(list(said.items())[:-2])
    expect(board(page).locator(".message")).to_contain_text("Took back")
    for key in ("7", "1"):
        said[press(page, key)] = CLASSES[key]
    assert standing(app, "Ada") == said
    stored = events(app, "Ada")
    assert [e.action for e in stored].count("label") == 32
    assert [e.action for e in stored].count("retract") == 2
    assert all(e.shown is False and e.seconds is not None for e in stored if e.action == "label")


def test_skip_flag_comment_back_and_what_is_seen(app, page, enter, queue):
    enter(page, app.address("review", dataset="demo", queue=queue(12)), "Cleo")
    first = ready(page)
    page.keyboard.press("Enter")
    page.keyboard.type("1 bright star")  # the 1 is no answer here
    page.keyboard.press("Enter")
    page.keyboard.press("!")
    expect(board(page)).to_contain_text("flagged")
    assert ready(page) == first
    assert press(page, " ") == first
    picture = board(page).get_by_role("img", name="Galaxy")
    sky = board(page).locator(".sky")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+I")
    source = picture.get_attribute("src")
    page.keyboard.press("+")
    expect(picture).not_to_have_attribute("src", source, timeout=60_000)
    second = press(page, "5")
    assert sky.get_attribute("data-zoom") == "1.25"  # zoom stays from galaxy to galaxy
    page.keyboard.press("Shift+B")
    expect(picture).to_have_accessible_name(f"Galaxy {ready(page)} of demo, band U", timeout=60_000)
    page.keyboard.press("ArrowLeft")
    expect(board(page)).to_have_attribute("data-object", second)
    expect(board(page)).to_contain_text("you said spiral")
    ready(page)
    page.keyboard.press("7")
    ready(page, other_than=second)
    assert standing(app, "Cleo") == {first: "", second: "edge_on"}
    flag = next(e for e in events(app, "Cleo") if e.action == "flag")
    assert (flag.object_id, flag.comment) == (first, "1 bright star")
    page.keyboard.press("?")
    expect(board(page).get_by_role("dialog", name="Keys")).to_be_visible()


BROKEN = """
import pathlib
from astro_core.labels.store import LabelStore
from astro_core.labels.trouble import LabelStoreError
from astro_core.ui import navigation

if not hasattr(LabelStore, "whole"):
    LabelStore.whole = LabelStore.append

def append(store, events, **how):
    if pathlib.Path({flag!r}).exists():
        raise LabelStoreError("The disk with the labels is full", todo="Make room")
    return LabelStore.whole(store, events, **how)

LabelStore.append = append
navigation.run()
"""


def test_a_full_disk_is_said_and_the_same_key_stores_it_after(
    app, page, enter, queue, serve, tmp_path
):
    flag = tmp_path / "full"
    script = tmp_path / "app.py"
    script.write_text(BROKEN.format(flag=str(flag)))
    server = serve(script, app.workspace)
    enter(page, server.address("review", dataset="demo", queue=queue(10)), "Gus")
    here = ready(page)
    flag.touch()
    page.keyboard.press("5")
    expect(board(page).locator(".message")).to_contain_text("disk with the labels is full")
    assert ready(page) == here
    assert events(app, "Gus") == []
    flag.unlink()
    assert press(page, "5") == here
    assert standing(app, "Gus") == {here: "spiral"}


def test_two_people_on_one_queue_do_nothing_twice(app, chromium, enter, queue):
    address = app.address("review", dataset="demo", queue=queue(24))
    pages, said = {}, {"Dora": [], "Emil": []}
    for name in said:
        pages[name] = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
        enter(pages[name], address, name)
    while any(board(p).get_attribute("data-state") != "ended" for p in pages.values()):
        for name, one in pages.items():
            here = _here_or_end(one)
            if here:
                one.keyboard.press("1")
                expect(board(one)).not_to_have_attribute("data-object", here, timeout=60_000)
                said[name].append(here)
    assert len(said["Dora"]) >= 8
    assert len(said["Emil"]) >= 8
    both = said["Dora"] + said["Emil"]
    assert len(both) == len(set(both)) == 24
    for name, one in pages.items():
        assert sorted(standing(app, name)) == sorted(said[name])
        one.context.close()


def _here_or_end(page):
    for state in ("ready", "ended"):
        with suppress(AssertionError):
            expect(board(page)).to_have_attribute("data-state", state, timeout=15_000)
            return board(page).get_attribute("data-object") if state == "ready" else ""
    raise AssertionError("The board neither shows a galaxy nor has ended")


def test_a_killed_app_goes_on_where_it_was(app, page, enter, queue, tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}/review?dataset=demo&queue={queue(20)}"
    with _serving(port, app.workspace, tmp_path / "first.log") as server:
        enter(page, address, "Finn")
        said = [press(page, "5") for _ in range(4)]
        here = ready(page)
        os.kill(server.pid, signal.SIGKILL)
        server.wait(20)
    page.keyboard.press("7")  # nobody is there to store it
    expect(board(page)).to_have_attribute("data-state", "storing")
    with _serving(port, app.workspace, tmp_path / "second.log"):
        ready(page, other_than=here)  # the browser finds the server again and tells it anew
        said.append(press(page, "1"))
    found = standing(app, "Finn")
    assert found[here] == "edge_on"
    assert sorted(found) == sorted([*said, here])
    assert len(events(app, "Finn")) == 6


@contextmanager
def _serving(port, workspace, log):
    command = [sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app.py")]
    command += ["--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, "TUNINGFORK_WORKSPACE": str(workspace.root)}
    with log.open("wb") as stream:
        server = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=stream, stderr=stream
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield server
    finally:
        server.kill()
        server.wait(20)
