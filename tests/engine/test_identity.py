"""The stack's identity: random, kept, and one for all resources of a stack."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.dynamic import Config, ConfigureRequest

import pulumi_ehpc as ehpc
from pulumi_ehpc._providers import IdentityProvider
from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.persisted import session_for
from pulumi_ehpc.engine.values import to_engine
from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.program import Program
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.engine.program import run

pytestmark = pytest.mark.sdk


def test_identity_is_random_and_kept() -> None:
    provider = IdentityProvider()
    provider.config = {"ehpc:region": "cn-hangzhou"}
    ids = {provider.create({}).id for _ in range(10)}
    assert len(ids) == 10
    assert all(len(id) == 16 and int(id, 16) >= 0 for id in ids)
    assert provider.read("abc", {}).id == "abc"
    assert provider.diff("abc", {}, {"any": 1}).changes is False
    assert provider.check({}, {}).failures == []


def test_identity_of_a_further_provider_is_the_stack_s() -> None:
    assert IdentityProvider().create({"of_stack": "1f2e3d4c5b6a7988"}).id == "1f2e3d4c5b6a7988"
    assert len(IdentityProvider().create({"of_stack": None}).id) == 16


def claim(name: str, *keys: str) -> dict[str, Any]:
    return Claim("Queue", f"urn:{name}", name, "ehpc-1", keys).to_dict()


def checked(config: dict[str, str], old: dict[str, Any], new: dict[str, Any]) -> Program:
    """Check the identity; return what the process then knows of the program."""
    provider = IdentityProvider()
    provider.config = config
    result = provider.check(old, new)
    assert (result.inputs, result.failures) == (new, [])
    return session_for(config).program


def test_check_shows_the_process_what_is_and_was_declared() -> None:
    config = {"ehpc:region": "cn-beijing", "ehpc:concurrency": "3"}
    program = checked(config, {"claims": [claim("a", "x"), claim("b", "y")]}, {"claims": [claim("b", "x")]})
    assert program.begun
    assert [other.name for other in program.others("urn:c", "Queue", "ehpc-1", "x")] == ["b"]
    assert [old.name for old in program.not_declared_any_more()] == ["a"]


@pytest.mark.parametrize("claims", [None, [], UNKNOWN, "text", ["text", 7]])
def test_claims_that_are_missing_or_not_known_are_none(claims: Any) -> None:
    claims = to_engine({"it": UNKNOWN})["it"] if claims is UNKNOWN else claims
    config = {"ehpc:region": "cn-beijing", "ehpc:concurrency": "4"}
    program = checked(config, {} if claims is None else {"claims": claims}, {"claims": claims})
    assert program.begun
    assert program.not_declared_any_more() == []


def test_wrong_setting_is_left_to_the_resources() -> None:
    provider = IdentityProvider()
    provider.config = {"ehpc:apiVersion": "2020-01-01"}
    assert provider.check({}, {"claims": []}).failures == []


def test_identity_makes_the_process_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the first provider that a process runs."""
    prepared: list[int] = []
    monkeypatch.setattr(plugin_process, "prepare", prepared.append)
    config = Config(raw_config={"ehpc:concurrency": "9"}, project_name="test")
    IdentityProvider().configure(ConfigureRequest(config=config))
    assert prepared == [9]


def test_one_identity_serves_all_resources_of_a_stack() -> None:
    def program() -> None:
        ehpc.Queue("one", cluster="ehpc-1")
        ehpc.Queue("two", cluster="ehpc-1")

    registered = run(program)
    assert registered.resources["identity"].typ == "pulumi-python:dynamic/ehpc:Identity"
    assert registered.inputs("one")["identity"] == registered.inputs("two")["identity"] == "identity-id"


def test_each_program_of_a_process_has_an_identity() -> None:
    for _ in range(2):
        assert "identity" in run(lambda: ehpc.Queue("one", cluster="ehpc-1")).resources


def test_resources_are_declared_while_a_program_runs_only() -> None:
    with pytest.raises(pulumi.RunError, match="while a program runs"):
        ehpc.Queue("work", cluster="ehpc-1")
