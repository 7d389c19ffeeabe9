"""Lets requests that the document allows come further than to the first refusal."""

import itertools
import json
import os

import schemathesis
from schemathesis.core.parameters import ParameterLocation as Place

# Things that there are, by the noun of their address.
IDS = json.loads(os.environ["SWITCHBOARD_IDS"])
# What ends the session that the others need, or its sending, or sends what was generated to wherever it leads.
ENDS = ("/block", "/close", "/transfer", "/disable", "/resume")
NOWHERE = "https://crm.invalid/"
KEYS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    def is_wrong(place):
        return case.meta is not None and case.meta.is_negative_at(place)

    method, path = case.method.upper(), case.operation.path
    if not is_wrong(Place.HEADER):
        # With one key for several bodies most requests would be refused (key_reused).
        if method == "POST":
            case.headers["Idempotency-Key"] = f"request-{next(KEYS)}"
        # A generated tag is nobody's version: every change would be refused.
        case.headers.pop("If-Match", None)
    # So would a generated cursor, and every message to a customer of another session.
    if not is_wrong(Place.QUERY):
        case.query.pop("cursor", None)
    if not is_wrong(Place.BODY) and path.endswith("/messages") and isinstance(case.body, dict):
        case.body = {name: value for name, value in case.body.items() if name != "to"}
    # A generated address would be called, wherever it leads.
    if not is_wrong(Place.BODY) and "/webhooks" in path and isinstance(case.body, dict):
        case.body = {name: NOWHERE if name == "address" else value for name, value in case.body.items()}
    deletes = method == "DELETE" and path.count("/") == 4
    ends = method == "POST" and path.endswith(ENDS)
    if deletes or ends or is_wrong(Place.PATH):
        return
    there_are = {"id": IDS.get(path.split("/")[3]), "label": IDS["labels"], "contact": IDS["contacts"]}
    for name in case.path_parameters:
        if there_are.get(name) is not None:
            case.path_parameters[name] = there_are[name]
