import socket

import pytest

from astro_core.errors import ConflictError
from astro_core.workflows.open_app import DEMO_VARIABLE, free_port, plan_launch
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = taken.getsockname()[1]
        assert first < free_port(first) <= first + 49
        with pytest.raises(ConflictError, match="all taken"):
            free_port(first, tries=1)


def test_the_plan_names_workspace_port_and_mode(tmp_path):
    plan = plan_launch(Workspace(tmp_path), demo=True, port=8765, headless=True)
    assert plan.address == "http://localhost:8765"
    assert plan.environment[ENVIRONMENT_VARIABLE] == str(tmp_path)
    assert plan.environment[DEMO_VARIABLE] == "1"
    assert plan.command[-4:] == ("--server.port", "8765", "--server.headless", "true")
    usual = plan_launch(Workspace(tmp_path), demo=False, port=8765, headless=False)
    assert usual.environment.get(DEMO_VARIABLE) != "1"
