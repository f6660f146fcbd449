"""Signatures, against the worked examples of Alibaba Cloud's documentation."""

from __future__ import annotations

import pytest

from pulumi_ehpc.api.signing import (
    acs3_authorization,
    acs3_signature,
    parse_acs3_authorization,
    percent_encode,
    v1_signature,
)

# "Request syntax and signature method V3" of the Alibaba Cloud SDK guide: example with fixed parameters (RunInstances).
V3_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
V3_QUERY = [("RegionId", "cn-shanghai"), ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd")]
V3_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
V3_AUTHORIZATION = (
    "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
    f"x-acs-signature-nonce;x-acs-version,Signature={V3_SIGNATURE}"
)

# "Signature mechanism" of the RPC API references (DescribeRegions of ECS). Some "Common parameters" pages have its
# result, too; older pages spell the time "TimeStamp", with another result.
V1_DESCRIBE_REGIONS = {
    "Timestamp": "2016-02-23T12:46:24Z",
    "Format": "XML",
    "AccessKeyId": "testid",
    "Action": "DescribeRegions",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    "Version": "2014-05-26",
    "SignatureVersion": "1.0",
}

V1_OLDER_PAGES = {"TimeStamp" if name == "Timestamp" else name: value for name, value in V1_DESCRIBE_REGIONS.items()}

# "HTTP protocol and signature" of the Short Message Service: SendSms, with a string that is not ASCII.
V1_SEND_SMS = {
    "AccessKeyId": "testId",
    "Action": "SendSms",
    "Format": "XML",
    "OutId": "123",
    "PhoneNumbers": "15300000001",
    "RegionId": "cn-hangzhou",
    "SignName": "阿里云短信测试专用",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
    "SignatureVersion": "1.0",
    "TemplateCode": "SMS_71390007",
    "TemplateParam": '{"customer":"test"}',
    "Timestamp": "2017-07-12T02:42:19Z",
    "Version": "2017-05-25",
}


def test_acs3_signature_of_the_documentation() -> None:
    assert sign_acs3() == V3_SIGNATURE


def test_acs3_authorization_of_the_documentation() -> None:
    assert (
        acs3_authorization(key_id="YourAccessKeyId", signature=V3_SIGNATURE, signed_headers=sorted(V3_HEADERS))
        == V3_AUTHORIZATION
    )


def test_names_of_headers_are_compared_without_case() -> None:
    assert sign_acs3({name.title(): f" {value} " for name, value in V3_HEADERS.items()}) == V3_SIGNATURE


def test_a_signed_header_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        sign_acs3({"host": "ecs.cn-shanghai.aliyuncs.com"})


@pytest.mark.parametrize("name", sorted(V3_HEADERS))
def test_every_signed_header_counts(name: str) -> None:
    assert sign_acs3({**V3_HEADERS, name: "other"}) != V3_SIGNATURE


def test_authorization_is_read_back() -> None:
    assert parse_acs3_authorization(V3_AUTHORIZATION) == (
        "YourAccessKeyId",
        tuple(sorted(V3_HEADERS)),
        V3_SIGNATURE,
    )


@pytest.mark.parametrize(
    "header",
    ["", "Basic dTpw", "ACS3-HMAC-SHA256 Credential=k", V3_AUTHORIZATION[:-1], V3_AUTHORIZATION.replace("3-HMAC", "4")],
)
def test_anything_else_is_no_authorization(header: str) -> None:
    with pytest.raises(ValueError, match="ACS3-HMAC-SHA256"):
        parse_acs3_authorization(header)


@pytest.mark.parametrize(
    ("parameters", "secret", "signature"),
    [
        (V1_DESCRIBE_REGIONS, "testsecret", "OLeaidS1JvxuMvnyHOwuJ+uX5qY="),
        (V1_OLDER_PAGES, "testsecret", "CT9X0VtwR86fNWSnsc6v8YGOjuE="),
        (V1_SEND_SMS, "testSecret", "zJDF+Lrzhj/ThnlvIToysFRq6t4="),
    ],
)
def test_v1_signature_of_the_documentation(parameters: dict[str, str], secret: str, signature: str) -> None:
    assert v1_signature(method="GET", parameters=parameters.items(), secret=secret) == signature


def test_v1_signature_does_not_sign_itself() -> None:
    received = {**V1_DESCRIBE_REGIONS, "Signature": "anything"}
    assert v1_signature(method="GET", parameters=received.items(), secret="testsecret") == (
        "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    )


def test_v1_signature_depends_on_the_method() -> None:
    signed = [v1_signature(method=method, parameters=V1_SEND_SMS.items(), secret="s") for method in ("GET", "POST")]
    assert signed[0] != signed[1]


@pytest.mark.parametrize(
    ("plain", "encoded"),
    [("a b", "a%20b"), ("*", "%2A"), ("~-_.", "~-_."), ("/", "%2F"), ("é", "%C3%A9"), ("+&=", "%2B%26%3D")],
)
def test_percent_encoding_follows_rfc_3986(plain: str, encoded: str) -> None:
    assert percent_encode(plain) == encoded


def sign_acs3(headers: dict[str, str] | None = None) -> str:
    return acs3_signature(
        method="POST",
        path="/",
        query=V3_QUERY,
        headers=headers or V3_HEADERS,
        signed_headers=sorted(V3_HEADERS),
        payload_sha256=V3_HEADERS["x-acs-content-sha256"],
        secret="YourAccessKeySecret",
    )
