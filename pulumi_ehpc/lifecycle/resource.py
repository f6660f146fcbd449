"""The base of the nouns as a program sees them: rows become constructor arguments, Outputs come back typed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

from pulumi import Output, ResourceOptions
from pulumi.dynamic import Resource as DynamicResource

from pulumi_ehpc.lifecycle.gate import gate_of_stack
from pulumi_ehpc.lifecycle.identity import identity_of_stack
from pulumi_ehpc.lifecycle.marks import Filled
from pulumi_ehpc.lifecycle.rows import (
    Declared,
    Kind,
    Row,
    output,
    outputs_of,
    plain,
    positional,
    rows_of,
)

__all__ = ["Resource"]

_PROVIDERS = "pulumi_ehpc._providers"


class Resource(Declared, DynamicResource):
    """Base of the five nouns.

    A subclass declares its rows and must name its noun. It may override ``fill`` (names generated when none are
    given), ``properties`` (how arguments become inputs), ``options`` (engine options that go with the arguments) and
    ``timeouts``.
    """

    resource_name: str = positional(kw_only=False)
    opts: ResourceOptions | None = positional(default=None, kw_only=False)

    noun: ClassVar[str] = ""
    timeouts: ClassVar[Mapping[str, int]] = {"create": 30, "update": 30, "delete": 30}
    unique: ClassVar[tuple[str, ...]] = ()
    """Properties that no other resource of the same cluster may have alike, because they tell whose an object is."""
    api_version = output(str)
    """API version that made the object and serves it for life."""
    region = output(str)
    """Region the object lives in."""
    account_id = output(str)
    """Account the object belongs to; empty where it could not be established."""

    def __init_subclass__(cls, noun: str = "", **kwargs: Any) -> None:
        # A subclass of a noun keeps the noun's type token; the SDK would give it another and so replace everything.
        cls.noun = noun or cls.noun
        super().__init_subclass__(module="ehpc", name=cls.noun, **kwargs)
        # The SDK reads annotations to convert outputs, and cannot read rows; `_typed` converts instead.
        cls.__annotations__ = {}

    def __init__(self, resource_name: str, opts: ResourceOptions | None = None, **given: Any) -> None:
        rows = rows_of(type(self))
        provider = getattr(import_module(_PROVIDERS), f"{self.noun}Provider")
        options = ResourceOptions.merge(self.options(given), opts)
        # A name that no row has goes along, so that check tells it with everything else that is wrong.
        unknown = {name: plain(value) for name, value in given.items() if name not in rows}
        declared = {name: _plain(rows[name], value) for name, value in self.properties(given).items()}
        inputs: dict[str, Any] = {**unknown, **declared}
        inputs["identity"] = identity_of_stack()
        if options is None or options.provider is None:
            # Another provider has settings of its own, which only its process knows.
            passed = gate_of_stack(inputs["identity"]).enter(self.noun, resource_name, dict(inputs), self.unique)
            inputs["identity"] = Output.all(inputs["identity"], passed).apply(lambda both: both[0])
        inputs.update(dict.fromkeys(outputs_of(type(self))))
        super().__init__(provider(), resource_name, inputs, options)
        for name, row in rows.items():
            if name in self.__dict__:
                self.__dict__[name] = _typed(row, self.__dict__[name])

    @classmethod
    def fill(cls, values: Mapping[str, Any], who: Filled) -> Mapping[str, Any]:
        """Generate the names that were not given. Must not call the network."""
        return {}

    def properties(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Turn arguments into inputs: an object given for a row that names a noun becomes its id or name."""
        return {
            name: _referred(row, given.get(name)) if row.noun else given.get(name)
            for name, row in rows_of(type(self)).items()
        }

    def options(self, given: Mapping[str, Any]) -> ResourceOptions:
        """Engine options of this noun. Names are unique in a cluster, so a replacement always deletes first."""
        cluster = given.get("cluster")
        return ResourceOptions(
            delete_before_replace=True,
            deleted_with=cluster if isinstance(cluster, Resource) else None,
            additional_secret_outputs=[name for name, row in rows_of(type(self)).items() if row.secret],
        )


def _referred(row: Row, value: Any) -> Any:
    """A cluster is known by its id, a queue by its name."""
    if isinstance(value, Resource):
        return value.id if row.noun == "Cluster" else value.__dict__["name"]
    return value


def _plain(row: Row, value: Any) -> Any:
    """Turn blocks into dicts. Other Outputs stay the very objects they are: the gate tells clusters apart by them."""
    if isinstance(value, Output):
        return value.apply(plain) if row.args is not None else value
    return plain(value)


def _typed(row: Row, value: Output[Any]) -> Output[Any]:
    """Turn the engine's floats back into the whole numbers that were given."""
    return value.apply(lambda known: whole(row, known))


def whole(row: Row, value: Any) -> Any:
    """Make whole numbers of a row's floats, at any depth."""
    if row.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    if row.kind is Kind.ONE and isinstance(value, dict) and row.args is not None:
        inner = rows_of(row.args)
        return {name: whole(inner[name], item) if name in inner else item for name, item in value.items()}
    if row.kind is Kind.MANY and isinstance(value, list) and row.args is not None:
        inner = rows_of(row.args)
        return [
            {name: whole(inner[name], part) if name in inner else part for name, part in item.items()} for item in value
        ]
    return value
