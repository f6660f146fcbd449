"""Dotted paths into nested objects."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.api.spec import dig

RESPONSE = {"ClusterInfo": {"Status": "running", "Nodes": [{"Id": "i-1"}], "Queue": None}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ClusterInfo.Status", "running"),
        ("ClusterInfo.Queue", None),
        ("ClusterInfo.Queue.Name", None),
        ("ClusterInfo.Status.Length", None),
        ("ClusterInfo.Nodes.Id", None),
        ("Missing.Status", None),
        ("", RESPONSE),
    ],
)
def test_a_path_leads_to_a_value_or_ends_early(path: str, value: Any) -> None:
    assert dig(RESPONSE, path) == value
