"""Receives an event of a webhook, as the owner of a host, and verifies it with the code of docs/webhooks.md, in Python and in Node.js."""

import json
import os
import subprocess
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from verify import verify

SERVICE = os.environ["SERVICE_URL"] + "/api/v1"
Received = tuple[dict[str, str], bytes]
received: list[Received] = []
came = threading.Event()

NODE = """
import { verify } from "./verify.mjs";
const { secret, headers, body } = JSON.parse(process.argv[1]);
console.log(verify(secret, headers, Buffer.from(body)));
"""


class Receiver(BaseHTTPRequestHandler):
    """Accepts each event."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()
        came.set()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


def post(path: str, body: object, token: str | None = None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"} | ({} if token is None else {"Authorization": f"Bearer {token}"})
    request = urllib.request.Request(SERVICE + path, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as response:
        found: dict[str, str] = json.load(response)
        return found


def in_node(secret: str, headers: dict[str, str], body: bytes) -> bool:
    given = json.dumps({"secret": secret, "headers": headers, "body": body.decode()})
    run = subprocess.run(["node", "--input-type=module", "-e", NODE, given], check=True, capture_output=True, text=True)
    return run.stdout.strip() == "true"


def main() -> None:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(os.environ["ACCOUNTS"]) as accounts:
        email, password = next(line.split()[:2] for line in accounts if line.startswith("aisha@brightline.example "))
    token = post("/auth/login", {"email": email, "password": password})["access_token"]
    request = urllib.request.Request(SERVICE + "/organizations", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as response:
        organization = json.load(response)["items"][0]["id"]
    url = f"http://127.0.0.1:{server.server_port}/hook"
    webhook = post(f"/organizations/{organization}/webhooks", {"url": url}, token)
    post(f"/webhooks/{webhook['id']}/test", {}, token)
    assert came.wait(20), "no event has come"
    (headers, body), secret = received[0], webhook["secret"]
    later = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)}
    other = "whsec_" + "A" * 43 + "="
    for check in (verify, in_node):
        assert check(secret, headers, body), check
        assert not check(secret, headers, body + b" "), check
        assert not check(secret, later, body), check
        assert not check(other, headers, body), check
    print("docs/webhooks.md: an event is verified in Python and JavaScript")


main()
