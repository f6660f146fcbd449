"""All that knows resource types without the engine works without the engine's SDK."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_ehpc

ROOT = Path(pulumi_ehpc.__file__).parent
PURE_PACKAGES = ("schema", "lifecycle", "common")
ENGINE_SIDE = ("resource.py",)
"""The only module of a resource type's package that needs the engine's SDK."""

IMPORT_ALL = """
import importlib, json, sys
for name in ("pulumi", "grpc"):
    sys.modules[name] = None  # an import of it fails
failed = {}
for name in json.loads(sys.argv[1]):
    try:
        importlib.import_module(name)
    except ImportError as error:
        failed[name] = str(error)
print(json.dumps(failed))
"""


def packages() -> list[Path]:
    """The packages of resource types."""
    return sorted(path.parent for path in ROOT.glob("*/resource_type.py") if path.parent.name != "lifecycle")


def pure_modules() -> list[str]:
    """Every module that must do without the engine's SDK."""
    shared = [path for name in PURE_PACKAGES for path in (ROOT / name).rglob("*.py")]
    own = [path for package in packages() for path in package.rglob("*.py") if path.name not in ENGINE_SIDE]
    return sorted(module(path) for path in (*shared, *own, ROOT / "registry.py", ROOT / "errors.py"))


def module(path: Path) -> str:
    """The name of the module in a file."""
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def import_without_engine(modules: list[str]) -> dict[str, str]:
    """Import modules where neither pulumi nor grpc is; return what failed and why."""
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(modules)], capture_output=True, text=True, check=True
    )
    failed: dict[str, str] = json.loads(ran.stdout)
    return failed


def test_modules_import_without_the_engine() -> None:
    modules = pure_modules()
    for named in (
        "schema.codec",
        "lifecycle.named",
        "common.args",
        "queue.v2018_04_12",
        "user_set.handler",
        "registry",
    ):
        assert f"pulumi_ehpc.{named}" in modules
    assert import_without_engine(modules) == {}


@pytest.mark.parametrize("path", [ROOT / "queue" / "resource.py", ROOT / "engine" / "provider.py"])
def test_engine_is_really_missing_there(path: Path) -> None:
    assert "pulumi" in import_without_engine([module(path)])[module(path)]
