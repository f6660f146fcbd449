"""Four nodes for a queue. A greater count adds nodes; a smaller one releases the newest."""

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
