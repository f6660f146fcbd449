"""GetCallerIdentity of STS, the one action of another service that clients of E-HPC call."""

from __future__ import annotations

from typing import Any, Final

from pulumi_ehpc.fake.auth import AccessKey

__all__ = ["STS_ACTION", "STS_VERSION", "get_caller_identity"]

STS_VERSION: Final = "2015-04-01"
STS_ACTION: Final = "GetCallerIdentity"


def get_caller_identity(key: AccessKey) -> dict[str, Any]:
    """GetCallerIdentity: each key belongs to the root of its account."""
    return {
        "AccountId": key.account,
        "Arn": f"acs:ram::{key.account}:root",
        "IdentityType": "Account",
        "PrincipalId": key.account,
        "UserId": key.account,
    }
