from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from rich.console import Console
from typer.testing import CliRunner, Result

from pulumi_ehpc.api import Client, Credentials, Settings
from pulumi_ehpc.cli import main, owners, pulumi_cli
from pulumi_ehpc.cli.ownership import KINDS, Row, Stack
from pulumi_ehpc.errors import ConfigurationError, EhpcError
from pulumi_ehpc.fake import AccessKey, FakeCloud, FakeServer
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.registry import RESOURCE_TYPES

ENCRYPTED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
VERSIONS = ("2024-07-30", "2018-04-12")
NOTHING_THERE = "recorded by {}, and not there any more"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    """Start a fake that the environment's settings lead to, on a machine without the Pulumi CLI."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("EHPC_API_VERSION", raising=False)
    monkeypatch.setenv("ALIBABA_CLOUD_REGION_ID", "cn-hangzhou")
    monkeypatch.setattr(Session, "client", lambda session, _: client_of(session.settings))
    with FakeServer(FakeCloud(keys=[AccessKey("fake", "fake")])) as running:
        monkeypatch.setenv("EHPC_ENDPOINT", running.endpoint)
        yield running


def client_of(settings: Settings) -> Client:
    """Return a client that needs no credential chain, which reads the environment once for a process."""
    return Client(settings, credentials=Credentials("fake", "fake"))


@pytest.fixture
def cluster(server: FakeServer) -> str:
    """Create a cluster with a queue, a user, a mount and two groups of nodes that nobody's state knows."""
    settings = Settings("cn-hangzhou", endpoint=server.endpoint)
    with client_of(settings) as client:
        api = client.for_version("2024-07-30")
        order = {"ClusterName": "shared", "ClusterVpcId": "vpc-1", "ClusterCredentials": {"Password": "Canary-root-1"}}
        cluster = str(api.call("CreateCluster", order)["ClusterId"])
        server.cloud.advance(600)
        where = {"ClusterId": cluster}
        api.call("CreateQueue", {**where, "Queue": {"QueueName": "work"}})
        user = {"UserName": "alice.chen", "Group": "users", "Password": "Canary-alice-1"}
        api.call("CreateUsers", {**where, "User": [user]})
        for prefix in ("aa-", "gpu1"):
            kind = {"InstanceType": "ecs.c7.large"}
            api.call("CreateNodes", {**where, "Count": 2, "HostnamePrefix": prefix, "ComputeNode": kind})
            server.cloud.advance(600)
    return cluster


def resource(kind: str, name: str, id: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a resource as an export has it."""
    token = f"pulumi-python:dynamic/ehpc:{kind}"
    recorded = {"api_version": "2024-07-30", "region": "cn-hangzhou", **inputs}
    return {"urn": f"urn:pulumi:dev::p::{token}::{name}", "type": token, "id": id, "inputs": recorded, **more}


def exported(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return an export of a stack."""
    root = {"urn": "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", "type": "pulumi:pulumi:Stack"}
    return {"version": 3, "deployment": {"resources": [root, *resources]}}


def run(tmp_path: Path, cluster: str, *resources: dict[str, Any]) -> Result:
    """Run ``ehpc owners`` on an export."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(exported(*resources)))
    return CliRunner().invoke(main.app, ["owners", cluster, "--state", str(file), "--json"])


def listed(tmp_path: Path, cluster: str, *resources: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return owner and note of what ``ehpc owners`` lists, by kind and key."""
    result = run(tmp_path, cluster, *resources)
    assert result.exit_code == 0, result.output
    return {f"{row['kind']} {row['key']}": (row["owner"], row["note"]) for row in json.loads(result.stdout)}


def test_every_kind_has_a_word() -> None:
    assert set(KINDS) == {known.name for known in RESOURCE_TYPES if known.key}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_no_resource_owns_is_other(
    tmp_path: Path, server: FakeServer, cluster: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHPC_API_VERSION", version)
    before = len(requests.get(f"{server.endpoint}/_fake/journal", timeout=10).json())
    found = listed(tmp_path, cluster)
    assert found == dict.fromkeys(
        ["queue comp", "queue work", "nodes aa-", "nodes gpu", "user alice.chen"], ("other", "")
    )
    calls = requests.get(f"{server.endpoint}/_fake/journal", timeout=10).json()[before:]
    assert {call["version"] for call in calls} == {version}
    assert [call["action"] for call in calls if not call["action"].startswith(("List", "Get"))] == []


def test_what_the_outputs_record_is_the_resource_s(tmp_path: Path, cluster: str) -> None:
    found = listed(
        tmp_path,
        cluster,
        resource("Queue", "q", f"{cluster}:work", {"cluster": cluster, "name": "work"}, outputs={"created": True}),
        resource("NodeGroup", "g", f"{cluster}:gpu1", {"cluster": cluster, "hostname_prefix": "gpu1", "count": 2}),
        resource(
            "UserSet",
            "u",
            f"{cluster}:u",
            {"cluster": cluster, "users": {"alice.chen": "users"}, "passwords": ENCRYPTED},
            outputs={"created_users": ["alice.chen"], "handed_over": ["bob.smith"]},
        ),
    )
    assert found["queue work"] == ("Queue 'q'", "")
    assert found["nodes gpu1"] == ("NodeGroup 'g'", "")
    assert found["nodes aa-"] == ("other", "")
    assert found["user alice.chen"] == ("UserSet 'u'", "")
    assert "user bob.smith" not in found


def test_what_is_declared_and_not_owned_is_other_with_a_note(tmp_path: Path, cluster: str) -> None:
    found = listed(
        tmp_path,
        cluster,
        resource("Queue", "q", f"{cluster}:work", {"cluster": cluster, "name": "work"}, outputs={"created": False}),
    )
    assert found["queue work"] == ("other", "declared by Queue 'q', which does not own it")


def test_what_is_recorded_and_not_there_is_nobody_s(tmp_path: Path, cluster: str) -> None:
    found = listed(
        tmp_path,
        cluster,
        resource("Volume", "v", f"{cluster}:/x", {"cluster": cluster, "mount_directory": "/x"}),
        resource("NodeGroup", "g", f"{cluster}:bb-", {"cluster": cluster, "hostname_prefix": "bb-", "count": 2}),
        resource("NodeGroup", "empty", f"{cluster}:cc-", {"cluster": cluster, "hostname_prefix": "cc-", "count": 0}),
        resource("Queue", "elsewhere", "ehpc-2:far", {"cluster": "ehpc-2", "name": "far"}),
    )
    assert found["mount /x"] == ("nobody", NOTHING_THERE.format("Volume 'v'"))
    assert found["nodes bb-"] == ("nobody", NOTHING_THERE.format("NodeGroup 'g'"))
    assert "nodes cc-" not in found
    assert "queue far" not in found


def test_nodes_with_a_queue_s_prefix_are_the_queue_s(tmp_path: Path, cluster: str) -> None:
    queue = {"cluster": cluster, "name": "work", "hostname_prefix": "aa-"}
    found = listed(tmp_path, cluster, resource("Queue", "q", f"{cluster}:work", queue))
    assert found["nodes aa-"] == ("Queue 'q'", "")


def test_claim_of_an_interrupted_create_is_a_note(tmp_path: Path, cluster: str) -> None:
    claim = {"resource_type": "UserSet", "name": "u", "cluster": "urn:c", "keys": ["alice.chen", "bob.smith"]}
    found = listed(
        tmp_path,
        cluster,
        {**resource("Cluster", "c", cluster, {}), "urn": "urn:c"},
        resource("Identity", "identity", "0f", {"claims": [claim]}),
    )
    why = "declared by UserSet 'u', which is not in state: its create failed or was interrupted"
    assert found["user alice.chen"] == ("other", why)
    assert "user bob.smith" not in found


def test_encrypted_values_are_passed_over(tmp_path: Path, cluster: str) -> None:
    found = listed(
        tmp_path,
        cluster,
        resource("Queue", "q", f"{cluster}:work", {"cluster": ENCRYPTED, "name": ENCRYPTED}),
        resource("Identity", "identity", "0f", {"claims": ENCRYPTED}),
    )
    assert found["queue work"] == ("other", "")


def test_cluster_is_found_by_its_name(tmp_path: Path, cluster: str) -> None:
    assert "queue work" in listed(tmp_path, "hpc", resource("Cluster", "hpc", cluster, {}))


def test_cluster_that_is_not_there(tmp_path: Path, server: FakeServer) -> None:
    for version in VERSIONS:
        error = run(tmp_path, "ehpc-none", resource("Cluster", "c", "ehpc-none", {"api_version": version})).exception
        assert isinstance(error, EhpcError)
        assert str(error).startswith("Cluster ehpc-none was not found in cn-hangzhou (ClusterNotFound, request ")
        assert "`ehpc doctor`" in str(error)


def test_cluster_of_another_region_is_refused(tmp_path: Path, server: FakeServer) -> None:
    error = run(tmp_path, "ehpc-1", resource("Cluster", "c", "ehpc-1", {"region": "cn-beijing"})).exception
    assert "lives in cn-beijing, but the region is set to cn-hangzhou" in str(error)


@pytest.mark.parametrize("content", ["no json", "[]", "{}", '{"deployment": null}'])
def test_file_that_is_no_export(tmp_path: Path, content: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(content)
    result = CliRunner().invoke(main.app, ["owners", "ehpc-1", "--state", str(file)])
    assert isinstance(result.exception, ConfigurationError)
    assert "not an export of a stack" in str(result.exception)


def test_missing_file_and_missing_cluster_are_wrong_usage(tmp_path: Path) -> None:
    assert CliRunner().invoke(main.app, ["owners"]).exit_code == 2
    assert CliRunner().invoke(main.app, ["owners", "ehpc-1", "--state", str(tmp_path / "none")]).exit_code == 2


class TestPulumi:
    def install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
        (tmp_path / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "pulumi").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def test_state_is_that_of_the_stack(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.install(tmp_path, monkeypatch, 'echo "[\\"$*\\"]"')
        assert pulumi_cli.export_stack() == ["stack export --non-interactive"]
        assert pulumi_cli.export_stack("prod") == ["stack export --non-interactive --stack prod"]

    def test_no_stack_says_how_to_name_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.install(tmp_path, monkeypatch, "echo 'error: no stack selected' >&2; exit 255")
        with pytest.raises(ConfigurationError, match=r"could not be read: no stack selected\. .*--stack.*--state"):
            pulumi_cli.export_stack()

    def test_no_pulumi(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        with pytest.raises(ConfigurationError, match="not on PATH"):
            pulumi_cli.export_stack()

    def test_pulumi_that_does_not_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "pulumi").write_text("no program")
        (tmp_path / "pulumi").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ConfigurationError, match="does not run"):
            pulumi_cli.export_stack()


def test_table_on_a_terminal_and_lines_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [Row("queue", "work", "Queue 'q'"), Row("user", "a", "other", "note " * 40)]
    screen = io.StringIO()
    owners.render(rows, Console(file=screen, width=60, force_terminal=True, color_system=None))
    assert [line.split() for line in screen.getvalue().splitlines()[:2]] == [
        ["kind", "key", "owner", "note"],
        ["queue", "work", "Queue", "'q'"],
    ]
    owners.render(rows, Console(file=io.StringIO(), width=20))
    assert capsys.readouterr().out.splitlines() == [
        "queue\twork\tQueue 'q'",
        f"user\ta\tother\t{'note ' * 40}".rstrip(),
    ]


def test_pending_replacement_owns_nothing() -> None:
    gone = resource("Queue", "q", "ehpc-1:work", {"cluster": "ehpc-1", "name": "work"}, pendingReplacement=True)
    assert Stack.of(exported(gone)).entries == []


def test_cluster_that_is_only_read_owns_no_mounts() -> None:
    mounts = {"shared_storages": [{"mount_directory": "/home"}]}
    for read, owned in ((True, []), (False, [{"/home"}])):
        stack = Stack.of(exported(resource("Cluster", "c", "ehpc-1", mounts, external=read)))
        assert [holder.owns for holder in stack.on_cluster("ehpc-1")] == owned
