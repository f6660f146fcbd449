"""The base of the resources of a program: declared properties become inputs, Outputs come back typed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial, wraps
from inspect import Parameter
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Final, TypeVar

from pulumi import Input, Output, ResourceOptions
from pulumi.dynamic import Resource as DynamicResource
from typing_extensions import ParamSpec

from pulumi_ehpc.engine.arguments import Misused, derived, misplaced, misplaced_in_get, ready_to_register
from pulumi_ehpc.engine.links import carrying
from pulumi_ehpc.engine.options import (
    NamedCluster,
    deletes_contents,
    options_in_cluster,
    provider_of,
    refused_options,
)
from pulumi_ehpc.engine.persisted import provider_for
from pulumi_ehpc.engine.preflight import preflight_of_stack
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.schema.builders import positional
from pulumi_ehpc.schema.codec import tidy
from pulumi_ehpc.schema.descriptors import output
from pulumi_ehpc.schema.properties import EngineSide, Properties, as_today, outputs_of, plain
from pulumi_ehpc.schema.property import Property, PropertyType
from pulumi_ehpc.wording import shown

R = TypeVar("R", bound="Resource")
P = ParamSpec("P")

_UNNAMED: Final = "unnamed"
"""What messages call a resource that was given no name."""


def _reporting_arguments(get: Callable[Concatenate[type[R], P], R]) -> Callable[Concatenate[type[R], P], R]:
    """Report arguments that ``get`` does not take as any other mistake of a program: with all else that is wrong."""

    @wraps(get)
    def reporting(cls: type[R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        if wrong := list(misplaced_in_get(args, kwargs)):
            name = next(iter(args), kwargs.get("resource_name"))
            return cls(name if isinstance(name, str) and name else _UNNAMED, Misused(wrong))
        return get(cls, *args, **kwargs)

    return reporting


class Resource(Properties, EngineSide, DynamicResource):
    """Base of all resources.

    A subclass inherits its properties and names its resource type. It may override ``declared`` (how arguments become
    inputs), ``options`` (engine options that go with the arguments) and ``reference`` (what other resources name it
    by).
    """

    if TYPE_CHECKING:
        resource_name: str = positional(kw_only=False)
        opts: ResourceOptions | None = positional(default=None, kw_only=False)

    resource_type: ClassVar[ResourceType[Any]]

    api_version = output(str)
    """API version that created the object and serves it for its life."""
    region = output(str)
    """Region the object lives in."""
    account_id = output(str)
    """Id of the account the object belongs to; empty where it could not be established."""

    def __init_subclass__(cls, resource_type: ResourceType[Any] | None = None, **kwargs: Any) -> None:
        if resource_type is not None:
            cls.resource_type = resource_type
        # A subclass keeps the type token; the SDK would give it another and so replace everything.
        super().__init_subclass__(module="ehpc", name=cls.resource_type.name, **kwargs)
        # The SDK reads annotations to convert outputs, and cannot read these; `_typed` converts instead.
        cls.__annotations__ = {}

    def __init__(
        self, resource_name: str = "", opts: ResourceOptions | None = None, *more: object, **given: Any
    ) -> None:
        properties = self.resource_type.properties
        misused = [
            *misplaced(properties, resource_name, opts, more),
            *refused_options(opts, instead_of_import=self._instead_of_import()),
            *derived(self.resource_type, self.properties(), given),
        ]
        if misused:
            # Preflight reports it with all other mistakes of the program, so nothing comes of this resource.
            resource_name = resource_name if isinstance(resource_name, str) and resource_name else _UNNAMED
            wrong_options = any(violation.property.startswith("opts") for violation in misused)
            opts = None if wrong_options and not isinstance(opts, Misused) else opts
        self._title = f"{self.resource_type.name} '{resource_name}'"
        if opts is not None and opts.id is not None:
            given = {}  # it is only read
        options = self._options = ResourceOptions.merge(self.options(given), opts)
        # A name that no property has goes along, so that check reports it with everything else that is wrong.
        unknown = {name: plain(value) for name, value in given.items() if name not in properties}
        inputs: dict[str, Any] = {**unknown, **self.declared(given)}
        preflight = preflight_of_stack(provider_of(options))
        added = preflight.enter(self, resource_name, dict(inputs), options, misused)
        # What is only read has no identity in state: nothing of it is this stack's.
        own = Output.all(preflight.identity, added).apply(itemgetter(0))
        identity = own if options.id is None else added.apply(lambda _: None)
        # First among the inputs: it waits for preflight, and the SDK fails at once where it finds what is no value.
        inputs = {"identity": identity, **inputs, **ready_to_register(properties, inputs)}
        for name, declared in properties.items():
            if declared.reference_by == "name" and inputs[name] is not None:
                inputs[name] = preflight.following(self, name, inputs[name])
        former = {name: each.former_name for name, each in properties.items() if each.former_name}
        inputs.update(dict.fromkeys((*outputs_of(type(self)), *former.values())))
        registered = options
        if isinstance(options.id, Output):
            # The SDK cannot send an id that is a secret, nor one that is no string.
            sent = Output.unsecret(options.id).apply(lambda known: known if isinstance(known, str) else shown(known))
            registered = ResourceOptions.merge(options, ResourceOptions(id=sent))
        super().__init__(provider_for(self.resource_type.name), resource_name, inputs, registered)
        if options.id is not None:
            # Not every engine tells the id of what it reads during a preview; the program knows it.
            self.__dict__["id"] = carrying(options.id, {self})
        for name, former_name in former.items():
            self.__dict__[name] = _either(self.__dict__[name], self.__dict__[former_name])
        for name, declared in properties.items():
            if name in self.__dict__:
                self.__dict__[name] = _typed(declared, self.__dict__[name])
        if options.id is None:
            for name in preflight.adds(self.resource_type):
                self.__dict__[name] = _either(self.__dict__[name], added.apply(itemgetter(name)))
        # The rest is not a program's to read, nor to export with the resource.
        for name in inputs.keys() - {"id", "urn", *self.properties(), *outputs_of(type(self))}:
            del self.__dict__[name]

    @classmethod
    @_reporting_arguments
    def get(cls: type[R], resource_name: str, id: Input[str], opts: ResourceOptions | None = None) -> R:
        """Read an object that exists. It is never changed or deleted, and nothing of it becomes this stack's.

        Args:
            resource_name: Name of the resource in the program.
            id: A cluster's own id. Of what stands in a cluster: the cluster's id, a colon and the name of the queue,
                the prefix of the nodes' host names, or the directory of the mount. Of a user set, which then has all
                users of the cluster: the cluster's id.
            opts: Options of the engine, such as ``parent``.
        """
        return cls(resource_name, ResourceOptions.merge(opts, ResourceOptions(id=id)))

    def _instead_of_import(self) -> str:
        """Say how to have what exists in a program."""
        read = f"To use one that exists without changing it: ehpc.{self.resource_type.name}.get(name, id)."
        if "adopt_existing" not in self.resource_type.properties:
            return read
        return f"To change and delete one that exists: declare it with adopt_existing=True. {read}"

    @classmethod
    def _leading_parameters(cls) -> list[Parameter]:
        return [
            Parameter("resource_name", Parameter.POSITIONAL_OR_KEYWORD, annotation="str"),
            Parameter("opts", Parameter.POSITIONAL_OR_KEYWORD, annotation="ResourceOptions | None", default=None),
        ]

    def __repr__(self) -> str:
        """Name the resource as messages do."""
        return self._title

    def reference(self) -> Any:
        """Return what other resources name it by: its id."""
        return self.id

    def declared(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Turn arguments into inputs: a resource that is given becomes its id or name, a keyed list its maps."""
        inputs: dict[str, Any] = {}
        for name, declared in self.resource_type.properties.items():
            value = given.get(name)
            if declared.property_type is PropertyType.KEYED_LIST and value is not None:
                inputs.update(_split(declared, plain(value, declared)))
            elif declared.property_type is PropertyType.STRING_MAP and isinstance(value, Mapping):
                inputs[name] = dict(value)  # an entry without a value is a mistake, and not left out
            elif isinstance(value, Resource):
                # One of another type stays itself, and preflight reports it.
                inputs[name] = value.reference() if value.resource_type.name == declared.reference else value
            elif declared.secret and value is not None:
                inputs[name] = Output.secret(plain(value, declared))
            elif isinstance(value, Output) and declared.args is not None:
                inputs[name] = value.apply(partial(plain, declared=declared))
            else:
                # Other Outputs stay the very objects they are: preflight recognizes clusters by them.
                inputs[name] = plain(value, declared)
        return inputs

    def options(self, given: Mapping[str, Any]) -> ResourceOptions:
        """Return engine options. Names are unique in a cluster, so a replacement always deletes first."""
        cluster = given.get("cluster")
        stored = self.resource_type.stored_properties
        own = ResourceOptions(
            delete_before_replace=True,
            additional_secret_outputs=[name for name, declared in stored.items() if declared.secret],
        )
        if isinstance(cluster, Resource):
            return ResourceOptions.merge(own, options_in_cluster(cluster, cluster._options))
        if isinstance(cluster, Output):
            own.deleted_with = NamedCluster(Output.from_input(_urn_of_cluster(cluster)))
        return own


async def _urn_of_cluster(cluster_id: Output[Any]) -> str:
    """Return the URN of the cluster of this program that has an id and is deleted with its contents; else nothing."""
    known = await cluster_id.future()
    for resource in await cluster_id.resources():
        if not isinstance(resource, Resource) or resource.resource_type.within:
            continue
        if known and deletes_contents(resource._options) and await resource.id.future() == known:
            return await resource.urn.future() or ""
    return ""


def _split(declared: Property, value: Any) -> dict[str, Output[Any]]:
    """Split a keyed list, so that its secret parts hide nothing else, nor leave it open while they are not known."""

    def part(stored: str, without: Collection[str]) -> Output[Any]:
        entries = [_without(entry, without) for entry in value] if isinstance(value, list) else value
        return Output.from_input(entries).apply(lambda known: declared.split(plain(known, declared))[stored])

    secret = declared.secret_maps
    secrets = {
        stored: Output.secret(part(stored, [each for each in secret.values() if each != name]))
        for stored, name in secret.items()
    }
    return {declared.name: part(declared.name, tuple(secret.values())), **secrets}


def _without(entry: Any, names: Collection[str]) -> Any:
    return {name: item for name, item in entry.items() if name not in names} if isinstance(entry, Mapping) else entry


def _either(output: Output[Any], other: Output[Any]) -> Output[Any]:
    """Read another output where there is none: that of an older release, or, under mocks, what check would add."""
    return Output.all(output, other).apply(lambda both: both[0] if both[0] is not None else both[1])


def _typed(declared: Property, value: Output[Any]) -> Output[Any]:
    """Read state of older releases under today's names, and the engine's floats as the integers that were given."""
    return value.apply(
        lambda known: _whole(declared, as_today({declared.name: declared}, {declared.name: known})[declared.name])
    )


def _whole(declared: Property | None, value: Any) -> Any:
    """Make integers of a property's floats, at any depth."""
    if declared is None:
        return value
    if isinstance(value, dict) and declared.nested and not declared.key:
        return {name: _whole(declared.nested.get(name), item) for name, item in value.items()}
    if isinstance(value, list) and declared.nested:
        return [_whole(declared, item) for item in value]
    return tidy(declared, value)
