"""A resource type as data: what lifecycle and engine know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any, Generic

from pulumi_ehpc.errors import NotFoundError, RefusedError
from pulumi_ehpc.lifecycle.claims import Claim, keys_of
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.operation import Plain
from pulumi_ehpc.lifecycle.ownership import NamingContext
from pulumi_ehpc.schema.diff import compare
from pulumi_ehpc.schema.properties import I, stored_properties
from pulumi_ehpc.schema.property import REPLACE, Property, PropertyType
from pulumi_ehpc.schema.secrecy import is_hidden, reveal
from pulumi_ehpc.schema.unknowns import is_plain


@dataclass(frozen=True)
class Timeouts:
    """Minutes that an operation may take, where ``custom_timeouts`` does not say otherwise."""

    create_minutes: int = 30
    update_minutes: int = 30
    delete_minutes: int = 30


@dataclass(frozen=True)
class ResourceType(Generic[I]):
    """A resource type.

    Attributes:
        name: For example ``Queue``.
        inputs: Class of its inputs, with the properties.
        handlers: Its handler in each API version. A version that is missing does not have the resource type.
        gone_codes: Error codes that mean that the object does not exist, nor anything it belongs to.
        example_id: An id as state has it: the cluster's own, or the cluster's, a colon and the key.
        generated: Property -> what makes its value where the program gives none.
        key: Property by which the service knows the object in its cluster, or each of the objects: a name, or a map by
            name. No two resources of a cluster may have one in common. Empty for a resource type of its own.
        within: Property that holds the id of the cluster it stands in.
        members: What it has many of, in words, such as ``users``; empty where it is one object.
        size: Property that holds their number, where ``key`` does not list them.
        prefix: Property that holds the prefix of host names by which its nodes are known.
        failed_status: ``status`` of an object that the service could not build.
        replacement_loses: What a replacement destroys; where it is set, a replacement needs ``allow_replacement``.
        timeouts: How long operations may take.
    """

    name: str
    inputs: type[I]
    handlers: Mapping[str, Handler[I]]
    gone_codes: tuple[str, ...]
    example_id: str = ""
    generated: Mapping[str, Callable[[NamingContext], Any]] = field(default_factory=dict)
    key: str = ""
    within: str = ""
    members: str = ""
    size: str = ""
    prefix: str = ""
    failed_status: str = ""
    replacement_loses: str = ""
    timeouts: Timeouts = Timeouts()

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """The properties as a program declares them."""
        return self.inputs.properties()

    @cached_property
    def stored_properties(self) -> Mapping[str, Property]:
        """The properties as state has them."""
        return stored_properties(self.properties)

    def claim(self, urn: str, inputs: Plain) -> Claim:
        """Return what a resource claims by its inputs, which are checked and may hold unknown and hidden values."""
        secret = any(is_hidden(inputs.get(name)) for name in (self.key, self.prefix))
        inputs = reveal(inputs)
        cluster, prefix, size = (inputs.get(name) for name in (self.within, self.prefix, self.size))
        fixed = {name: inputs[name] for name in self._fixed if inputs.get(name) is not None}
        return Claim(
            resource_type=self.name,
            urn=urn,
            name=urn.rpartition("::")[2],
            cluster=cluster if isinstance(cluster, str) else "",
            keys=self._keys(inputs.get(self.key)),
            declared={name: value for name, value in fixed.items() if is_plain(value)},
            unclear=tuple(name for name, value in fixed.items() if not is_plain(value)),
            members=self.members,
            size=int(size) if isinstance(size, int) or (isinstance(size, float) and isfinite(size)) else None,
            prefix=prefix if isinstance(prefix, str) else "",
            exclusive=inputs.get("exclusive") is True,
            adopts=inputs.get("adopt_existing") is True,
            names={each.reference: inputs[name] for name, each in self._named if isinstance(inputs.get(name), str)},
            loses=self.replacement_loses,
            secret=secret,
        )

    def _keys(self, value: Any) -> tuple[str, ...] | None:
        """Return the keys that a value of the key property holds; one of another shape holds none."""
        is_map = self.key and self.properties[self.key].property_type is PropertyType.KEYED_LIST
        return () if is_map and isinstance(value, str) else keys_of(value)

    def fits(self, version: str, inputs: Plain, claim: Claim) -> bool:
        """Tell whether an object that was made by some inputs can become what another resource declares, in place.

        What is not known yet counts as fitting: whoever takes what does not fit is refused, and nothing is lost.
        """
        clear = {name: each for name, each in self._fixed.items() if name not in claim.unclear}
        return not compare(clear, self.handler(version).changes, inputs, claim.declared).replaces

    @cached_property
    def _named(self) -> Sequence[tuple[str, Property]]:
        """Properties that hold the name of another resource."""
        return [(name, each) for name, each in self.properties.items() if each.reference_by == "name"]

    @cached_property
    def _fixed(self) -> Mapping[str, Property]:
        """Properties that cannot change in place, without those that say which object it is."""
        which = (self.key, self.within)
        return {
            name: each
            for name, each in self.properties.items()
            if each.change is REPLACE and not each.secret and name not in which
        }

    def handler(self, version: str) -> Handler[I]:
        """Return the handler of an API version.

        Raises:
            RefusedError: The resource type is not in that API version.
        """
        if version not in self.handlers:
            raise RefusedError(
                f"API {version} has no {self.name}.",
                next_step=f"It is in API {' and '.join(self.handlers)}: pulumi config set ehpc:apiVersion.",
            )
        return self.handlers[version]

    def versions_of(self, name: str) -> tuple[str, ...]:
        """Return the API versions that support a property: those whose field maps send it or say how it is handled."""
        return tuple(
            version
            for version, handler in self.handlers.items()
            if any(name in fields.fields or name in fields.handled for fields in handler.maps)
        )

    def is_gone(self, error: NotFoundError) -> bool:
        """Tell whether an error means that the object does not exist.

        Other things may be "not found" as well, such as one of many nodes, or the path of a wrong endpoint.
        """
        return error.code in self.gone_codes
