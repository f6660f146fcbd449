"""A canary sent wherever a secret can be sent; it must be returned nowhere."""

from __future__ import annotations

import json

import pytest

from pulumi_ehpc.fake import AccessKey, FakeCloud, ManualClock
from pulumi_ehpc.fake.journal import JournalEntry
from tests.fake.caller import V2018, V2024, Caller, CallFailedError, flatten
from tests.fake.conftest import create_2018, create_2024

CANARY = "Canary-1234567"
WEAK = "canary"


def send_canaries(caller: Caller) -> None:
    cluster_id = create_2024(caller, ClusterCredentials={"Password": CANARY})
    create_2018(caller, Password=CANARY)
    caller.cloud.advance(300)
    one = {"ClusterId": cluster_id}
    caller.v2018("AddUsers", **one, User=[{"Name": "alice.a", "Group": "users", "Password": CANARY}])
    caller.v2018("ModifyUserPasswords", **one, User=[{"Name": "alice.a", "Password": CANARY + "2"}])
    caller.v2018("ModifyClusterAttributes", **one, WinAdPar={"AdUser": "u", "AdUserPasswd": CANARY})
    caller.v2024("CreateUsers", **one, User=[{"UserName": "b", "Group": "users", "AuthKey": f"ssh-rsa {CANARY}"}])
    caller.v2024("UpdateUser", **one, UserName="b", Password=CANARY)
    caller.v2018("DescribeCluster", **one)
    caller.v2018("ListTasks", **one, Archived=True)


def test_no_secret_is_returned_or_printed(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    cloud = FakeCloud(ManualClock(), [AccessKey("id", CANARY)], strict=True)
    caller = Caller(cloud, "id", CANARY)
    caller.headers = {"x-acs-security-token": CANARY}
    send_canaries(caller)
    seen = json.dumps(cloud.snapshot()) + json.dumps([call.as_dict() for call in cloud.calls()])
    assert "password_changes" in seen
    assert '"Password": "[secret]"' in seen
    printed = capsys.readouterr()
    for output in (seen, printed.out, printed.err, caplog.text, repr(cloud.keys)):
        assert CANARY not in output


@pytest.mark.parametrize("garbled", ["[{", '{"User": [', "[{'Password': '" + WEAK + "'}]"])
def test_refused_and_malformed_requests_expose_no_secret(caller: Caller, running: str, garbled: str) -> None:
    requests = [
        (V2018, {"ClusterId": running, **flatten({"User": [{"Name": "alice.a", "Group": "users", "Password": WEAK}]})}),
        (V2018, {"ClusterId": running, "User.1": "x", "User.1.Password": WEAK}),
        (V2024, {"ClusterId": running, "User": garbled + WEAK}),
    ]
    for version, query in requests:
        with pytest.raises(CallFailedError) as refused:
            caller.send("AddUsers" if version == V2018 else "CreateUsers", version, query)
        assert WEAK not in json.dumps(refused.value.body)
    journal = json.dumps([call.as_dict() for call in caller.cloud.calls()])
    assert f'"{WEAK}"' not in journal
    assert f"'{WEAK}'" not in journal


def test_unauthenticated_requests_are_journalled_without_secrets(cloud: FakeCloud) -> None:
    stranger = Caller(cloud, secret="wrong", signature="v1")
    with pytest.raises(CallFailedError):
        stranger.v2018("AddUsers", ClusterId="x", User=[{"Name": "a", "Password": CANARY}])
    (entry,) = cloud.calls("AddUsers")
    assert (entry.status, entry.code) == (400, "SignatureDoesNotMatch")
    assert entry.parameters == {"ClusterId": "x", "User.1.Name": "a", "User.1.Password": "[secret]"}


def test_entry_cannot_hold_a_secret() -> None:
    entry = JournalEntry("", "AddUsers", V2018, {"User": [{"Password": CANARY}]}, 200, "", "")
    assert CANARY not in repr(entry)
