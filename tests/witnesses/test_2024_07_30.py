"""The whole life of every resource type as the official SDK of 2024-07-30 sees it, once with each signature."""

from __future__ import annotations

from typing import Any

from alibabacloud_ehpc20240730 import models as m

from tests.witnesses.conftest import PASSWORD, TYPE, World, refusal


def create(world: World, **options: Any) -> Any:
    manager = m.CreateClusterRequestManager(
        scheduler=m.CreateClusterRequestManagerScheduler(type="SLURM", version="22.05.8"),
        directory_service=m.CreateClusterRequestManagerDirectoryService(type="NIS", version="2.31"),
        dns=m.CreateClusterRequestManagerDNS(type="NIS", version="2.31"),
        manager_node=m.NodeTemplate(instance_type="ecs.c7.2xlarge", enable_ht=False),
    )
    home = m.SharedStorageTemplate(
        file_system_id="fs-home",
        mount_target_domain="fs-home.nas.example",
        nasdirectory="/",
        mount_directory="/home",
        protocol_type="NFS",
    )
    given = {
        "cluster_name": "genomics",
        "cluster_description": "genomics-team",
        "cluster_category": "Standard",
        "cluster_mode": "Integrated",
        "cluster_vpc_id": "vpc-1",
        "cluster_vswitch_id": "vsw-1",
        "cluster_credentials": m.CreateClusterRequestClusterCredentials(password=PASSWORD),
        "manager": manager,
        "shared_storages": [home],
        "tags": [m.CreateClusterRequestTags(key="team", value="genomics")],
        "max_count": 50,
        "max_core_count": 1000,
        **options,
    }
    return world.v2024.create_cluster(m.CreateClusterRequest(**given)).body


def running(world: World, **options: Any) -> str:
    cluster_id: str = create(world, **options).cluster_id
    world.advance(300)
    return cluster_id


def get(world: World, cluster_id: str) -> Any:
    return world.v2024.get_cluster(m.GetClusterRequest(cluster_id=cluster_id)).body


def test_cluster(world: World) -> None:
    response = create(world, deletion_protection=True)
    assert response.success is True
    cluster_id = response.cluster_id
    seen = [get(world, cluster_id).cluster_status]
    for seconds in (10, 200, 90):
        world.advance(seconds)
        seen.append(get(world, cluster_id).cluster_status)
    assert seen == ["uninit", "creating", "initing", "running"]

    shown = get(world, cluster_id)
    assert (shown.cluster_name, shown.cluster_vpc_id, shown.cluster_vswitch_id) == ("genomics", "vpc-1", "vsw-1")
    assert (shown.delete_protection, shown.max_count, shown.max_core_count) == ("true", "50", "1000")
    assert (shown.manager.scheduler.type, shown.manager.scheduler.status) == ("slurm22", "running")
    assert (shown.manager.manager_node.instance_type, shown.manager.manager_node.enable_ht) == ("ecs.c7.2xlarge", False)
    body = world.v2024.list_clusters(m.ListClustersRequest(cluster_ids=[cluster_id])).body
    (listed,) = body.clusters
    assert (body.page_number, body.page_size, body.total_count) == ("1", 10, 1)
    assert (listed.cluster_description, listed.deletion_protection, listed.max_count) == ("genomics-team", True, 50)
    assert listed.cluster_credentials == ["password"]

    protected = refusal(lambda: world.v2024.delete_cluster(m.DeleteClusterRequest(cluster_id=cluster_id)))
    assert (protected.code, protected.status) == ("InvalidOpt", 403)
    world.v2024.update_cluster(
        m.UpdateClusterRequest(
            cluster_id=cluster_id,
            cluster_name="renamed",
            cluster_description="described-again",
            deletion_protection=False,
            enable_scale_out=True,
            grow_interval=4,
            max_count=60,
            monitor_spec=m.UpdateClusterRequestMonitorSpec(enable_compute_load_monitor=True),
        )
    )
    shown = get(world, cluster_id)
    assert (shown.cluster_name, shown.delete_protection, shown.max_count) == ("renamed", "false", "60")
    assert (shown.enable_scale_out, shown.grow_interval, shown.idle_interval) == (True, 4, 6)
    assert shown.monitor_spec.enable_compute_load_monitor is True

    assert world.v2024.delete_cluster(m.DeleteClusterRequest(cluster_id=cluster_id)).body.success is True
    assert get(world, cluster_id).cluster_status == "releasing"
    world.advance(120)
    error = refusal(lambda: get(world, cluster_id))
    assert (error.code, error.status) == ("ClusterNotFound", 404)


def test_cluster_that_fails_says_why(world: World) -> None:
    world.cloud.fail_next("CreateCluster", "No stock.")
    cluster_id = running(world)
    assert get(world, cluster_id).cluster_status == "exception"
    window: dict[str, Any] = {"from_": 0, "to": 4_000_000_000}
    logs = world.v2024.list_common_logs(
        m.ListCommonLogsRequest(cluster_id=cluster_id, action_status="Failed", **window)
    ).body.logs
    assert [(log.action, log.status) for log in logs] == [("CreateCluster", "Failed")]
    detail = world.v2024.get_common_log_detail(
        m.GetCommonLogDetailRequest(log_request_id=logs[0].request_id, **window)
    ).body.log_detail
    assert (detail[0].stages[-1].log_level, detail[0].stages[-1].message) == ("ERROR", "No stock.")


def test_queue(world: World) -> None:
    cluster_id = running(world)
    template = m.NodeTemplate(
        instance_type=TYPE,
        image_id="m-1",
        spot_strategy="SpotWithPriceLimit",
        spot_price_limit=0.5,
        system_disk=m.NodeTemplateSystemDisk(category="cloud_essd", size=60, level="PL0"),
        data_disks=[m.NodeTemplateDataDisks(category="cloud_ssd", size=80, mount_dir="/scratch")],
    )
    queue = m.QueueTemplate(
        queue_name="work",
        compute_nodes=[template],
        initial_count=2,
        min_count=1,
        max_count=20,
        enable_scale_out=True,
        enable_scale_in=False,
        v_switch_ids=["vsw-1", "vsw-2"],
        hostname_prefix="w-",
        inter_connect="vpc",
    )
    assert world.v2024.create_queue(m.CreateQueueRequest(cluster_id=cluster_id, queue=queue)).body.name == "work"

    def shown() -> Any:
        return world.v2024.get_queue(m.GetQueueRequest(cluster_id=cluster_id, queue_name="work")).body.queue

    work = shown()
    assert (work.min_count, work.max_count, work.initial_count) == (1, 20, 2)
    assert (work.enable_scale_out, work.enable_scale_in, work.hostname_prefix) == (True, False, "w-")
    assert work.v_switch_ids == ["vsw-1", "vsw-2"]
    assert (work.compute_nodes[0].instance_type, work.compute_nodes[0].spot_price_limit) == (TYPE, 0.5)
    assert (work.compute_nodes[0].system_disk.size, work.compute_nodes[0].data_disks[0].mount_dir) == (60, "/scratch")

    world.advance(120)
    listed = {q.queue_name: q for q in world.v2024.list_queues(m.ListQueuesRequest(cluster_id=cluster_id)).body.queues}
    assert (listed["work"].nodes.running_counts, listed["work"].total_cores) == (2, 8)

    change = m.UpdateQueueRequestQueue(queue_name="work", max_count=30, enable_scale_in=True)
    assert world.v2024.update_queue(m.UpdateQueueRequest(cluster_id=cluster_id, queue=change)).body.success is True
    assert (shown().max_count, shown().enable_scale_in, shown().min_count) == (30, True, 1)

    delete = m.DeleteQueuesRequest(cluster_id=cluster_id, queue_names=["work"])
    assert refusal(lambda: world.v2024.delete_queues(delete)).code == "AgentError"
    nodes = world.v2024.list_nodes(m.ListNodesRequest(cluster_id=cluster_id, queue_names=["work"])).body.nodes
    doomed = m.DeleteNodesRequest(cluster_id=cluster_id, instance_ids=[node.id for node in nodes])
    world.v2024.delete_nodes(doomed)
    world.advance(60)
    assert world.v2024.delete_queues(delete).body.success is True
    assert refusal(shown).code == "InvalidParams"


def test_nodes(world: World) -> None:
    cluster_id = running(world)
    order = m.CreateNodesRequest(
        cluster_id=cluster_id,
        count=2,
        queue_name="comp",
        hostname_prefix="gpu-",
        compute_node=m.NodeTemplate(instance_type="ecs.gn7.xlarge", enable_ht=False),
        keep_alive="true",
    )
    ids = world.v2024.create_nodes(order).body.instance_ids

    def nodes(**filters: Any) -> list[Any]:
        body = world.v2024.list_nodes(m.ListNodesRequest(cluster_id=cluster_id, **filters)).body
        return list(body.nodes)

    assert [(node.id, node.status) for node in nodes()] == [(ids[0], "uninit"), (ids[1], "uninit")]
    world.advance(120)
    first, second = nodes(status=["running"])
    assert (first.hostname, first.queue_name, first.keep_alive, first.ht_enabled) == ("gpu-000", "comp", True, False)
    assert first.total_resources.gpu == 1
    assert nodes(hostnames=["gpu-001"], sequence="Backward")[0].id == second.id
    assert nodes(private_ip_address=[second.ip_address])[0].id == second.id

    keep = m.UpdateNodesRequestInstances(instance_id=first.id, keep_alive=False)
    world.v2024.update_nodes(m.UpdateNodesRequest(cluster_id=cluster_id, instances=[keep]))
    assert [node.keep_alive for node in nodes()] == [False, True]

    response = world.v2024.delete_nodes(m.DeleteNodesRequest(cluster_id=cluster_id, instance_ids=ids)).body
    assert (response.success, bool(response.task_id)) == (True, True)
    assert {node.status for node in nodes()} == {"releasing"}
    world.advance(60)
    assert nodes() == []


def test_users(world: World) -> None:
    cluster_id = running(world)

    def users() -> dict[str, str]:
        body = world.v2024.list_users(m.ListUsersRequest(cluster_id=cluster_id)).body
        return {user.user_name: user.group for user in body.users.user_info}

    people = [
        m.CreateUsersRequestUser(user_name="a", group="wheel", password=PASSWORD),
        m.CreateUsersRequestUser(user_name="b", group="users", auth_key="ssh-rsa AAAA"),
    ]
    world.v2024.create_users(m.CreateUsersRequest(cluster_id=cluster_id, user=people))
    assert users() == {"a": "wheel", "b": "users"}
    one = world.v2024.get_user(m.GetUserRequest(cluster_id=cluster_id, user_name="a")).body.user
    assert (one.group, one.group_id, one.user_id) == ("wheel", "10", "1000")
    change = m.UpdateUserRequest(cluster_id=cluster_id, user_name="a", group="users", password="An0ther-Password")
    assert world.v2024.update_user(change).body.success == "true"
    assert users() == {"a": "users", "b": "users"}
    gone = m.DeleteUsersRequest(cluster_id=cluster_id, user=[m.DeleteUsersRequestUser(user_name="a")])
    world.v2024.delete_users(gone)
    assert users() == {"b": "users"}
    assert refusal(lambda: world.v2024.delete_users(gone)).code == "AgentError.Account.UserNotExist"


def test_shared_storages(world: World) -> None:
    cluster_id = running(world)

    def storages() -> dict[str, tuple[str, str]]:
        body = world.v2024.list_shared_storages(m.ListSharedStoragesRequest(cluster_id=cluster_id)).body
        assert body.success == "true"
        return {
            mount.mount_directory: (storage.file_system_id, mount.storage_directory)
            for storage in body.shared_storages
            for mount in storage.mount_info
        }

    assert storages() == {"/home": ("fs-home", f"/{cluster_id}/home")}
    entry = m.AttachSharedStoragesRequestSharedStorages(
        file_system_id="fs-data",
        volume_type="nas",
        protocol_type="NFS",
        mount_target="fs-data.nas.example",
        storage_directory="/sub",
        mount_directory="/data",
    )
    attach = m.AttachSharedStoragesRequest(cluster_id=cluster_id, shared_storages=[entry])
    assert world.v2024.attach_shared_storages(attach).body.success == "true"
    assert storages()["/data"] == ("fs-data", "/sub")

    def detach(directory: str) -> Any:
        entry = m.DetachSharedStoragesRequestSharedStorages(mount_directory=directory)
        request = m.DetachSharedStoragesRequest(cluster_id=cluster_id, shared_storages=[entry])
        return world.v2024.detach_shared_storages(request)

    assert detach("/data").body.cluster_id == cluster_id
    assert list(storages()) == ["/home"]
    assert refusal(lambda: detach("/home")).code == "InvalidOpt"
    assert refusal(lambda: detach("/data")).code == "VolumeNotFound"


def test_regions(world: World) -> None:
    body = world.v2024.list_regions(m.ListRegionsRequest(accept_language="en-US", max_results=100)).body
    assert ("cn-hangzhou", "China (Hangzhou)") in {(region.region_id, region.local_name) for region in body.regions}
