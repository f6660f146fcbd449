"""The actions, in the parameter names of each API version; both work on the same state."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_ehpc.fake.operations import v2018_04_12, v2024_07_30
from pulumi_ehpc.fake.operations.call import Call, Operation

__all__ = ["OPERATIONS", "Call", "Operation"]

OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "2018-04-12": v2018_04_12.OPERATIONS,
    "2024-07-30": v2024_07_30.OPERATIONS,
}
"""The implemented actions, by version and name; any other action of the spec returns FakeNotImplemented."""
