"""The official SDKs as witnesses: for every action, they and the client must send the same.

The SDKs are run against a server on this machine, with requests filled from the spec. Two differences are intended:
the SDKs send lists inside JSON that nobody set, as ``[]``; and they put the parameters of POST into the query string.
"""

from __future__ import annotations

import importlib
import inspect
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_ehpc.api import spec, wire
from pulumi_ehpc.api.signing import acs3_signature, parse_acs3_authorization, v1_signature
from tests.api.loopback import Loopback, Received

# The SDKs use utcnow, which is deprecated since Python 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning")

KEY_ID, SECRET, TOKEN = "LTAIwitness", "witness-secret", "witness-token"
AWKWARD = "a b+c&d=e/f~*'\"%é集"
ACTIONS = [(version, name) for version in spec.VERSIONS for name in spec.actions(version)]


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("version", "name"), ACTIONS)
def test_parameters_are_those_of_the_sdk(server: Loopback, version: str, name: str, seed: int) -> None:
    action = spec.action(name, version)
    parameters = filled(action, seed)
    assert not wire.check(action, parameters)
    sent = call_sdk(server, version, name, parameters)
    assert sent.method == action.method
    ours = wire.encode(action, parameters)
    assert comparable(action, ours) == comparable(action, sent.parameters)


@pytest.mark.parametrize(("version", "name"), ACTIONS)
def test_acs3_signature_is_that_of_the_sdk(server: Loopback, version: str, name: str) -> None:
    sent = call_sdk(server, version, name, filled(spec.action(name, version), 0))
    key_id, signed_headers, signature = parse_acs3_authorization(sent.headers["authorization"])
    assert (key_id, sent.headers["x-acs-security-token"]) == (KEY_ID, TOKEN)
    assert signature == acs3_signature(
        method=sent.method,
        path=sent.path,
        query=sent.query,
        headers=sent.headers,
        signed_headers=signed_headers,
        payload_sha256=sent.headers["x-acs-content-sha256"],
        secret=SECRET,
    )


@pytest.mark.parametrize(("version", "name"), ACTIONS)
def test_v1_signature_is_that_of_the_sdk(server: Loopback, version: str, name: str) -> None:
    sent = call_sdk(server, version, name, filled(spec.action(name, version), 0), signature_algorithm="v2")
    assert sent.parameters["SecurityToken"] == TOKEN
    assert sent.parameters["Signature"] == v1_signature(
        method=sent.method, parameters=sent.parameters.items(), secret=SECRET
    )


def test_the_spec_has_the_actions_of_the_sdks() -> None:
    assert {version: len(spec.actions(version)) for version in spec.VERSIONS} == {"2018-04-12": 104, "2024-07-30": 45}


def call_sdk(server: Loopback, version: str, name: str, parameters: dict[str, Any], **config: str) -> Received:
    package = f"alibabacloud_ehpc{version.replace('-', '')}"
    models = importlib.import_module(f"{package}.models")
    client = importlib.import_module(f"{package}.client").Client(sdk_config(server, **config))
    method = getattr(client, find(dir(client), f"{name}WithOptions"))
    runtime = importlib.import_module("darabonba.runtime").RuntimeOptions()
    server.received.clear()
    if len(inspect.signature(method).parameters) == 1:
        method(runtime)
    else:
        request = getattr(models, find(dir(models), f"{name}Request"))().from_map(parameters)
        method(request, runtime)
    (received,) = server.received
    return received


def sdk_config(server: Loopback, **config: str) -> Any:
    models = importlib.import_module("alibabacloud_tea_openapi.utils_models")
    return models.Config(
        access_key_id=KEY_ID,
        access_key_secret=SECRET,
        security_token=TOKEN,
        region_id="cn-hangzhou",
        endpoint=server.address,
        protocol="http",
        **config,
    )


def find(names: list[str], wanted: str) -> str:
    """Find a name whose snake case is not regular (``un_tag_resources``, ``initialize_ehpc``)."""
    (found,) = [name for name in names if name[0] != "_" and name.replace("_", "").lower() == wanted.lower()]
    return found


def filled(action: spec.Action, seed: int) -> dict[str, Any]:
    """Return parameters for an action: all of them for seed 0, else a random choice."""
    rng = random.Random(seed)
    return {
        name: value_of(shape, rng, seed)
        for name, shape in action.parameters.items()
        if shape.required or seed == 0 or rng.random() < 0.6
    }


def value_of(shape: spec.Shape, rng: random.Random, seed: int) -> Any:
    if shape.type == "object":
        # Lowercase names are other spellings, see corrections.json; the SDKs do not have them.
        properties = {name: member for name, member in shape.properties.items() if not name.islower()}
        names = [name for name, member in properties.items() if member.required or not seed or rng.random() < 0.6]
        # An object without members vanishes when it is flattened, so that a required one has at least one.
        return {name: value_of(shape.properties[name], rng, seed) for name in names or [next(iter(properties))]}
    if shape.items is not None:
        return [value_of(shape.items, rng, seed) for _ in range(rng.randint(1, 3))]
    values = {"string": AWKWARD, "integer": rng.randint(0, 99), "number": rng.choice([0.25, 3, 1.5])}
    return values.get(shape.type, rng.random() < 0.5)


def comparable(action: spec.Action, parameters: dict[str, str]) -> dict[str, Any]:
    """Parse JSON strings, and leave out system parameters, which are not in the spec."""
    tree = {
        name: json.loads(value) if is_json(action, name) else value
        for name, value in parameters.items()
        if name.partition(".")[0] in action.parameters
    }
    return {name: without_empty_lists(value) for name, value in tree.items() if value != []}


def is_json(action: spec.Action, name: str) -> bool:
    return name in action.parameters and action.parameters[name].encoding == "json"


def without_empty_lists(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: without_empty_lists(value) for name, value in tree.items() if value != []}
    return [without_empty_lists(element) for element in tree] if isinstance(tree, list) else tree
