"""A lab's server: the app under a path behind nginx as docs/serve shows it, with TLS."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace

REPOSITORY = Path(__file__).resolve().parents[3]
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")


def certificate(folder):
    """A certificate for this machine that nobody vouches for."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, pkcs8, plain))


def nginx_site(folder, port, app_port):
    """The site of the docs with this machine's ports, certificate and path."""
    site = (REPOSITORY / "docs" / "serve" / "nginx.conf").read_text()
    for said, here in (
        ("/etc/letsencrypt/live/galaxies.lab.org", str(folder)),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("127.0.0.1:8501", f"127.0.0.1:{app_port}"),
        ("galaxies.lab.org", "localhost"),
    ):
        assert said in site
        site = site.replace(said, here)
    logs = f"error_log {folder}/error.log; pid {folder}/nginx.pid; daemon off;"
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"{logs}\nevents {{}}\nhttp {{ access_log off; {temporary}\n{site}\n}}\n"
    (folder / "nginx.conf").write_text(whole)
    return folder / "nginx.conf"


@pytest.fixture
def lab(provider, secrets_file, tmp_path, unused_ports):
    """Address of the app behind nginx."""
    if NGINX is None:
        pytest.skip("There is no nginx here")
    provider.people["ada"] = {"email": "ada@lab.org", "email_verified": True}
    port, app_port = unused_ports(2)
    public = f"https://localhost:{port}/tuning"
    secrets = tmp_path / "secrets.toml"
    told = secrets_file.read_text().replace("http://127.0.0.1:{port}", public)
    secrets.write_text(told)
    secrets.chmod(0o600)
    certificate(tmp_path)
    workspace = Workspace(tmp_path / "workspace").ensure()
    env = {
        **os.environ, ENVIRONMENT_VARIABLE: str(workspace.root), "TUNINGFORK_PORT": str(app_port),
        "TUNINGFORK_PUBLIC_URL": public, "TUNINGFORK_SECRETS": str(secrets),
    }  # fmt: skip
    log = (tmp_path / "app.log").open("wb")
    command = [sys.executable, "-m", "astro_core", "serve"]
    app = subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=log, stderr=log)
    site = nginx_site(tmp_path, port, app_port)
    proxy = subprocess.Popen([NGINX, "-c", str(site)], stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{app_port}/tuning/_stcore/health", app, tmp_path / "app.log")
        yield public
    finally:
        for process in (proxy, app):
            process.terminate()
            process.wait(20)
        log.close()


def wait_for(url, process, log):
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The app did not start:\n{log.read_text()}")


def test_a_lab_signs_in_through_its_proxy(lab, chromium, settle):
    context = chromium.new_context(
        viewport={"width": 1280, "height": 720}, ignore_https_errors=True
    )
    page = context.new_page()
    failed = []
    page.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    page.goto(f"{lab}/import")
    settle(page).get_by_role("button", name="Sign in").click()
    page.get_by_label("Account").fill("ada")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{lab}/**")
    badge = settle(page).get_by_role("button", name="ada@lab.org · lead")
    assert badge.is_visible()
    page.get_by_role("link", name="Import").click()
    page.get_by_role("heading", name="Import").wait_for()
    assert page.url.startswith(f"{lab}/import")
    (cookie,) = [c for c in context.cookies() if c["name"] == "_streamlit_user"]
    assert (cookie["path"], cookie["httpOnly"]) == ("/tuning", True)
    assert [url for url in failed if "/import/_stcore/" not in url] == []  # it looks for its base
    context.close()
