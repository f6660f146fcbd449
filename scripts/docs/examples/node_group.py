"""Four nodes that stay, for a queue of the cluster. Raise count to add nodes; lower it to release the newest."""

import pulumi

import pulumi_ehpc as ehpc

fixed = ehpc.NodeGroup(
    "fixed",
    cluster="ehpc-hz-example01",  # or a Cluster of this program
    queue="work",  # or a Queue
    instance_type="ecs.c7.2xlarge",
    count=4,
)

pulumi.export("hosts", fixed.nodes.apply(lambda nodes: [node["hostname"] for node in nodes]))
