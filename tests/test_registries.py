"""Lists that have to agree: properties and field maps, resource types and their classes, actions, errors, names."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import pulumi_ehpc as ehpc
from pulumi_ehpc import _providers, errors
from pulumi_ehpc.api import spec
from pulumi_ehpc.cli import main
from pulumi_ehpc.engine.identity import IDENTITY
from pulumi_ehpc.engine.persisted import provider_for
from pulumi_ehpc.fake.operations import OPERATIONS
from pulumi_ehpc.lifecycle.handler import Handler
from pulumi_ehpc.lifecycle.resource_type import ResourceType
from pulumi_ehpc.registry import RESOURCE_TYPES
from pulumi_ehpc.schema.codec import FieldMap
from pulumi_ehpc.schema.descriptors import property_texts
from pulumi_ehpc.schema.properties import Args, outputs_of
from pulumi_ehpc.schema.property import IGNORE, REPLACE, Property, PropertyType
from tests.compat.names import GOLDEN
from tests.test_reachable import ACTIONS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pulumi_ehpc"
MISSING: Mapping[str, set[str]] = {}
"""API versions that do not have a resource type, by its name."""
HANDLERS = [(each, version) for each in RESOURCE_TYPES for version in each.handlers]
DELETING = ("Delete", "Detach", "UnTag")

each_type = pytest.mark.parametrize("resource_type", RESOURCE_TYPES, ids=lambda each: each.name)
each_handler = pytest.mark.parametrize(
    ("resource_type", "version"), HANDLERS, ids=lambda each: getattr(each, "name", each)
)


def package_of(resource_type: ResourceType[Any]) -> str:
    """Return the package of a resource type, such as ``node_group``."""
    return str(resource_type.inputs.__module__.split(".")[1])


# -- properties and field maps -------------------------------------------------------------------------------------


def unmapped(properties: Mapping[str, Property], maps: Sequence[FieldMap], path: str = "") -> Iterator[str]:
    """Yield the properties, nested ones too, of which an API version says nothing."""
    for name, declared in properties.items():
        homes = [fields for fields in maps if name in {*fields.fields, *fields.handled, *fields.unsupported}]
        if not homes and declared.change is not IGNORE:
            yield f"{path}{name}"
        nested = [fields.fields[name].nested for fields in homes if name in fields.fields]
        inner = [fields for fields in nested if fields is not None]
        if inner:
            yield from unmapped(declared.nested, inner, f"{path}{name}.")


@each_handler
def test_every_property_is_mapped_handled_unsupported_or_not_for_the_service(
    resource_type: ResourceType[Any], version: str
) -> None:
    unknown = unmapped(resource_type.properties, resource_type.handlers[version].maps)
    # What only another version knows is refused without a line.
    assert [path for path in unknown if not resource_type.versions_of(path)] == []


def all_maps(maps: Iterable[FieldMap]) -> Iterator[FieldMap]:
    """Yield field maps with those of nested objects, as they stand in their actions."""
    for fields in maps:
        yield fields
        yield from all_maps(fields.nested_map(entry) for entry in fields.fields.values() if entry.nested is not None)


@each_handler
def test_field_maps_name_actions_and_parameters_that_exist(resource_type: ResourceType[Any], version: str) -> None:
    for fields in resource_type.handlers[version].maps:
        assert fields.parameters.version == version
        parameters = spec.action(fields.parameters.action, version).parameters
        assert [path for path in fields.reached() if not exists(parameters, path)] == []


def exists(parameters: Mapping[str, spec.Shape], path: str) -> bool:
    for step in path.split("."):
        shape = parameters.get(step)
        if shape is None:
            return False
        parameters = shape.items.properties if shape.items is not None else shape.properties
    return True


@each_handler
def test_field_maps_are_about_the_properties_they_are_used_for(resource_type: ResourceType[Any], version: str) -> None:
    for fields in all_maps(resource_type.handlers[version].maps):
        for name, entry in fields.fields.items():
            declared = fields.properties.properties()[name]
            if entry.nested is not None:
                assert entry.nested.properties.properties() == declared.nested
            assert set(entry.words) <= set(declared.choices)


@each_handler
def test_field_maps_say_one_thing_of_a_property(resource_type: ResourceType[Any], version: str) -> None:
    for fields in all_maps(resource_type.handlers[version].maps):
        names = [*fields.fields, *fields.handled, *fields.unsupported]
        assert len(names) == len(set(names)), fields.parameters.action


@each_handler
def test_explanations_read_well_in_a_message(resource_type: ResourceType[Any], version: str) -> None:
    for fields in all_maps(resource_type.handlers[version].maps):
        assert [why for why in fields.unsupported.values() if len(why.split()) < 3] == []
        for text in (*fields.unsupported.values(), *fields.handled.values()):
            assert text and not text.endswith((".", ",", ";"))


@each_type
def test_secrets_are_secret(resource_type: ResourceType[Any]) -> None:
    nested = [owner.properties() for owner in nested_classes(resource_type.properties)]
    for properties in (resource_type.stored_properties, *nested):
        secret = {name for name, declared in properties.items() if declared.secret}
        looks = {name for name in properties if any(word in name for word in ("password", "auth_key", "secret"))}
        assert secret == looks


def test_remedies_of_a_cluster_read_well() -> None:
    """They stand in "...; {remedy}, or set allow_replacement=True to replace it all the same"."""
    (cluster,) = (each for each in RESOURCE_TYPES if each.replacement_loses)
    remedies = {name: declared.remedy for name, declared in cluster.properties.items() if declared.remedy}
    assert {"password", "shared_storages", "compute"} <= set(remedies)
    for remedy in remedies.values():
        assert not remedy.endswith((".", ",", ";"))
        assert remedy.split()[0] in {"keep", "change", "declare", "use", "add"}, remedy


@each_type
def test_declarations_are_complete(resource_type: ResourceType[Any]) -> None:
    for declared in resource_type.properties.values():
        assert declared.change is REPLACE or not declared.remedy
        assert declared.pattern_rule or not declared.pattern, declared.name
        objects = declared.property_type in (PropertyType.NESTED, PropertyType.NESTED_LIST, PropertyType.KEYED_LIST)
        assert objects is (declared.args is not None)


def nested_classes(properties: Mapping[str, Property]) -> Iterator[type[Args]]:
    for declared in properties.values():
        if declared.args is not None:
            yield declared.args
            yield from nested_classes(declared.nested)


@each_type
def test_every_property_has_its_text(resource_type: ResourceType[Any]) -> None:
    for owner in (resource_type.inputs, *nested_classes(resource_type.properties)):
        texts = {name: text for base in owner.__mro__[:-1] for name, text in property_texts(base).items()}
        assert [name for name in owner.properties() if not texts.get(name)] == []


# -- resource types ------------------------------------------------------------------------------------------------


def test_resource_types_come_in_the_order_in_which_a_cluster_is_built() -> None:
    names = [each.name for each in RESOURCE_TYPES]
    assert names == ["Cluster", "Queue", "NodeGroup", "UserSet", "Volume"]
    for place, resource_type in enumerate(RESOURCE_TYPES):
        referred = {declared.reference for declared in resource_type.properties.values() if declared.reference}
        assert referred <= set(names[:place])


@each_type
def test_every_version_has_a_handler_or_is_known_to_have_none(resource_type: ResourceType[Any]) -> None:
    assert set(resource_type.handlers) == set(spec.VERSIONS) - MISSING.get(resource_type.name, set())
    assert set(MISSING) <= {each.name for each in RESOURCE_TYPES}


@each_handler
def test_handlers_are_of_their_version_and_keep_nothing(resource_type: ResourceType[Any], version: str) -> None:
    handler = resource_type.handlers[version]
    assert handler.version == version
    assert vars(handler) == {}
    assert set(handler.changes) <= set(resource_type.properties)
    assert type(handler).__module__ == f"pulumi_ehpc.{package_of(resource_type)}.v{version.replace('-', '_')}"


def test_every_handler_is_registered() -> None:
    def concrete(base: type[Any]) -> Iterator[type[Any]]:
        for handler in base.__subclasses__():
            yield from concrete(handler)
            if handler.__module__.startswith("pulumi_ehpc.") and not getattr(handler, "__abstractmethods__", ()):
                yield handler

    assert set(concrete(Handler)) == {type(each.handlers[version]) for each, version in HANDLERS}


@each_type
def test_resource_type_names_properties_that_exist(resource_type: ResourceType[Any]) -> None:
    named = {*resource_type.generated, resource_type.key, resource_type.within, resource_type.prefix} - {""}
    assert named <= set(resource_type.properties)


@each_type
def test_codes_of_an_object_that_is_gone_are_documented(resource_type: ResourceType[Any]) -> None:
    assert set(resource_type.gone_codes) <= set(spec.error_codes())
    assert {spec.failure_of(code, 0) for code in resource_type.gone_codes} == {"NotFoundError"}


@each_type
def test_every_resource_type_has_a_resource_class_and_a_provider_class(resource_type: ResourceType[Any]) -> None:
    resource = getattr(ehpc, resource_type.name)
    assert resource.resource_type is resource_type
    assert resource.properties().items() <= resource_type.properties.items()
    derived = resource_type.properties.keys() - resource.properties().keys()
    assert derived == ({"cluster_mounts"} if resource_type.name == "Volume" else set())
    assert {"api_version", "region", "account_id"} <= set(outputs_of(resource))
    provider = getattr(_providers, f"{resource_type.name}Provider")
    assert provider.resource_type is resource_type
    assert type(provider_for(resource_type.name)) is provider


@each_type
def test_every_resource_type_has_an_example_in_the_docs(resource_type: ResourceType[Any]) -> None:
    assert (ROOT / "scripts" / "docs" / "examples" / f"{package_of(resource_type)}.py").is_file()
    assert (ROOT / "docs" / "resources" / f"{package_of(resource_type)}.md").is_file()


def test_every_resource_type_and_the_identity_is_persisted() -> None:
    persisted = json.loads(GOLDEN.read_text())
    names = {each.name for each in RESOURCE_TYPES}
    assert set(persisted["nouns"]) == {*names, IDENTITY}
    assert set(persisted["providers"]) == set(_providers.__all__) == {f"{name}Provider" for name in {*names, IDENTITY}}
    for version, state in persisted["state"].items():
        assert set(state) == {each.name for each in RESOURCE_TYPES if version in each.handlers}


# -- actions, commands and errors ----------------------------------------------------------------------------------


def called(version: str) -> set[str]:
    """Return the actions that are named in the handlers' modules of a version, or in what both versions use."""
    other = {f"v{each.replace('-', '_')}.py" for each in spec.VERSIONS if each != version}
    folders = [PACKAGE / "common", *(PACKAGE / package_of(each) for each in RESOURCE_TYPES)]
    files = [file for folder in folders for file in folder.glob("*.py") if file.name not in other]
    named = {name for file in files for name in re.findall(r'\.(?:call|pages)\(\s*"(\w+)"', file.read_text())}
    return named | {fields.parameters.action for each in RESOURCE_TYPES for fields in each.handlers[version].maps}


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_every_action_that_is_called_is_in_the_spec_and_in_the_fake(version: str) -> None:
    assert sorted(called(version) & set(spec.actions(version)) - set(OPERATIONS[version])) == []
    somewhere = {name for each in spec.VERSIONS for name in spec.actions(each)}
    assert sorted(called(version) - somewhere) == []


@pytest.mark.parametrize("version", spec.VERSIONS)
def test_every_action_that_creates_or_changes_is_searched_for_parameters_out_of_reach(version: str) -> None:
    actions = [spec.action(name, version) for name in called(version) if name in spec.actions(version)]
    assert {each.name for each in actions if not each.reads and not each.name.startswith(DELETING)} <= set(
        ACTIONS[version]
    )


def test_every_command_is_a_module() -> None:
    commands = set(get_command(main.app).commands)  # type: ignore[attr-defined]
    modules = {file.stem for file in (PACKAGE / "cli").glob("*.py")}
    assert commands == modules - {"__init__", "main", "ownership", "project", "pulumi_cli"}


def test_every_error_code_is_of_a_public_class() -> None:
    kinds = {spec.failure_of(code, http or 400) for code, http in spec.error_codes().items()}
    assert kinds <= set(spec.next_steps()) <= set(ehpc.__all__)
    assert all(issubclass(getattr(ehpc, kind), ehpc.ApiError) for kind in spec.next_steps())


# -- public names --------------------------------------------------------------------------------------------------


def test_public_names_are_there_once_and_exist() -> None:
    assert sorted(ehpc.__all__) == sorted(set(ehpc.__all__)) == dir(ehpc)
    assert [name for name in ehpc.__all__ if not hasattr(ehpc, name)] == []
    assert not hasattr(ehpc, "Cloud")


def test_public_names_are_the_resources_their_nested_classes_and_the_errors() -> None:
    nested = {each.__name__ for resource_type in RESOURCE_TYPES for each in nested_classes(resource_type.properties)}
    assert set(ehpc.__all__) == {each.name for each in RESOURCE_TYPES} | nested | set(errors.__all__)


def test_every_error_class_is_public() -> None:
    classes = [each for each in vars(errors).values() if isinstance(each, type)]
    assert {each.__name__ for each in classes if each.__module__ == errors.__name__} == set(errors.__all__)


# -- imports -------------------------------------------------------------------------------------------------------

HEAVY = ("pulumi_ehpc.cli", "pulumi_ehpc.fake", "requests", "tenacity", "typer", "rich", "pyrate_limiter", "werkzeug")


def imported(statement: str) -> list[str]:
    """Run a statement in a fresh process that has pulumi already; return the seconds it takes and the new modules."""
    program = (
        "import sys, time, pulumi, pulumi.dynamic\n"
        "before, begin = set(sys.modules), time.perf_counter()\n"
        f"{statement}\n"
        "print(f'{time.perf_counter() - begin:.3f}', *sorted(set(sys.modules) - before), sep='\\n')"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("statement", ["import pulumi_ehpc; pulumi_ehpc.Queue", "import pulumi_ehpc._providers"])
def test_import_is_light(statement: str, capsys: pytest.CaptureFixture[str]) -> None:
    seconds, *modules = imported(statement)
    with capsys.disabled():
        print(f"\n{statement}: {seconds} s and {len(modules)} modules more than pulumi")  # noqa: T201
    assert "pulumi_ehpc" in modules
    assert [module for module in modules if module.startswith(HEAVY)] == []


def test_version_is_that_of_the_distribution_and_looked_up_when_it_is_asked_for() -> None:
    assert ehpc.__version__ == metadata.version("pulumi-ehpc")
    assert "__version__" not in vars(ehpc)


def test_schema_lifecycle_and_handlers_work_without_pulumi() -> None:
    program = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('pulumi', 'grpc', 'google.protobuf')))\n"
        "import pulumi_ehpc.lifecycle.lifecycle, pulumi_ehpc.registry as registry\n"
        "print(*(each.name for each in registry.RESOURCE_TYPES))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [each.name for each in RESOURCE_TYPES]
