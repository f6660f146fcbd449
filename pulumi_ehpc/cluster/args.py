"""Nested arguments of a cluster."""

from __future__ import annotations

from pulumi_ehpc.common.rules import INSTANCE_TYPE, INSTANCE_TYPE_RULE
from pulumi_ehpc.schema.builders import boolean, enum, integer, string
from pulumi_ehpc.schema.descriptors import Prop
from pulumi_ehpc.schema.properties import Args

__all__ = [
    "ClusterAdditionalPackageArgs",
    "ClusterAddonArgs",
    "ClusterMonitorSpecArgs",
    "ClusterNodesArgs",
    "ClusterPostInstallScriptArgs",
    "ClusterSchedulerSpecArgs",
    "ClusterServiceArgs",
]


class ClusterNodesArgs(Args):
    """Login or compute nodes that the cluster is created with."""

    instance_type: Prop[str] = string(pattern=INSTANCE_TYPE, pattern_rule=INSTANCE_TYPE_RULE)
    """ECS instance type, such as ``ecs.c7.xlarge``."""
    count: Prop[int | None] = integer(default=None, limits=(0, 99))
    """Number of nodes."""


class ClusterServiceArgs(Args):
    """DNS or directory service of the cluster."""

    type: Prop[str] = enum("nis", "ldap")
    """Kind of service."""
    version: Prop[str | None] = string(default=None)
    """Version of the service."""


class ClusterAddonArgs(Args):
    """A service component that the cluster is created with, such as ``Login``."""

    name: Prop[str] = string()
    """Name of the component."""
    version: Prop[str] = string()
    """Version of the component."""
    services_spec: Prop[str | None] = string(default=None, may_be_empty=True)
    """Services of the component, as the JSON string that the API takes (2024-07-30)."""
    resources_spec: Prop[str | None] = string(default=None, may_be_empty=True)
    """Resources of the component, as the JSON string that the API takes (2024-07-30)."""
    port: Prop[int | None] = integer(default=None, limits=(1, 65535))
    """Port of the component (2018-04-12)."""


class ClusterAdditionalPackageArgs(Args):
    """Software that the cluster is created with."""

    name: Prop[str] = string()
    """Name, such as ``mpich``."""
    version: Prop[str] = string()
    """Version, such as ``4.0.3``."""


class ClusterPostInstallScriptArgs(Args):
    """A script that runs after a node is set up."""

    url: Prop[str] = string(pattern=r"(https?|oss)://\S+", pattern_rule="must be an http, https or oss address")
    """Where the script is."""
    args: Prop[str | None] = string(default=None, may_be_empty=True)
    """Arguments of the script."""


class ClusterMonitorSpecArgs(Args):
    """What is monitored."""

    enable_compute_load_monitor: Prop[bool | None] = boolean(default=None)
    """Whether the load of compute nodes is monitored."""


class ClusterSchedulerSpecArgs(Args):
    """How the scheduler works."""

    enable_topology_awareness: Prop[bool | None] = boolean(default=None)
    """Whether jobs are placed by network topology."""
