"""Declare the resources of ``declared.json``: name -> {"type": ..., "args": {...}}.

In arguments ``{"$ref": name}`` is another resource, ``{"$id": name}`` its id, ``{"$apply": name}`` its id as an Output
of its own, ``{"$secret": value}`` a secret, and ``{"$late": value}`` what is known only when another resource is
created; ``options`` may hold resource options, and ``positional`` more arguments. What has ``"get": id``, and no
``"args"``, is only read.
"""

import json
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

import pulumi_ehpc as ehpc

declared: dict[str, Any] = {}
late: list["Late"] = []


class LateProvider(ResourceProvider):
    """Gives back what it is given."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make it known."""
        return CreateResult("late", {"value": props["held"]})


class Late(Resource):
    """A resource whose output is not known before it is created."""

    value: pulumi.Output[Any]

    def __init__(self, held: Any) -> None:
        super().__init__(LateProvider(), f"late{len(late)}", {"held": held, "value": None})
        late.append(self)


def value(given: Any) -> Any:
    """Turn JSON into an argument."""
    if isinstance(given, dict) and "$ref" in given:
        return declared[given["$ref"]]
    if isinstance(given, dict) and "$id" in given:
        return declared[given["$id"]].id
    if isinstance(given, dict) and "$apply" in given:
        return declared[given["$apply"]].id.apply(lambda known: known)
    if isinstance(given, dict) and "$secret" in given:
        return pulumi.Output.secret(value(given["$secret"]))
    if isinstance(given, dict) and "$late" in given:
        return Late(given["$late"]).value
    if isinstance(given, dict):
        return {key: value(item) for key, item in given.items()}
    if isinstance(given, list):
        return [value(item) for item in given]
    return given


for name, entry in json.loads(Path("declared.json").read_text()).items():
    options = pulumi.ResourceOptions(**value(entry.get("options", {})))
    if entry["type"] == "Component":
        declared[name] = pulumi.ComponentResource("test:index:Team", name, None, options)
    elif "get" in entry:
        declared[name] = getattr(ehpc, entry["type"]).get(name, value(entry["get"]), options)
    else:
        positional = value(entry.get("positional", [])) or [options]
        declared[name] = getattr(ehpc, entry["type"])(name, *positional, **value(entry["args"]))

for name, resource in declared.items():
    pulumi.export(name, resource.id)
    if isinstance(resource, ehpc.NodeGroup):
        pulumi.export(f"{name}_count", resource.count)
        pulumi.export(f"{name}_nodes", resource.nodes)
    if isinstance(resource, ehpc.Cluster):
        pulumi.export(f"{name}_status", resource.status)
        pulumi.export(f"{name}_manager_ip", resource.manager_ip)
