"""The base of the resources of a program: declared properties become inputs, Outputs come back typed."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi import Output, ResourceOptions, RunError
from pulumi.dynamic import Resource as DynamicResource

from pulumi_ehpc.engine.options import options_in_cluster, provider_of, refuse_create_before_delete
from pulumi_ehpc.engine.persisted import provider_for
from pulumi_ehpc.engine.preflight import preflight_of_stack
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.schema.builders import positional
from pulumi_ehpc.schema.codec import tidy
from pulumi_ehpc.schema.descriptors import output
from pulumi_ehpc.schema.properties import EngineSide, Properties, outputs_of, plain, with_new_names
from pulumi_ehpc.schema.property import Property, PropertyType
from pulumi_ehpc.wording import SECRET


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

    def __init__(self, resource_name: str, opts: ResourceOptions | None = None, **given: Any) -> None:
        self._title = f"{self.resource_type.name} '{resource_name}'"
        properties = self.resource_type.properties
        try:
            self._refuse_derived(given)
            refuse_create_before_delete(self._title, opts)
        except RunError as error:
            # What was declared before waits for preflight, and would be created otherwise.
            preflight_of_stack(provider_of(opts)).refusal = str(error)
            raise
        options = self._options = ResourceOptions.merge(self.options(given), opts)
        # A name that no property has goes along, so that check reports it with everything else that is wrong.
        unknown = {name: plain(value) for name, value in given.items() if name not in properties}
        inputs: dict[str, Any] = {**unknown, **self.declared(given)}
        preflight = preflight_of_stack(provider_of(options))
        added = preflight.enter(self, resource_name, dict(inputs), options)
        inputs["identity"] = Output.all(preflight.identity, added).apply(itemgetter(0))
        for name, declared in properties.items():
            if declared.reference_by == "name" and inputs[name] is not None:
                inputs[name] = preflight.following(self, name, inputs[name])
        former = {name: each.former_name for name, each in properties.items() if each.former_name}
        inputs.update(dict.fromkeys((*outputs_of(type(self)), *former.values())))
        super().__init__(provider_for(self.resource_type.name), resource_name, inputs, options)
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
    def _leading_parameters(cls) -> list[Parameter]:
        return [
            Parameter("resource_name", Parameter.POSITIONAL_OR_KEYWORD, annotation="str"),
            Parameter("opts", Parameter.POSITIONAL_OR_KEYWORD, annotation="ResourceOptions | None", default=None),
        ]

    def _refuse_derived(self, given: Mapping[str, Any]) -> None:
        """Refuse what this class makes of other arguments, which would be overwritten without a word."""
        for name in self.resource_type.stored_properties:
            if name in given and name not in self.properties():
                raise RunError(f"{self}: {name} = {SECRET}: is derived from other properties.")

    def __repr__(self) -> str:
        """Name the resource as messages do."""
        return self._title

    def reference(self) -> Any:
        """Return what other resources name it by: its id."""
        # Not every engine tells the id of what it reads during a preview; the program knows it.
        return self.id if self._options.id is None else self._options.id

    def declared(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Turn arguments into inputs: a resource that is given becomes its id or name, a keyed list its maps."""
        inputs: dict[str, Any] = {}
        for name, declared in self.resource_type.properties.items():
            value = given.get(name)
            if declared.property_type is PropertyType.KEYED_LIST and value is not None:
                inputs.update(_split(declared, value))
            elif isinstance(value, Resource):
                # One of another type stays itself, and preflight reports it.
                inputs[name] = value.reference() if value.resource_type.name == declared.reference else value
            elif declared.secret and value is not None:
                inputs[name] = Output.secret(value)
            elif isinstance(value, Output) and declared.args is not None:
                inputs[name] = value.apply(plain)
            else:
                # Other Outputs stay the very objects they are: preflight recognizes clusters by them.
                inputs[name] = plain(value)
        return inputs

    def options(self, given: Mapping[str, Any]) -> ResourceOptions:
        """Return engine options. Names are unique in a cluster, so a replacement always deletes first."""
        cluster = given.get("cluster")
        stored = self.resource_type.stored_properties
        own = ResourceOptions(
            delete_before_replace=True,
            additional_secret_outputs=[name for name, declared in stored.items() if declared.secret],
        )
        if not isinstance(cluster, Resource):
            return own
        return ResourceOptions.merge(own, options_in_cluster(cluster, cluster._options))


def _split(declared: Property, value: Any) -> dict[str, Output[Any]]:
    """Split a keyed list, so that its secret part hides nothing else."""
    stored = Output.from_input(plain(value)).apply(lambda known: declared.split(plain(known)))
    public = Output.unsecret(stored.apply(itemgetter(declared.name)))
    secrets = {name: Output.secret(stored.apply(itemgetter(name))) for name in declared.secret_maps}
    return {declared.name: public, **secrets}


def _either(output: Output[Any], other: Output[Any]) -> Output[Any]:
    """Read another output where there is none: that of an older release, or, under mocks, what check would add."""
    return Output.all(output, other).apply(lambda both: both[0] if both[0] is not None else both[1])


def _typed(declared: Property, value: Output[Any]) -> Output[Any]:
    """Read state of older releases under today's names, and the engine's floats as the integers that were given."""
    return value.apply(
        lambda known: _whole(declared, with_new_names({declared.name: declared}, {declared.name: known})[declared.name])
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
