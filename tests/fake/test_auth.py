"""Signatures of both kinds, and the gateway's errors for bad ones."""

from __future__ import annotations

import hashlib
import time
from typing import Literal

import pytest

from pulumi_ehpc.fake import AccessKey, FakeCloud, ManualClock
from tests.fake.caller import V2024, Caller, CallFailedError, timestamp

Kind = Literal["acs3", "v1"]
BOTH = pytest.mark.parametrize("kind", ["acs3", "v1"])


def expect_error(caller: Caller, action: str = "ListClusters") -> CallFailedError:
    with pytest.raises(CallFailedError) as refused:
        caller.v2024(action)
    return refused.value


@BOTH
def test_good_signature_is_accepted(cloud: FakeCloud, kind: Kind) -> None:
    assert Caller(cloud, signature=kind).v2024("ListClusters")["TotalCount"] == 0


@BOTH
def test_form_body_is_part_of_the_signature(cloud: FakeCloud, kind: Kind) -> None:
    caller = Caller(cloud, signature=kind)
    response = caller.send("CreateCluster", V2024, {}, form={"ClusterName": "with-ok", "Tags": "[]"})
    assert response["Success"] is True


@BOTH
def test_unknown_key_is_not_found(cloud: FakeCloud, kind: Kind) -> None:
    refused = expect_error(Caller(cloud, key_id="nobody", signature=kind))
    assert (refused.status, refused.code) == (404, "InvalidAccessKeyId.NotFound")


@BOTH
def test_wrong_secret_does_not_match_and_no_secret_is_returned(cloud: FakeCloud, kind: Kind) -> None:
    cloud = FakeCloud(ManualClock(), [AccessKey("id", "the-true-secret")])
    refused = expect_error(Caller(cloud, "id", "the-wrong-secret", kind))
    assert (refused.status, refused.code) == (400, "SignatureDoesNotMatch")
    assert "secret" not in str(refused.body)


def test_keys_do_not_show_their_secret() -> None:
    assert "hush" not in repr(AccessKey("id", "hush"))


@BOTH
def test_request_id_and_host_are_in_every_error(cloud: FakeCloud, kind: Kind) -> None:
    body = expect_error(Caller(cloud, key_id="nobody", signature=kind)).body
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert body["HostId"] == "ehpc.test"


def test_old_timestamp_is_expired_by_real_time_not_the_fakes(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    cloud.advance(10 * 24 * 3600)
    caller.v2024("ListClusters")
    for minutes, accepted in ((14, True), (16, False), (-14, True), (-16, False)):
        caller.headers = {"x-acs-date": timestamp(time.time() - 60 * minutes)}
        if accepted:
            caller.v2024("ListClusters")
        else:
            assert expect_error(caller).code == "InvalidTimeStamp.Expired"


def test_malformed_timestamp_has_its_own_error(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    caller.headers = {"x-acs-date": "yesterday"}
    assert expect_error(caller).code == "InvalidTimeStamp.Format"


def test_nonce_is_accepted_once_until_it_expires() -> None:
    now = [1_800_000_000.0]
    caller = Caller(FakeCloud(ManualClock(), wall_clock=lambda: now[0]))

    def call() -> None:
        caller.headers = {"x-acs-signature-nonce": "again", "x-acs-date": timestamp(now[0])}
        caller.v2024("ListClusters")

    call()
    with pytest.raises(CallFailedError, match="SignatureNonceUsed"):
        call()
    now[0] += 3600
    call()


def test_nonce_of_a_refused_request_is_not_used_up(cloud: FakeCloud) -> None:
    nonce = {"x-acs-signature-nonce": "mine"}
    stranger, owner = Caller(cloud, secret="wrong"), Caller(cloud)
    stranger.headers = owner.headers = nonce
    assert expect_error(stranger).code == "SignatureDoesNotMatch"
    owner.v2024("ListClusters")


@pytest.mark.parametrize("missing", ["AccessKeyId", "Signature", "Timestamp", "SignatureNonce", "SignatureMethod"])
def test_each_part_of_a_version_1_signature_is_required(cloud: FakeCloud, missing: str) -> None:
    caller = Caller(cloud, signature="v1")
    query = caller._v1("ListClusters", V2024, "GET", {}, b"")
    del query[missing]
    with pytest.raises(CallFailedError) as refused:
        caller.raw("GET", query, {})
    assert (refused.value.status, refused.value.code) == (400, f"Missing{missing}")


@pytest.mark.parametrize("unsigned", ["x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"])
def test_each_header_that_matters_has_to_be_signed(cloud: FakeCloud, unsigned: str) -> None:
    caller = Caller(cloud)
    headers = caller._acs3("ListClusters", V2024, "GET", {}, b"")
    value = headers.pop(unsigned)
    del headers["authorization"]
    signed = caller.sign_acs3("GET", {}, headers, hashlib.sha256(b"").hexdigest())
    with pytest.raises(CallFailedError, match="IncompleteSignature"):
        caller.raw("GET", {}, {**signed, unsigned: value})


def test_changed_query_body_or_header_breaks_the_signature(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    changes = [({"PageSize": "20"}, {}, b""), ({}, {"x-acs-version": "2018-04-12"}, b""), ({}, {}, b"more")]
    for query, changed, body in changes:
        headers = caller._acs3("ListClusters", V2024, "GET", {}, b"")
        with pytest.raises(CallFailedError, match="SignatureDoesNotMatch"):
            caller.raw("GET", query, {**headers, **changed}, body)


def test_signed_header_that_is_not_sent_is_incomplete(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    caller.headers = {"x-extra": "signed"}
    headers = caller._acs3("ListClusters", V2024, "GET", {}, b"")
    del headers["x-extra"]
    with pytest.raises(CallFailedError, match=r"IncompleteSignature: .* not there"):
        caller.raw("GET", {}, headers)


def test_other_signature_methods_are_refused(cloud: FakeCloud) -> None:
    caller = Caller(cloud, signature="v1")
    query = caller._v1("ListClusters", V2024, "GET", {}, b"")
    with pytest.raises(CallFailedError, match=r"IncompleteSignature: .* HMAC-SHA1 in version 1"):
        caller.raw("GET", {**query, "SignatureMethod": "HMAC-SHA256"}, {})


def test_garbled_authorization_is_incomplete(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    headers = {**caller._acs3("ListClusters", V2024, "GET", {}, b""), "authorization": "ACS3-HMAC-SHA256 nonsense"}
    with pytest.raises(CallFailedError, match="IncompleteSignature"):
        caller.raw("GET", {}, headers)


@BOTH
def test_security_token_is_part_of_the_signature(cloud: FakeCloud, kind: Kind) -> None:
    caller = Caller(cloud, signature=kind)
    if kind == "acs3":
        caller.headers = {"x-acs-security-token": "token"}
        caller.v2024("ListClusters")
        headers = caller._acs3("ListClusters", V2024, "GET", {}, b"")
        with pytest.raises(CallFailedError, match="SignatureDoesNotMatch"):
            caller.raw("GET", {}, {**headers, "x-acs-security-token": "other"})
    else:
        caller.send("ListClusters", V2024, {"SecurityToken": "token"})
        query = caller._v1("ListClusters", V2024, "GET", {"SecurityToken": "token"}, b"")
        with pytest.raises(CallFailedError, match="SignatureDoesNotMatch"):
            caller.raw("GET", {**query, "SecurityToken": "other"}, {})


def test_unsigned_security_token_is_refused(cloud: FakeCloud) -> None:
    caller = Caller(cloud)
    headers = caller._acs3("ListClusters", V2024, "GET", {}, b"")
    with pytest.raises(CallFailedError, match="IncompleteSignature"):
        caller.raw("GET", {}, {**headers, "x-acs-security-token": "slipped in"})


def test_without_verification_unsigned_requests_are_accepted() -> None:
    caller = Caller(FakeCloud(ManualClock(), verify_signatures=False))
    assert caller.raw("GET", {"Action": "ListClusters", "Version": V2024}, {})["TotalCount"] == 0


@BOTH
def test_caller_identity_names_the_keys_account(kind: Kind) -> None:
    cloud = FakeCloud(ManualClock(), [AccessKey.parse("one:secret"), AccessKey.parse("two:secret:42")])
    response = Caller(cloud, "two", "secret", kind).send("GetCallerIdentity", "2015-04-01", {}, method="POST")
    assert (response["AccountId"], response["Arn"]) == ("42", "acs:ram::42:root")
    assert Caller(cloud, "one", "secret", kind).send("GetCallerIdentity", "2015-04-01", {})["AccountId"] != "42"


@pytest.mark.parametrize("key", ["", "id", "id:", ":secret", "id:secret:name", "id:secret:1:2"])
def test_malformed_keys_are_refused_without_repeating_them(key: str) -> None:
    with pytest.raises(ValueError, match="ID:SECRET") as refused:
        AccessKey.parse(key)
    assert "name" not in str(refused.value)
