import tomllib
from pathlib import Path

import pytest
from streamlit import config
from streamlit.web import skills

FILE = Path(__file__).parents[2] / ".streamlit" / "config.toml"


@pytest.fixture
def settings():
    return tomllib.loads(FILE.read_text("utf-8"))


def test_nobody_else_on_the_network_is_let_in_and_nothing_is_reported(settings):
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["browser"]["gatherUsageStats"] is False
    assert 0 < settings["server"]["maxUploadSize"] <= 4096


def test_no_advertisement_where_a_browser_window_is_opened(settings, monkeypatch):
    asked = config.get_option

    def answer(name):
        section, key = name.split(".")
        return (
            False if name == "server.headless" else settings.get(section, {}).get(key, asked(name))
        )

    monkeypatch.setattr(config, "get_option", answer)
    assert skills.nudge_suppression_reason(str(FILE.parents[1]))
