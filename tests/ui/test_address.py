"""Choices that are kept in the address."""

import pytest
import streamlit as st

from astro_core.ui.address import taken


@pytest.fixture
def chosen(monkeypatch):
    state = {}
    monkeypatch.setattr(st, "session_state", state)

    def choose(value, options=("a", "b")):
        acted = []
        state["which"] = value
        taken("which", options, acted.append)()
        return acted

    return choose


def test_what_is_chosen_is_acted_on(chosen):
    assert chosen("b") == ["b"]
    assert chosen(None, [None, "a"]) == [None]


def test_words_that_an_option_had_before_choose_nothing(chosen):
    assert chosen("Simple network · going on") == []
