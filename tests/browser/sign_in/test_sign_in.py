"""People of a team sign in at a provider of their own, each in a browser of their own."""

import pytest

from astro_core.workflows.people import list_people, role_of
from astro_core.workspace import Workspace

ADA, BO = "ada@lab.org", "bo@lab.org"


@pytest.fixture(scope="module")
def team(provider, secrets_file, serve, app, tmp_path_factory):
    """The app with sign-in, on a workspace of its own."""
    provider.people |= {
        "ada": {"email": "Ada@lab.org", "email_verified": True, "name": "Ada"},
        "bo": {"email": BO, "email_verified": True, "name": "Ada"},
        "liar": {"email": ADA, "email_verified": False, "name": "Ada"},
    }
    workspace = Workspace(tmp_path_factory.mktemp("team") / "workspace").ensure()
    return serve("app.py", workspace, STREAMLIT_SECRETS_FILES=str(secrets_file))


@pytest.fixture
def sign_in(team, settle):
    def go(page, account):
        page.goto(team.url)
        settle(page).get_by_role("button", name="Sign in").click()
        page.get_by_label("Account").fill(account)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"{team.url}/**")
        return settle(page)

    return go


def test_a_team_signs_in(team, page, chromium, provider, sign_in, settle):
    page.goto(team.address("browse"))
    settle(page)
    assert page.get_by_text("This Tuning Fork is for people who sign in").is_visible()
    assert page.get_by_label("Dataset").count() == 0
    assert list_people(team.workspace) == ()

    badge = sign_in(page, "ada").get_by_role("button", name=f"{ADA} · lead")
    assert badge.is_visible()
    settle(page).reload()
    settle(page)
    assert badge.is_visible()

    other = chromium.new_context()
    second = sign_in(other.new_page(), "bo")
    assert second.get_by_role("button", name=f"{BO} · reviewer").is_visible()
    other.close()
    third = chromium.new_context()
    liar = sign_in(third.new_page(), "liar")
    assert liar.get_by_role("button", name="id-liar · reviewer").is_visible()
    third.close()
    assert role_of(team.workspace, ADA) == "lead"

    badge.click()
    page.get_by_role("menuitem", name="Sign out").click()
    settle(page)
    page.get_by_role("button", name="Sign in").wait_for()
    assert len(provider.ended) == 1


def test_whom_the_provider_refuses_stays_outside(team, page, sign_in):
    sign_in(page, "a stranger")
    assert page.get_by_role("button", name="Sign in").is_visible()
    assert "a stranger" not in {known.name for known in list_people(team.workspace)}


def test_a_lead_gives_roles_and_only_leads_delete(team, page, chromium, sign_in, settle):
    other = chromium.new_context(viewport={"width": 1280, "height": 720})
    bo = sign_in(other.new_page(), "bo")
    ada = sign_in(page, "ada")
    ada.get_by_role("button", name=f"{ADA} · lead").click()
    ada.get_by_role("menuitem", name="People").click()
    dialog = settle(ada).get_by_role("dialog")
    dialog.get_by_role("combobox", name=f"Role of {BO}").click()
    ada.get_by_role("option", name="viewer", exact=True).click()
    settle(ada)
    assert role_of(team.workspace, BO) == "viewer"
    dialog.get_by_role("combobox", name=f"Role of {ADA}").click()
    ada.get_by_role("option", name="viewer", exact=True).click()
    assert settle(ada).get_by_text("is the only lead").is_visible()
    assert role_of(team.workspace, ADA) == "lead"

    bo.reload()
    settle(bo).get_by_role("button", name=f"{BO} · viewer").click()
    assert bo.get_by_role("menuitem", name="People").count() == 0
    other.close()
