"""A small OpenID Connect provider for tests: it believes whoever it is told to be."""

import base64
import hashlib
import json
import secrets
import socket
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "tuning-fork", "a secret of the test's client"


class Provider(ThreadingHTTPServer):
    """The server; `people` maps what is typed on its page to what it says of a person."""

    daemon_threads = True

    def __init__(self, people):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.people = people
        self.key = RSAKey.generate_key(2048, parameters={"kid": "test", "use": "sig"})
        self.codes = {}
        self.ended = []

    def metadata(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def id_token(self, name, nonce):
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce}
        header = {"alg": "RS256", "kid": "test"}
        return jwt.encode(header, claims | {"sub": f"id-{name}"} | self.people[name], self.key)


class _Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.server.metadata())
        elif parts.path == "/keys":
            self._json({"keys": [self.server.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            self._authorize(asked)
        elif parts.path == "/end":
            self.server.ended.append(asked.get("id_token_hint"))
            self._redirect(asked["post_logout_redirect_uri"])
        else:
            self.send_error(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        who = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        request = self.server.codes.pop(asked.get("code"), None)
        proof = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if self.headers["Authorization"] != f"Basic {who}" or request is None:
            self._json({"error": "invalid_client"}, 401)
        elif request["code_challenge"] != proven:
            self._json({"error": "invalid_grant"}, 400)
        else:
            token = self.server.id_token(request["name"], request["nonce"])
            self._json({"access_token": "unused", "token_type": "Bearer", "id_token": token})

    def _authorize(self, asked):
        if "name" not in asked:
            kept = "".join(
                f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">'
                for n, v in asked.items()
            )
            self._html(
                f"<title>Who?</title><form action='/authorize'>{kept}"
                "<label>Account <input name='name'></label><button>Go on</button></form>"
            )
            return
        back = {"state": asked["state"]}
        if asked["name"] in self.server.people:
            back["code"] = secrets.token_urlsafe()
            self.server.codes[back["code"]] = asked
        else:
            back["error"] = "access_denied"
        self._redirect(f"{asked['redirect_uri']}?{urlencode(back)}")

    def _redirect(self, place):
        self.send_response(302)
        self.send_header("Location", place)
        self.end_headers()

    def _json(self, value, status=200):
        self._send(json.dumps(value), "application/json", status)

    def _html(self, text):
        self._send(text, "text/html; charset=utf-8", 200)

    def _send(self, text, kind, status):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture(scope="module")
def provider():
    """A provider that knows nobody yet."""
    server = Provider({})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def secrets_file(provider, tmp_path_factory):
    """What Streamlit reads to let people sign in at the provider."""
    lines = {
        "redirect_uri": "http://127.0.0.1:{port}/oauth2callback",
        "cookie_secret": secrets.token_urlsafe(32),
        "client_id": CLIENT,
        "client_secret": SECRET,
        "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
    }
    path = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
    path.write_text(f"[auth]\n{told}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def unused_ports():
    """Gives ports that nobody listens on now."""

    def find(n):
        probes = [socket.socket() for _ in range(n)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        ports = [probe.getsockname()[1] for probe in probes]
        for probe in probes:
            probe.close()
        return ports

    return find
