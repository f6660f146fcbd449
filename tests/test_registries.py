"""What is listed in one place and stands in another: rows and maps, rooms and files, public names, imports."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

import pytest

import pulumi_ehpc as ehpc
from pulumi_ehpc.api import spec
from pulumi_ehpc.lifecycle.fields import FieldMap
from pulumi_ehpc.lifecycle.noun import ROOMS, noun
from pulumi_ehpc.lifecycle.request import changes_of
from pulumi_ehpc.lifecycle.rows import IGNORE, REPLACE, Args, Kind, Row, rows_of

NOUNS = sorted(ROOMS)
DIALECT = ("VERSION", "MAPS", "create", "read", "update", "delete")
HEAVY = ("pulumi_ehpc.cli", "pulumi_ehpc.fake", "requests", "tenacity", "typer", "rich", "pyrate_limiter", "werkzeug")


# -- rows and maps -------------------------------------------------------------------------------------------------


def homeless(rows: Mapping[str, Row], maps: Sequence[FieldMap], path: str = "") -> Iterator[str]:
    """Yield the rows, and those of blocks, that an API version says nothing of."""
    for name, row in rows.items():
        homes = [fields for fields in maps if name in {*fields.fields, *fields.derived, *fields.refused}]
        if not homes and row.change is not IGNORE:
            yield f"{path}{name}"
        nested = [fields.fields[name].nested for fields in homes if name in fields.fields]
        inner = [fields for fields in nested if fields is not None]
        if row.args is not None and inner:
            yield from homeless(rows_of(row.args), inner, f"{path}{name}.")


@pytest.mark.parametrize("version", spec.VERSIONS)
@pytest.mark.parametrize("name", NOUNS)
def test_every_row_is_mapped_derived_refused_or_ours_alone(name: str, version: str) -> None:
    room = noun(name)
    assert list(homeless(room.rows, room.dialects[version].MAPS)) == []


def strangers(rows: Mapping[str, Row], fields: FieldMap, path: str = "") -> Iterator[str]:
    """Yield what a map names that no row has."""
    for name in {*fields.fields, *fields.derived, *fields.refused}:
        if name not in rows:
            yield f"{path}{name}"
    for name, entry in fields.fields.items():
        row = rows.get(name)
        if entry.nested is not None and row is not None and row.args is not None:
            yield from strangers(rows_of(row.args), entry.nested, f"{path}{name}.")


@pytest.mark.parametrize("version", spec.VERSIONS)
@pytest.mark.parametrize("name", NOUNS)
def test_maps_name_rows_and_parameters_that_exist(name: str, version: str) -> None:
    room = noun(name)
    for fields in room.dialects[version].MAPS:
        assert set(strangers(room.rows, fields)) == set()
        top = spec.action(fields.action, version).parameters
        for path in fields.reached():
            assert _exists(top, path), f"{fields.action} has no {path}"


def _exists(parameters: Mapping[str, spec.Shape], path: str) -> bool:
    for step in path.split("."):
        shape = parameters.get(step)
        if shape is None:
            return False
        parameters = shape.items.properties if shape.items is not None else shape.properties
    return True


@pytest.mark.parametrize("version", spec.VERSIONS)
@pytest.mark.parametrize("name", NOUNS)
def test_reasons_are_given_in_words(name: str, version: str) -> None:
    for fields in noun(name).dialects[version].MAPS:
        for reason in (*fields.refused.values(), *fields.derived.values()):
            assert len(reason.split()) >= 3, reason
            assert not reason.endswith(".")


# -- rooms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOUNS)
def test_rooms_are_all_alike(name: str) -> None:
    room = noun(name)
    assert set(room.dialects) == set(spec.VERSIONS)
    assert room.rows == rows_of(getattr(import_module(f"pulumi_ehpc.{ROOMS[name]}.resource"), name))
    assert set(room.timeouts) == {"create", "update", "delete"}
    for version, dialect in room.dialects.items():
        assert version == dialect.VERSION
        assert [part for part in DIALECT if not hasattr(dialect, part)] == []
        assert set(changes_of(dialect)) <= set(room.rows)


def blocks() -> Iterator[type[Args]]:
    for name in NOUNS:
        for row in noun(name).rows.values():
            if row.args is not None:
                yield row.args


def test_every_row_is_documented() -> None:
    for owner in {*blocks(), *(getattr(ehpc, name) for name in NOUNS)}:
        body = ast.parse(inspect.getsource(owner)).body[0]
        assert isinstance(body, ast.ClassDef)
        declared = [
            (statement, after)
            for statement, after in zip(body.body, [*body.body[1:], None], strict=True)
            if isinstance(statement, ast.AnnAssign)
        ]
        for statement, after in declared:
            documented = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            assert documented, f"{owner.__name__}.{ast.unparse(statement.target)}"


@pytest.mark.parametrize("name", NOUNS)
def test_secrets_are_secret(name: str) -> None:
    secret = {row for row, declared in noun(name).rows.items() if declared.secret}
    looks = {row for row in noun(name).rows if any(word in row for word in ("password", "auth_key", "secret", "token"))}
    assert secret == looks


def test_what_to_do_instead_of_replacing_a_cluster_reads_well() -> None:
    """It stands in "...; {instead}, or set allow_replacement=True to replace it all the same"."""
    told = {name: row.instead for name, row in noun("Cluster").rows.items() if row.instead}
    assert {"password", "shared_storages", "compute"} <= set(told)
    for name, instead in told.items():
        assert noun("Cluster").rows[name].change is REPLACE
        assert instead[0].islower(), instead
        assert not instead.endswith((".", ",", ";"))
        assert instead.split()[0] in {"put", "change", "declare", "use", "add"}, instead


@pytest.mark.parametrize("name", NOUNS)
def test_instead_is_said_of_replacements_alone(name: str) -> None:
    for row in noun(name).rows.values():
        assert row.change is REPLACE or not row.instead
        assert row.pattern_words or not row.pattern, row.name
        assert row.kind not in (Kind.ONE, Kind.MANY) or row.args is not None


# -- public names --------------------------------------------------------------------------------------------------


def test_public_names_exist_and_are_sorted() -> None:
    assert list(ehpc.__all__) == sorted(ehpc.__all__)
    assert [name for name in ehpc.__all__ if not hasattr(ehpc, name)] == []


def test_every_noun_block_and_the_root_of_errors_is_public() -> None:
    assert {*NOUNS, "EhpcError"} <= set(ehpc.__all__)
    assert {block.__name__ for block in blocks()} <= set(ehpc.__all__)


# -- imports -------------------------------------------------------------------------------------------------------


def imported(statement: str) -> list[str]:
    """What a statement imports in a fresh process that has pulumi already: the seconds it takes, then the modules."""
    program = (
        "import sys, time, pulumi, pulumi.dynamic\n"
        "before, begin = set(sys.modules), time.perf_counter()\n"
        f"{statement}\n"
        "print(f'{time.perf_counter() - begin:.3f}', *sorted(set(sys.modules) - before), sep='\\n')"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("statement", ["import pulumi_ehpc", "import pulumi_ehpc._providers"])
def test_import_is_light(statement: str, capsys: pytest.CaptureFixture[str]) -> None:
    seconds, *modules = imported(statement)
    with capsys.disabled():
        print(f"\n{statement}: {seconds} s and {len(modules)} modules more than pulumi")  # noqa: T201
    assert "pulumi_ehpc" in modules
    assert [module for module in modules if module.startswith(HEAVY)] == []
