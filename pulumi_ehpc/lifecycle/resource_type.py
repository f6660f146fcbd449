"""A resource type as data: what lifecycle and engine know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic

from pulumi_ehpc.errors import NotFoundError, RefusedError
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.ownership import NamingContext
from pulumi_ehpc.schema.properties import I, stored_properties
from pulumi_ehpc.schema.property import Property


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
        generated: Property -> what makes its value where the program gives none.
        unique: Properties that no other resource of the same cluster may have alike, because they show whose an object
            is.
        failed_status: ``status`` of an object that the service could not build.
        replacement_loses: What a replacement destroys; where it is set, a replacement needs ``allow_replacement``.
        timeouts: How long operations may take.
    """

    name: str
    inputs: type[I]
    handlers: Mapping[str, Handler[I]]
    gone_codes: tuple[str, ...]
    generated: Mapping[str, Callable[[NamingContext], Any]] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
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
