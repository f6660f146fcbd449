"""Facts that stand in more than one file agree, and the files keep their promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from scripts.bootstrap import pulumi_cli

ROOT = Path(__file__).parents[2]
GO = ROOT / "scripts" / "bootstrap" / "go"


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def locked(requirements: str) -> dict[str, set[str]]:
    """Return name -> versions (several where they depend on the Python) of a requirements file."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;]+)", requirements, flags=re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def test_go_builds_the_version_that_is_asked_for() -> None:
    module = (GO / "cli" / "go.mod").read_text(encoding="utf-8")
    assert f"require github.com/pulumi/pulumi/pkg/v3 v{pulumi_cli.VERSION}" in module
    assert f"github.com/pulumi/pulumi/sdk/v3 v{pulumi_cli.VERSION}" in module


def test_the_version_that_set_up_brings_would_do_on_path() -> None:
    assert Version(pulumi_cli.VERSION).release >= pulumi_cli.OLDEST


def test_the_oldest_sdk_tested_is_the_oldest_one_allowed() -> None:
    (oldest,) = locked(read("requirements/oldest-sdk.txt"))["pulumi"]
    allowed = re.search(r'"(pulumi>=[^"]+)"', read("pyproject.toml"))
    assert allowed is not None
    bounds = {bound.operator: bound.version for bound in Requirement(allowed[1]).specifier}
    assert Version(bounds[">="]) == Version(oldest)


def test_the_root_is_a_pulumi_project_whose_program_is_the_quickstart() -> None:
    project = read("Pulumi.yaml")
    main = re.search(r"^main: (.+)$", project, flags=re.MULTILINE)
    assert main is not None
    assert (ROOT / main[1] / "__main__.py").is_file()
    assert re.search(r"^ +virtualenv:", project, flags=re.MULTILINE) is None, "hosts look for it in different places"


class TestLock:
    @pytest.fixture
    def lock(self) -> str:
        return read("requirements/dev.txt")

    def test_every_version_has_hashes(self, lock: str) -> None:
        packages = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
        assert len(packages) > 50
        assert [package for package in packages if "--hash=sha256:" not in package] == []

    def test_it_names_no_place_to_download_from(self, lock: str) -> None:
        assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links| @ ", lock) == []

    def test_it_has_what_the_package_is_built_with(self, lock: str) -> None:
        assert locked(lock)["setuptools"]

    def test_every_declared_dependency_is_in_it(self, lock: str) -> None:
        declared = re.search(r"^dependencies = \[(.*?)^\]", read("pyproject.toml"), flags=re.MULTILINE | re.DOTALL)
        assert declared is not None
        versions = locked(lock)
        for text in re.findall(r'"([^"]+)"', declared[1]):
            requirement = Requirement(text)
            assert any(version in requirement.specifier for version in versions[requirement.name]), text


class TestMakefile:
    def test_every_promised_target_is_there_and_says_what_it_does(self) -> None:
        documented = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), flags=re.MULTILINE))
        assert documented >= {"setup", "demo", "test", "lint", "format", "bench", "docs", "clean", "env", "lock"}

    def test_no_target_is_mistaken_for_a_file(self) -> None:
        phony = re.search(r"^\.PHONY: (.*)$", read("Makefile"), flags=re.MULTILINE)
        assert phony is not None
        targets = re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE)
        assert sorted(phony[1].split()) == sorted(targets)

    def test_clean_stays_inside_the_checkout(self) -> None:
        recipe = read("Makefile").partition("\nclean:")[2]
        assert re.findall(r"~|\$\(HOME\)|XDG_CACHE_HOME|(?<![\w.*])/", recipe) == []
