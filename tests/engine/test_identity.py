"""The stack's identity: random, kept, and one for all resources of a stack."""

from __future__ import annotations

import pulumi
import pytest
from pulumi.dynamic import Config, ConfigureRequest

import pulumi_ehpc as ehpc
from pulumi_ehpc._providers import IdentityProvider
from pulumi_ehpc.engine import plugin_process
from tests.engine.program import run

pytestmark = pytest.mark.sdk


def test_identity_is_random_and_kept() -> None:
    provider = IdentityProvider()
    ids = {provider.create({}).id for _ in range(10)}
    assert len(ids) == 10
    assert all(len(id) == 16 and int(id, 16) >= 0 for id in ids)
    assert provider.read("abc", {}).id == "abc"
    assert provider.diff("abc", {}, {"any": 1}).changes is False
    assert provider.check({}, {}).failures == []


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
