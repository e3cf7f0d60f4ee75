"""Roles as events, on both databases."""

import pytest
from sqlalchemy import delete, update

from astro_core.labels.role_tables import ROLE_EVENTS
from astro_core.labels.roles import ARRIVED, arrive, give_role, last_of_each, reviewers, role_events
from astro_core.labels.trouble import LabelStoreError


def test_only_the_first_who_comes_leads_and_coming_again_changes_nothing(store):
    assert [e.role for e in arrive(store, "ada", first_leads=True)] == ["lead"]
    assert [e.role for e in arrive(store, "bo", first_leads=True)] == [ARRIVED]
    give_role(store, "bo", "viewer", given_by="ada", reason=" on leave ")
    again = arrive(store, "bo", first_leads=True)
    assert [(e.role, e.given_by, e.reason) for e in again] == [
        (ARRIVED, "", ""),
        ("viewer", "ada", "on leave"),
    ]
    assert again == role_events(store, "bo")
    assert [(e.person, e.role) for e in last_of_each(store)] == [("ada", "lead"), ("bo", "viewer")]
    assert len(role_events(store)) == 3


def test_nobody_can_change_a_role_that_was_given(store):
    arrive(store, "ada", first_leads=False)
    for change in (update(ROLE_EVENTS).values(role="lead"), delete(ROLE_EVENTS)):
        with pytest.raises(LabelStoreError), store.writing() as connection:
            connection.execute(change)
    assert [e.role for e in role_events(store)] == [ARRIVED]


def test_reviewers_are_those_who_answered(store, says):
    store.append([says("1", reviewer="zoe"), says("2", reviewer="ana"), says("3")])
    assert reviewers(store) == ("ana", "zoe")
