"""The whole life of every resource type as the official SDK of 2018-04-12 sees it, once with each signature."""

from __future__ import annotations

import json
from typing import Any

from alibabacloud_ehpc20180412 import models as m

from tests.witnesses.conftest import PASSWORD, TYPE, World, refusal

REGION = "cn-hangzhou"


def create(world: World, **options: Any) -> Any:
    order = m.CreateClusterRequestEcsOrder(
        manager=m.CreateClusterRequestEcsOrderManager(count=1, instance_type="ecs.g7.xlarge"),
        login=m.CreateClusterRequestEcsOrderLogin(count=1, instance_type="ecs.c7.large"),
        compute=m.CreateClusterRequestEcsOrderCompute(count=2, instance_type=TYPE),
    )
    given = {
        "name": "genomics",
        "description": "for the genomics team",
        "password": PASSWORD,
        "scheduler_type": "slurm",
        "ecs_order": order,
        "vpc_id": "vpc-1",
        "v_switch_id": "vsw-1",
        "zone_id": "cn-hangzhou-i",
        "volume_id": "fs-home",
        "volume_mountpoint": "fs-home.nas.example",
        **options,
    }
    return world.v2018.create_cluster(m.CreateClusterRequest(**given)).body


def running(world: World, **options: Any) -> str:
    cluster_id: str = create(world, **options).cluster_id
    world.advance(300)
    return cluster_id


def describe(world: World, cluster_id: str) -> Any:
    return world.v2018.describe_cluster(m.DescribeClusterRequest(cluster_id=cluster_id)).body.cluster_info


def nodes(world: World, cluster_id: str, **filters: Any) -> list[Any]:
    body = world.v2018.list_nodes(m.ListNodesRequest(cluster_id=cluster_id, **filters)).body
    return list(body.nodes.node_info)


def task(world: World, cluster_id: str, task_id: str) -> Any:
    body = world.v2018.list_tasks(m.ListTasksRequest(cluster_id=cluster_id, task_id=task_id)).body
    return body.tasks[0]


def test_cluster(world: World) -> None:
    response = create(world, client_token="once")
    assert create(world, client_token="once").cluster_id == response.cluster_id
    cluster_id = response.cluster_id
    assert describe(world, cluster_id).status == "uninit"
    assert (task(world, cluster_id, response.task_id).task_type, task(world, cluster_id, response.task_id).status) == (
        "CreateCluster",
        "Processing",
    )
    world.advance(10)
    assert describe(world, cluster_id).status == "creating"
    world.advance(200)
    assert describe(world, cluster_id).status == "init"
    world.advance(90)

    info = describe(world, cluster_id)
    assert (info.id, info.name, info.description, info.status) == (
        cluster_id,
        "genomics",
        "for the genomics team",
        "running",
    )
    assert (info.region_id, info.vpc_id, info.v_switch_id, info.zone_id) == (REGION, "vpc-1", "vsw-1", "cn-hangzhou-i")
    assert (info.scheduler_type, info.account_type, info.deploy_mode) == ("slurm", "nis", "Standard")
    assert (info.ecs_info.compute.count, info.ecs_info.compute.instance_type) == (2, TYPE)
    assert (info.ecs_info.manager.count, info.ecs_info.login.count) == (1, 1)
    assert (info.volume_id, info.volume_protocol) == ("fs-home", "nfs")

    (listed,) = world.v2018.list_clusters(m.ListClustersRequest(page_size=10)).body.clusters.cluster_info_simple
    assert (listed.id, listed.count, listed.computes.normal_count, listed.total_resources.cpu) == (cluster_id, 2, 2, 8)
    meta = world.v2018.list_clusters_meta(m.ListClustersMetaRequest()).body
    assert (meta.total_count, meta.clusters.cluster_info_simple[0].status) == (1, "running")

    change = m.ModifyClusterAttributesRequest(cluster_id=cluster_id, name="renamed", description="and described again")
    world.v2018.modify_cluster_attributes(change)
    world.v2018.upgrade_client(m.UpgradeClientRequest(cluster_id=cluster_id, client_version="2.0.0"))
    info = describe(world, cluster_id)
    assert (info.name, info.description, info.client_version) == ("renamed", "and described again", "2.0.0")

    gone = world.v2018.delete_cluster(m.DeleteClusterRequest(cluster_id=cluster_id, release_instance="true")).body
    assert describe(world, cluster_id).status == "releasing"
    world.advance(120)
    error = refusal(lambda: describe(world, cluster_id))
    assert (error.code, error.status) == ("ClusterNotFound", 404)
    assert error.request_id == world.cloud.calls()[-1].request_id
    assert task(world, cluster_id, gone.task_id).status == "Success"


def test_cluster_that_fails(world: World) -> None:
    world.cloud.fail_next("CreateCluster", "No stock.")
    response = create(world)
    world.advance(300)
    assert describe(world, response.cluster_id).status == "exception"
    failed = task(world, response.cluster_id, response.task_id)
    assert (failed.status, json.loads(failed.errors)[0]["Message"]) == ("Failed", "No stock.")
    world.v2018.delete_cluster(m.DeleteClusterRequest(cluster_id=response.cluster_id))


def test_tags(world: World) -> None:
    cluster_id = running(world, tag=[m.CreateClusterRequestTag(key="team", value="genomics")])
    named = {"region_id": REGION, "resource_type": "cluster", "resource_id": [cluster_id]}

    def tags() -> dict[str, str]:
        body = world.v2018.list_tag_resources(m.ListTagResourcesRequest(**named)).body
        assert not body.next_token
        return {tag.tag_key: tag.tag_value for tag in body.tag_resources.tag_resource}

    assert tags() == {"team": "genomics"}
    world.v2018.tag_resources(m.TagResourcesRequest(**named, tag=[m.TagResourcesRequestTag(key="cost", value="42")]))
    assert tags() == {"team": "genomics", "cost": "42"}
    world.v2018.un_tag_resources(m.UnTagResourcesRequest(**named, tag_key=["team"]))
    assert tags() == {"cost": "42"}
    world.v2018.un_tag_resources(m.UnTagResourcesRequest(**named, all=True))
    assert tags() == {}


def test_nodes(world: World) -> None:
    cluster_id = running(world)
    order = m.AddNodesRequest(
        cluster_id=cluster_id,
        count=3,
        instance_type="ecs.r7.2xlarge",
        host_name_prefix="fat-",
        compute_spot_strategy="SpotAsPriceGo",
        system_disk_type="cloud_essd",
        system_disk_size=80,
        data_disks=[m.AddNodesRequestDataDisks(data_disk_category="cloud_essd", data_disk_size=100)],
        client_token="nodes-once",
    )
    response = world.v2018.add_nodes(order).body
    ids = response.instance_ids.instance_id
    assert world.v2018.add_nodes(order).body.instance_ids.instance_id == ids
    assert len(ids) == 3
    world.advance(20)
    assert {node.status for node in nodes(world, cluster_id, host_name_prefix="fat-")} == {"initing"}
    world.advance(100)
    added = nodes(world, cluster_id, host_name_prefix="fat-", sort_by="HostName")
    assert [(node.host_name, node.status, node.spot_strategy) for node in added] == [
        ("fat-000", "running", "SpotAsPriceGo"),
        ("fat-001", "running", "SpotAsPriceGo"),
        ("fat-002", "running", "SpotAsPriceGo"),
    ]
    assert (added[0].roles.role, added[0].total_resources.cpu, added[0].total_resources.memory) == (
        ["Compute"],
        8,
        64 * 1024,
    )
    assert task(world, cluster_id, response.task_id).status == "Success"
    assert [node.roles.role for node in nodes(world, cluster_id, role="Manager")] == [["Scheduler", "Account"]]

    world.v2018.add_queue(m.AddQueueRequest(cluster_id=cluster_id, queue_name="fat"))
    moved = m.SetQueueRequest(cluster_id=cluster_id, queue_name="fat", node=[m.SetQueueRequestNode(name="fat-001")])
    world.v2018.set_queue(moved)
    by_queue = world.v2018.list_nodes_by_queue(m.ListNodesByQueueRequest(cluster_id=cluster_id, queue_name="fat")).body
    assert [node.id for node in by_queue.nodes.node_info] == [ids[1]]
    unpaged = world.v2018.list_nodes_no_paging(m.ListNodesNoPagingRequest(cluster_id=cluster_id)).body
    assert len(unpaged.nodes.node_info) == 5

    doomed = [m.DeleteNodesRequestInstance(id=instance_id) for instance_id in ids]
    world.v2018.delete_nodes(m.DeleteNodesRequest(cluster_id=cluster_id, instance=doomed, release_instance=True))
    assert {node.status for node in nodes(world, cluster_id, host_name_prefix="fat-")} == {"releasing"}
    world.advance(60)
    assert nodes(world, cluster_id, host_name_prefix="fat-") == []


def test_users(world: World) -> None:
    cluster_id = running(world)

    def users() -> dict[str, str]:
        body = world.v2018.list_users(m.ListUsersRequest(cluster_id=cluster_id)).body
        return {user.name: user.group for user in body.users.user_info}

    people = [
        m.AddUsersRequestUser(name="alice.a", group="wheel", password=PASSWORD),
        m.AddUsersRequestUser(name="bobbob", group="users", password=PASSWORD),
    ]
    world.v2018.add_users(m.AddUsersRequest(cluster_id=cluster_id, user=people))
    assert users() == {"alice.a": "wheel", "bobbob": "users"}
    again = refusal(lambda: world.v2018.add_users(m.AddUsersRequest(cluster_id=cluster_id, user=people)))
    assert (again.code, again.status) == ("AgentError.Account.UserAlreadyExist", 406)

    groups = [m.ModifyUserGroupsRequestUser(name="bobbob", group="wheel")]
    world.v2018.modify_user_groups(m.ModifyUserGroupsRequest(cluster_id=cluster_id, user=groups))
    passwords = [m.ModifyUserPasswordsRequestUser(name="bobbob", password="An0ther-Password")]
    world.v2018.modify_user_passwords(m.ModifyUserPasswordsRequest(cluster_id=cluster_id, user=passwords))
    assert users() == {"alice.a": "wheel", "bobbob": "wheel"}

    gone = [m.DeleteUsersRequestUser(name="alice.a")]
    world.v2018.delete_users(m.DeleteUsersRequest(cluster_id=cluster_id, user=gone))
    assert users() == {"bobbob": "wheel"}


def test_queue_and_its_scaling(world: World) -> None:
    cluster_id = running(world)
    world.v2018.add_queue(m.AddQueueRequest(cluster_id=cluster_id, queue_name="work"))
    world.v2018.update_queue_config(
        m.UpdateQueueConfigRequest(cluster_id=cluster_id, queue_name="work", compute_instance_type="ecs.g7.xlarge")
    )
    queues = world.v2018.list_queues(m.ListQueuesRequest(cluster_id=cluster_id)).body.queues.queue_info
    assert [queue.queue_name for queue in queues] == ["comp", "work"]
    assert queues[1].compute_instance_type.instance_type == ["ecs.g7.xlarge"]

    types = [
        m.SetAutoScaleConfigRequestQueuesInstanceTypes(instance_type="ecs.c7.xlarge", spot_strategy="NoSpot"),
        m.SetAutoScaleConfigRequestQueuesInstanceTypes(instance_type="ecs.c7.2xlarge", v_switch_id="vsw-2"),
    ]
    scaled = m.SetAutoScaleConfigRequestQueues(
        queue_name="work",
        enable_auto_grow=True,
        enable_auto_shrink=True,
        min_nodes_in_queue=1,
        max_nodes_in_queue=20,
        host_name_prefix="w-",
        instance_types=types,
        system_disk_category="cloud_essd",
        system_disk_size=60,
        data_disks=[m.SetAutoScaleConfigRequestQueuesDataDisks(data_disk_category="cloud_ssd", data_disk_size=80)],
    )
    world.v2018.set_auto_scale_config(
        m.SetAutoScaleConfigRequest(
            cluster_id=cluster_id,
            max_nodes_in_cluster=50,
            enable_auto_grow=True,
            enable_auto_shrink=True,
            shrink_idle_times=4,
            queues=[scaled],
        )
    )
    config = world.v2018.get_auto_scale_config(m.GetAutoScaleConfigRequest(cluster_id=cluster_id)).body
    assert (config.max_nodes_in_cluster, config.enable_auto_grow, config.shrink_idle_times) == (50, True, 4)
    assert (config.cluster_type, config.uid) == ("slurm", "1234567890123456")
    work = next(queue for queue in config.queues.queue_info if queue.queue_name == "work")
    assert (work.enable_auto_grow, work.min_nodes_in_queue, work.max_nodes_in_queue) == (True, 1, 20)
    assert [kind.instance_type for kind in work.instance_types.instance_type_info] == [
        "ecs.c7.xlarge",
        "ecs.c7.2xlarge",
    ]
    assert (work.system_disk_category, work.system_disk_size) == ("cloud_essd", 60)
    assert [disk.data_disk_size for disk in work.data_disks.data_disks_info] == [80]
    brief = world.v2018.describe_auto_scale_config(m.DescribeAutoScaleConfigRequest(cluster_id=cluster_id)).body
    assert (brief.enable_auto_shrink, brief.shrink_idle_times) == (True, 4)

    world.v2018.delete_queue(m.DeleteQueueRequest(cluster_id=cluster_id, queue_name="work"))
    busy = refusal(lambda: world.v2018.delete_queue(m.DeleteQueueRequest(cluster_id=cluster_id, queue_name="comp")))
    assert (busy.code, busy.status) == ("AgentError", 406)


def test_volumes(world: World) -> None:
    cluster_id = running(world)

    def volumes() -> dict[str, Any]:
        body = world.v2018.get_cluster_volumes(m.GetClusterVolumesRequest(cluster_id=cluster_id)).body
        return {volume.local_directory: volume for volume in body.volumes.volume_info}

    def update(*directories: str) -> None:
        entries = [
            m.UpdateClusterVolumesRequestAdditionalVolumes(
                volume_id="fs-data",
                volume_type="nas",
                volume_protocol="NFS",
                volume_mountpoint="fs-data.nas.example",
                remote_directory="/",
                local_directory=directory,
                location="PublicCloud",
                roles=[m.UpdateClusterVolumesRequestAdditionalVolumesRoles(name="Compute")],
            )
            for directory in directories
        ]
        world.v2018.update_cluster_volumes(
            m.UpdateClusterVolumesRequest(cluster_id=cluster_id, additional_volumes=entries)
        )

    assert [(d, v.must_keep, v.volume_id) for d, v in volumes().items()] == [("/home", True, "fs-home")]
    update("/data", "/scratch")
    mounted = volumes()
    assert list(mounted) == ["/home", "/data", "/scratch"]
    assert (mounted["/data"].must_keep, mounted["/data"].roles.role_info[0].name) == (False, "Compute")
    update("/data")
    assert list(volumes()) == ["/home", "/data"]
    (listed,) = world.v2018.list_volumes(m.ListVolumesRequest()).body.volumes.volume_info
    assert [v.local_directory for v in listed.additional_volumes.volume_info] == ["/data"]


def test_regions(world: World) -> None:
    listed = world.v2018.list_regions().body.regions.region_info
    assert REGION in {region.region_id for region in listed}


def test_errors_as_the_sdk_reports_them(world: World) -> None:
    cluster_id = create(world).cluster_id
    early = refusal(lambda: world.v2018.add_nodes(m.AddNodesRequest(cluster_id=cluster_id, count=1)))
    assert (early.code, early.status) == ("InvalidClusterStatus", 403)
    wrong = refusal(lambda: world.v2018.list_clusters(m.ListClustersRequest(page_size=51)))
    assert (wrong.code, wrong.status) == ("InvalidParams", 400)
    missing = refusal(lambda: world.v2018.describe_cluster(m.DescribeClusterRequest()))
    assert (missing.code, missing.status) == ("MissingClusterId", 400)
    unbuilt = refusal(lambda: world.v2018.stop_cluster(m.StopClusterRequest(cluster_id=cluster_id)))
    assert (unbuilt.code, unbuilt.status) == ("FakeNotImplemented", 501)
