"""The callers of the requests, and the objects that the requests name. `ROLE` names the caller; `SERVICE_URL` and `ACCOUNTS` the service."""

import json
import os
from collections import defaultdict
from pathlib import Path
from random import Random
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import RejectedPositiveData

API = os.environ["SERVICE_URL"] + "/api/v1"
ROLE = os.environ["ROLE"]
ACCOUNTS = {line.split()[0]: line.split()[1] for line in Path(os.environ["ACCOUNTS"]).read_text().splitlines()}
# North Quay Works is the host, Brightline Robotics its customer, and Merwe Maakplaats has nothing to do with either.
OWNER, CUSTOMER = "maya@northquay.example", "aisha@brightline.example"
USERS = {
    "owner": OWNER,
    "manager": "tom@northquay.example",
    "booker": "leo@brightline.example",
    "stranger": "fleur@maakplaats.example",
    "operator": "operator@sharefloor.example",
}
# Codes of errors in fields that a schema can say, so that a request that fits it has none of them.
SAID_BY_SCHEMAS = {"out_of_range", "too_long", "too_short", "unknown_field", "wrong_type"}


def ask(path: str, token: str, body: dict[str, object] | None = None):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = Request(API + path, json.dumps(body).encode() if body else None, headers)
    return json.load(urlopen(request))


def sign_in(email: str) -> str:
    return ask("/auth/login", "", {"email": email, "password": ACCOUNTS[email]})["access_token"]


def organization_of(token: str) -> str:
    return ask("/organizations", token)["items"][0]["id"]


def known_ids(operations) -> dict[str, list[str]]:
    """The objects of the host and of the customer, by their nouns."""
    known: dict[str, list[str]] = defaultdict(list)
    for token in map(sign_in, (OWNER, CUSTOMER)):
        organization = organization_of(token)
        known["organizations"].append(organization)
        for path in operations:
            if path.count("{") == 1 and path.startswith("/api/v1/organizations/{id}/") and "get" in operations[path]:
                known_below(known, path.removeprefix("/api/v1").replace("{id}", organization), token)
        for noun in ("bookings", "booking-groups", "trainings"):
            known_below(known, f"/{noun}", token)
    return known


def known_below(known: dict[str, list[str]], path: str, token: str) -> None:
    try:
        items = ask(path, token).get("items", [])
    except (HTTPError, ValueError, AttributeError):
        return
    known[path.rsplit("/", 1)[-1]] += [item["id"] for item in items if isinstance(item, dict) and "id" in item]


KEY: list[str] = []
KNOWN: dict[str, list[str]] = {}
CHOICE = Random(1)


@schemathesis.hook
def after_load_schema(ctx, schema) -> None:
    KNOWN.update(known_ids(schema.raw_schema["paths"]))
    if ROLE == "key":
        owner = sign_in(OWNER)
        scopes = schema.raw_schema["components"]["schemas"]["Scope"]["enum"]
        KEY.append(ask(f"/organizations/{organization_of(owner)}/api-keys", owner, {"name": "Check", "scopes": scopes})["key"])


@schemathesis.hook
def before_call(ctx, case, kwargs) -> None:
    """Names an object that there is, in two of three requests: with a random id, nearly all responses would be 404."""
    known = KNOWN.get(case.operation.path.removeprefix("/api/v1/").split("/")[0])
    is_wrong = case.meta is not None and case.meta.is_negative_at(ParameterLocation.PATH)
    if known and "id" in case.path_parameters and not is_wrong and CHOICE.random() < 0.67:
        case.path_parameters["id"] = CHOICE.choice(known)


@schemathesis.hook
def filter_failure(ctx, failure, case, response) -> bool:
    if isinstance(failure, AcceptedNegativeData):
        # An empty value of a parameter is its default, as the document says in words.
        return "" not in (case.query or {}).values()
    if isinstance(failure, RejectedPositiveData) and case.operation.path == "/api/v1/webhooks/stripe":
        # Only Stripe can sign an event.
        return response.status_code != 400
    if isinstance(failure, RejectedPositiveData) and response.status_code == 422:
        # A schema says neither that a start is before an end, nor which password is right, nor what is in a file. All amounts have one
        # schema, `to` counts from `from`, and the rules of a resource limit durations.
        return any(is_said_by_schema(error) for error in response.json().get("errors", []))
    return True


def is_said_by_schema(error: dict[str, str]) -> bool:
    name = error["pointer"].rsplit("/", 1)[-1]
    is_elsewhere = error["pointer"].startswith("/columns/") or name in ("amount", "duration_minutes", "from", "to")
    return error["code"] in SAID_BY_SCHEMAS and not is_elsewhere


if ROLE != "nobody":
    # A request can end the sessions of its caller.
    @schemathesis.auth(refresh_interval=10)
    class Caller:
        def get(self, case, ctx) -> str:
            return KEY[0] if KEY else sign_in(USERS[ROLE])

        def set(self, case, data, ctx) -> None:
            case.headers["Authorization"] = f"Bearer {data}"
