"""Who may do what, and who can reach the app."""

import sqlite3
from contextlib import closing
from threading import Barrier, Thread

import pytest

from astro_core.domain import LabelEvent, Person, require
from astro_core.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from astro_core.labels.roles import arrive, role_events
from astro_core.labels.store import open_store
from astro_core.workflows.network import check_reach, host_of, is_loopback
from astro_core.workflows.people import (
    LEADS_VARIABLE,
    ROLE_VARIABLE,
    list_people,
    name_of,
    role_of,
    set_role,
    signed_in,
    typed,
)
from astro_core.workspace import Workspace

ADA, BO = {"email": "Ada@Lab.org", "email_verified": True}, {"email": "bo@lab.org"}


@pytest.fixture
def space(tmp_path, monkeypatch):
    for name in (LEADS_VARIABLE, ROLE_VARIABLE, "TUNINGFORK_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    return Workspace(tmp_path / "workspace").ensure()


def test_a_role_holds_what_the_ones_below_it_hold():
    lead, reviewer, viewer = (Person(name="x", role=r) for r in ("lead", "reviewer", "viewer"))
    assert Person(name="x").role == "lead"
    assert [p.may("reviewer") for p in (lead, reviewer, viewer)] == [True, True, False]
    require(lead, "viewer", "look")
    with pytest.raises(ForbiddenError, match=r"Only a reviewer or a lead may answer.*viewer"):
        require(viewer, "reviewer", "answer")


def test_a_person_has_a_name_of_one_line():
    assert Person(name="  Ada \t Lovelace ").name == "Ada Lovelace"
    for wrong in ("", "  ", "x" * 201, "a\x00b"):
        with pytest.raises(BadInputError, match="needs a name"):
            Person(name=wrong)
    with pytest.raises(BadInputError, match="no role 'boss'"):
        Person(name="x", role="boss")


def test_a_name_is_what_the_provider_vouches_for():
    assert name_of(ADA | {"name": "Somebody else"}) == "ada@lab.org"
    assert name_of({"email": "ada@lab.org", "email_verified": False, "sub": "7"}) == "7"
    assert name_of({"sub": "7", "name": "ada@lab.org", "preferred_username": "ada"}) == "7"
    with pytest.raises(BadInputError, match="does not say who you are"):
        name_of({"name": "ada"})


def test_the_first_who_signs_in_leads_and_gives_roles(space):
    ada, bo = signed_in(space, ADA), signed_in(space, BO)
    assert (ada.name, ada.role, ada.signed_in) == ("ada@lab.org", "lead", True)
    assert bo.role == "reviewer"
    set_role(space, bo.name, "viewer", by=ada, reason="on leave")
    assert signed_in(space, BO).role == "viewer"
    last = role_events(open_store(space), bo.name)[-1]
    assert (last.role, last.given_by, last.reason) == ("viewer", ada.name, "on leave")
    assert set_role(space, bo.name, "viewer", by=ada) is None
    with pytest.raises(ForbiddenError, match="give roles"):
        set_role(space, bo.name, "lead", by=signed_in(space, BO))
    with pytest.raises(NotFoundError, match="'cy'"):
        set_role(space, "cy", "lead", by=ada)
    with pytest.raises(ConflictError, match="the only lead"):
        set_role(space, ada.name, "reviewer", by=ada)
    set_role(space, bo.name, "lead", by=ada)
    set_role(space, ada.name, "reviewer", by=signed_in(space, BO))
    assert {k.name: k.role for k in list_people(space)} == {
        "ada@lab.org": "reviewer",
        "bo@lab.org": "lead",
    }


def test_settings_name_the_leads_and_the_first_role(space, monkeypatch):
    monkeypatch.setenv(LEADS_VARIABLE, "Cy@lab.org; dee@lab.org")
    monkeypatch.setenv(ROLE_VARIABLE, "viewer")
    assert signed_in(space, ADA).role == "viewer"
    cy = signed_in(space, {"email": "cy@lab.org"})
    assert cy.role == "lead"
    assert [(k.name, k.role, k.named) for k in list_people(space)] == [
        ("ada@lab.org", "viewer", False),
        ("cy@lab.org", "lead", True),
        ("dee@lab.org", "lead", True),
    ]
    with pytest.raises(ConflictError, match=LEADS_VARIABLE):
        set_role(space, "cy@lab.org", "viewer", by=cy)
    monkeypatch.setenv(ROLE_VARIABLE, "boss")
    with pytest.raises(BadInputError, match="no role 'boss'"):
        role_of(space, "ada@lab.org")


def test_nobody_becomes_a_lead_because_the_setting_went_away(space, monkeypatch):
    monkeypatch.setenv(LEADS_VARIABLE, "cy@lab.org")
    signed_in(space, {"email": "cy@lab.org"})
    monkeypatch.delenv(LEADS_VARIABLE)
    assert signed_in(space, ADA).role == "reviewer"


def test_of_two_who_come_first_together_one_leads(space):
    store, start = open_store(space), Barrier(2)

    def come(name):
        start.wait()
        arrive(store, name, first_leads=True)

    comers = [Thread(target=come, args=(name,)) for name in ("a", "b")]
    for comer in comers:
        comer.start()
    for comer in comers:
        comer.join()
    assert sorted(k.role for k in list_people(space)) == ["lead", "reviewer"]


def test_what_was_decided_is_never_changed(space):
    signed_in(space, ADA)
    file = space.labels / "labels.sqlite"
    for act in ("UPDATE role_events SET role = 'lead'", "DELETE FROM role_events"):
        with closing(sqlite3.connect(file)) as raw, pytest.raises(sqlite3.Error, match="never"):
            raw.execute(act)


def test_roles_are_in_a_backup(space, tmp_path):
    ada = signed_in(space, ADA)
    signed_in(space, BO)
    set_role(space, "bo@lab.org", "viewer", by=ada)
    open_store(space).backup(tmp_path / "labels.sqlite")
    other = Workspace(tmp_path / "other").ensure()
    open_store(other).restore(tmp_path / "labels.sqlite")
    assert list_people(other) == list_people(space)


def test_a_typed_name_is_spelled_as_before(space):
    event = LabelEvent(dataset="sky", object_id="1", reviewer="Ada L", class_name="spiral")
    open_store(space).append([event])
    assert typed(space, " ada  l ").name == "Ada L"
    assert typed(space, "Bo") == Person(name="Bo")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.3.2.1", "localhost", "app.localhost", "::1", "[::1]"]
)
def test_this_machine_alone_needs_no_sign_in(host):
    assert is_loopback(host)
    check_reach(host, sign_in=False, asked_as=host)


@pytest.mark.parametrize("host", [None, "", "0.0.0.0", "::", "192.168.1.4", "lab.org"])
def test_a_network_needs_sign_in_or_trust(host, monkeypatch):
    monkeypatch.delenv("TUNINGFORK_TRUST_NETWORK", raising=False)
    with pytest.raises(ForbiddenError, match=r"TUNINGFORK_TRUST_NETWORK=1"):
        check_reach(host, sign_in=False)
    check_reach(host, sign_in=True)
    monkeypatch.setenv("TUNINGFORK_TRUST_NETWORK", "1")
    check_reach(host, sign_in=False)


def test_a_proxy_before_it_is_a_network(monkeypatch):
    monkeypatch.delenv("TUNINGFORK_TRUST_NETWORK", raising=False)
    with pytest.raises(ForbiddenError, match=r"asks for .galaxies\.lab\.org"):
        check_reach("127.0.0.1", sign_in=False, asked_as=host_of("galaxies.lab.org:443"))
    names = [host_of(h) for h in ("[::1]:8501", "localhost:8501", "localhost")]
    assert names == ["[::1]", "localhost", "localhost"]
