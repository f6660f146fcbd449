"""Both official SDKs on one state, and what they report of bad keys."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from alibabacloud_ehpc20180412 import models as m2018
from alibabacloud_ehpc20180412.client import Client as Client2018
from alibabacloud_ehpc20240730 import models as m2024

from tests.witnesses.conftest import PASSWORD, TYPE, World, config, refusal

BOTH_SIGNATURES = pytest.mark.parametrize("signature", ["ACS3-HMAC-SHA256", "v2"])


def created_2024(world: World) -> str:
    credentials = m2024.CreateClusterRequestClusterCredentials(password=PASSWORD)
    request = m2024.CreateClusterRequest(cluster_name="genomics", cluster_credentials=credentials)
    cluster_id: str = world.v2024.create_cluster(request).body.cluster_id
    world.advance(300)
    return cluster_id


def test_what_one_version_creates_the_other_returns(world: World) -> None:
    cluster_id = created_2024(world)
    info = world.v2018.describe_cluster(m2018.DescribeClusterRequest(cluster_id=cluster_id)).body.cluster_info
    assert (info.name, info.status) == ("genomics", "running")
    order = m2018.AddNodesRequest(cluster_id=cluster_id, count=2, instance_type=TYPE)
    ids = world.v2018.add_nodes(order).body.instance_ids.instance_id
    nodes = world.v2024.list_nodes(m2024.ListNodesRequest(cluster_id=cluster_id)).body.nodes
    assert [node.id for node in nodes] == ids
    person = m2024.CreateUsersRequestUser(user_name="alice", group="users", password=PASSWORD)
    world.v2024.create_users(m2024.CreateUsersRequest(cluster_id=cluster_id, user=[person]))
    users = world.v2018.list_users(m2018.ListUsersRequest(cluster_id=cluster_id)).body.users.user_info
    assert [user.name for user in users] == ["alice"]
    statistics = world.v2024.list_clusters(m2024.ListClustersRequest()).body.ehpc_version_statistics
    assert (statistics.v_1count, statistics.v_2count) == (0, 1)


@BOTH_SIGNATURES
def test_unknown_key_and_wrong_secret(world: World, signature: str) -> None:
    attempts: list[tuple[dict[str, str], str, int]] = [
        ({"access_key_id": "stranger"}, "InvalidAccessKeyId.NotFound", 404),
        ({"access_key_secret": "guessed"}, "SignatureDoesNotMatch", 400),
    ]
    for changed, code, status in attempts:
        client: Any = Client2018(config(world.endpoint, signature_algorithm=signature, **changed))
        error = refusal(partial(client.list_clusters, m2018.ListClustersRequest()))
        assert (error.code, error.status) == (code, status)


@BOTH_SIGNATURES
def test_temporary_credentials_are_signed_with_their_token(world: World, signature: str) -> None:
    given = config(world.endpoint, signature_algorithm=signature, security_token="token-1", type="sts")
    client: Any = Client2018(given)
    assert client.list_clusters(m2018.ListClustersRequest()).body.total_count == 0
    assert world.cloud.calls()[-1].status == 200


def test_secrets_of_the_sdks_do_not_reach_the_journal(world: World) -> None:
    created_2024(world)
    assert PASSWORD not in str([call.as_dict() for call in world.cloud.calls()])
    assert PASSWORD not in str(world.cloud.snapshot())
